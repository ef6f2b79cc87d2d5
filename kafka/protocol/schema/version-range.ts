/** Versions `first` to `last`, both included. Empty when `first > last`. */
export interface VersionRange {
  readonly first: number;
  readonly last: number;
}

/** Above every version a message can have (a version is an int16). */
const openEnd = 32767;

/** Every version a message can have. */
export const everyVersion: VersionRange = { first: 0, last: openEnd };

/** No version at all. */
export const noVersion: VersionRange = { first: 0, last: -1 };

/** Reads the notation of Kafka's message definitions: `3`, `0-4`, `3+` or `none`. */
export function parseVersions(text: string): VersionRange {
  if (text === 'none') return noVersion;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  if (match === null) throw new TypeError(`versions are written as 3, 0-4, 3+ or none, not as "${text}"`);
  const [, first, plus, last] = match;
  if (plus !== undefined) return { first: Number(first), last: openEnd };
  return { first: Number(first), last: Number(last ?? first) };
}

/** Whether `version` lies in `range`. */
export function includesVersion(range: VersionRange, version: number): boolean {
  return version >= range.first && version <= range.last;
}
