import { batchHeader, openRecords } from '../../../kafka/records/index.ts';
import type { File, Files } from '../../../platform/files.ts';
import type { PartitionLog } from '../partition-log.ts';
import { Segment } from '../segment.ts';
import { CLEANED_SUFFIX, SWAP_SUFFIX, segmentPath } from '../segment-files.ts';
import { type FilterRules, filterBatch } from './batch-filter.ts';
import type { Cleanable } from './cleanable.ts';
import { OffsetMap } from './offset-map.ts';

const OUTPUT_BYTES_MAX = 1 << 30;
/** Work done between two looks at other things. */
const TURN_BYTES = 1 << 20;

/** What a compaction needs besides the log. */
export interface CompactionOptions {
  readonly files: Files;
  readonly nowMs: number;
  /** Memory for the map of keys; when it is full, the rest of the log waits for the next round. */
  readonly dedupeBytesMax: number;
  /** Lets others run. False: stop, the log or the broker is going away. */
  turn(): Promise<boolean>;
}

/**
 * Compacts the closed segments of a log: of each key in them only the last record stays. Writes new segments beside the
 * old ones, makes them durable, then swaps. Returns the offset up to which the log is clean now, `undefined` when it was
 * told to stop. A crash at any point leaves the old or the new segments.
 */
export async function compact(cleanable: Cleanable, options: CompactionOptions): Promise<number | undefined> {
  const { log, firstUncleanableOffset } = cleanable;
  const latest = new OffsetMap(options.dedupeBytesMax);
  const cleanUntil = await buildMap(cleanable, latest, options);
  if (cleanUntil === undefined) return undefined;
  const rules: FilterRules = {
    latest,
    nowMs: options.nowMs,
    deleteRetentionMs: log.config.deleteRetentionMs,
    mustStay: (buffer, at) => isLastOfProducer(log, buffer, at) || batchHeader.lastOffset(buffer, at) + 1 === cleanUntil,
  };
  const segments = log.segments.filter((segment) => segment.baseOffset < Math.min(cleanUntil, firstUncleanableOffset));
  for (const group of groupsOf(log, segments)) {
    if (!(await cleanGroup(log, group, rules, options))) return undefined;
  }
  return cleanUntil;
}

/** Notes the last offset of each key from the first dirty offset on, until the map is full. */
async function buildMap(
  { log, firstDirtyOffset, firstUncleanableOffset }: Cleanable,
  latest: OffsetMap,
  { turn }: CompactionOptions,
): Promise<number | undefined> {
  let indexedUntil = firstDirtyOffset;
  for (const segment of log.segments) {
    if (segment.baseOffset >= firstUncleanableOffset || latest.isFull) break;
    let position = segment.positionOf(firstDirtyOffset);
    while (position < segment.writtenSize && !latest.isFull) {
      const to = position + TURN_BYTES;
      position = segment.scan({ from: position }, (buffer, at, batchPosition) => {
        if (batchPosition >= to || latest.isFull) return false;
        indexKeys(buffer, at, latest, firstDirtyOffset);
        indexedUntil = batchHeader.lastOffset(buffer, at) + 1;
        return true;
      });
      if (!(await turn())) return undefined;
    }
  }
  return latest.isFull ? indexedUntil : firstUncleanableOffset;
}

function indexKeys(buffer: Buffer, at: number, latest: OffsetMap, firstDirtyOffset: number): void {
  if (batchHeader.isControl(buffer, at)) return;
  const cursor = openRecords(buffer, at, OUTPUT_BYTES_MAX);
  while (cursor.next()) {
    const { key, offset } = cursor.view();
    if (key !== null && offset >= firstDirtyOffset) latest.put(key, offset);
  }
}

/** Neighbouring segments that fit into one: by size, by index and by the int32 range of relative offsets. */
function groupsOf(log: PartitionLog, segments: readonly Segment[]): Segment[][] {
  const groups: Segment[][] = [];
  let bytes = 0;
  for (const [i, segment] of segments.entries()) {
    const group = groups.at(-1);
    const end = segments[i + 1]?.baseOffset ?? log.activeSegment.baseOffset;
    const fits =
      group !== undefined &&
      bytes + segment.writtenSize <= log.config.segmentBytes &&
      end - (group[0]?.baseOffset ?? 0) <= 0x7fffffff;
    if (fits) group.push(segment);
    else groups.push([segment]);
    bytes = fits ? bytes + segment.writtenSize : segment.writtenSize;
  }
  return groups;
}

async function cleanGroup(
  log: PartitionLog,
  group: readonly Segment[],
  rules: FilterRules,
  { files, turn }: CompactionOptions,
): Promise<boolean> {
  const baseOffset = group[0]?.baseOffset ?? 0;
  const path = segmentPath(log.directory, baseOffset, '.log');
  const cleaned = files.open(path + CLEANED_SUFFIX, 'write');
  try {
    cleaned.truncate(0);
    for (const segment of group) {
      for (let position = 0; position < segment.writtenSize; ) {
        position = copyTurn(segment, position, cleaned, rules);
        if (!(await turn())) return false;
      }
    }
    await cleaned.datasync();
  } finally {
    cleaned.close();
  }
  const isStillThere = group.every((segment) => log.segments.includes(segment));
  if (!isStillThere || log.isOffline) return true;
  swap(log, group, files, path);
  return true;
}

/** Copies what stays of the next stretch of a segment; returns where it ended. */
function copyTurn(segment: Segment, from: number, cleaned: File, rules: FilterRules): number {
  const kept: Buffer[] = [];
  const end = segment.scan({ from }, (buffer, at, position) => {
    if (position >= from + TURN_BYTES) return false;
    const batch = filterBatch(buffer, at, rules);
    if (batch !== undefined) kept.push(Buffer.from(batch));
    return true;
  });
  if (kept.length > 0) cleaned.append(kept);
  if (end === from) throw new Error(`${segment.path} has no whole batch at position ${from}`);
  return end;
}

/** B38: from the rename to `.swap` on, a crash finishes the swap at the next start; before it, the old files stand. */
function swap(log: PartitionLog, group: readonly Segment[], files: Files, path: string): void {
  const modifiedMs = Math.max(...group.map((segment) => segment.modifiedMs));
  files.rename(path + CLEANED_SUFFIX, path + SWAP_SUFFIX);
  files.syncDirectory(log.directory);
  for (const segment of group) log.deleteSegmentFiles(segment);
  files.rename(path + SWAP_SUFFIX, path);
  files.syncDirectory(log.directory);
  files.setModified(path, modifiedMs);
  const baseOffset = group[0]?.baseOffset ?? 0;
  const replacement = Segment.open(files, log.directory, baseOffset, log.config.indexIntervalBytes);
  replacement.seal();
  replacement.persistIndexes();
  log.replaceSegments(group, replacement);
}

/** The batch that tells a producer's last sequence keeps duplicates out after a restart. */
function isLastOfProducer(log: PartitionLog, buffer: Buffer, at: number): boolean {
  const producerId = batchHeader.producerId(buffer, at);
  if (producerId < 0) return false;
  return log.producers.get(producerId)?.batches.at(-1)?.lastOffset === batchHeader.lastOffset(buffer, at);
}
