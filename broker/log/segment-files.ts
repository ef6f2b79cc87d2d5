/** Name of a segment's file: its base offset in twenty digits and what the file holds. */
export type SegmentSuffix = '.log' | '.index' | '.timeindex' | '.txnindex' | '.snapshot';

/** Marks files that are going away, were not finished, or are about to be swapped in. */
export const DELETED_SUFFIX = '.deleted';
export const CLEANED_SUFFIX = '.cleaned';
export const SWAP_SUFFIX = '.swap';

/** Name of a segment file, `00000000000000000042.log`. */
export function segmentName(baseOffset: number, suffix: SegmentSuffix): string {
  return `${String(baseOffset).padStart(20, '0')}${suffix}`;
}

/** Path of a segment file, `…/00000000000000000042.log`. */
export function segmentPath(directory: string, baseOffset: number, suffix: SegmentSuffix): string {
  return `${directory}/${segmentName(baseOffset, suffix)}`;
}

/** Base offsets of the files in `names` that end in `suffix`, ascending. */
export function segmentOffsets(names: readonly string[], suffix: SegmentSuffix): number[] {
  return names
    .filter((name) => name.endsWith(suffix) && /^\d{20}$/.test(name.slice(0, -suffix.length)))
    .map((name) => Number(name.slice(0, -suffix.length)))
    .sort((a, b) => a - b);
}
