/** The types this registry speaks, the preferred one first, with Confluent's own weights. */
const served = [
  { type: 'application/vnd.schemaregistry.v1+json', weight: 1 },
  { type: 'application/vnd.schemaregistry+json', weight: 0.9 },
  { type: 'application/json', weight: 0.5 },
] as const;

const consumed: ReadonlySet<string> = new Set([
  ...served.map(({ type }) => type as string),
  'application/octet-stream',
]);

/** The media type of answers when nobody asks for another. */
export const defaultMediaType: string = served[0].type;

/** Whether a request body of this `Content-Type` is read; none at all is fine. */
export function isReadable(contentType: string | undefined): boolean {
  return contentType === undefined || consumed.has(mediaType(contentType));
}

/** The type to answer with for an `Accept` header; undefined (406) when none of ours will do. */
export function negotiate(accept: string | undefined): string | undefined {
  if (accept === undefined || accept.trim() === '' || accept.trim() === '*/*') return defaultMediaType;
  const ranges = accept.split(',').map(parseRange);
  let best: { readonly type: string; readonly score: number } | undefined;
  for (const { type, weight } of served) {
    const quality = qualityOf(type, ranges);
    const score = quality * weight;
    if (score > (best?.score ?? 0)) best = { type, score };
  }
  return best?.type;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): Range {
  const quality = /;\s*q=([\d.]+)/i.exec(text)?.[1];
  return { type: mediaType(text), quality: quality === undefined ? 1 : Number(quality) };
}

/** The most specific range decides. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const exact = ranges.find((range) => range.type === type);
  const family = ranges.find((range) => range.type === 'application/*');
  const any = ranges.find((range) => range.type === '*/*' || range.type === '*');
  return (exact ?? family ?? any)?.quality ?? 0;
}

function mediaType(header: string): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}
