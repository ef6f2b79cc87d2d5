/** Levels of `metadata.version` at which the records changed: a cluster cannot go back below one of them. */
const changedAt = [7, 8, 11, 13, 14, 15, 17, 23, 30] as const;

/** Whether records written at `from` may be unknown at `to`, the lower level. */
export function didMetadataChange(from: number, to: number): boolean {
  return changedAt.some((level) => level > to && level <= from);
}
