import { batchHeader, openRecords } from '../../../kafka/records/index.ts';
import type { File, Files } from '../../../platform/files.ts';
import { CorruptLogError } from '../errors.ts';
import type { PartitionLog } from '../partition-log.ts';
import type { Segment } from '../segment.ts';
import { CLEANED_SUFFIX } from '../segment-files.ts';
import { abortedTransactions } from '../transaction-index.ts';
import { type FilterRules, filterBatch } from './batch-filter.ts';
import type { Cleanable } from './cleanable.ts';
import { CleanedTransactions } from './cleaned-transactions.ts';
import { OffsetMap } from './offset-map.ts';

/** What a batch may expand to: it was expanded once when it was checked. */
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
    endOffset: cleanUntil,
    transactions: new CleanedTransactions(abortedTransactions(log.segments, 0, firstUncleanableOffset)),
    nowMs: options.nowMs,
    deleteRetentionMs: log.config.deleteRetentionMs,
    mustStay: (buffer, at) =>
      isLastOfProducer(log, buffer, at) || batchHeader.lastOffset(buffer, at) + 1 === cleanUntil,
  };
  const segments = log.segments.filter(
    (segment) => segment.baseOffset < Math.min(cleanUntil, firstUncleanableOffset),
  );
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
  const transactions = new CleanedTransactions(
    abortedTransactions(log.segments, firstDirtyOffset, firstUncleanableOffset),
  );
  for (const segment of log.segments) {
    if (segment.baseOffset >= firstUncleanableOffset || latest.isFull) break;
    if (segment.isRetired) continue;
    let position = log.guard(() => segment.positionOf(firstDirtyOffset));
    while (!segment.isRetired && position < segment.writtenSize && !latest.isFull) {
      const from = position;
      position = scanTurn(log, segment, from, (buffer, at) => {
        if (latest.isFull) return false;
        const isAborted = !batchHeader.isControl(buffer, at) && transactions.onBatch(buffer, at);
        if (!isAborted) indexKeys(buffer, at, latest, firstDirtyOffset);
        indexedUntil = batchHeader.lastOffset(buffer, at) + 1;
        return true;
      });
      if (!(await turn())) return undefined;
    }
  }
  return latest.isFull ? indexedUntil : firstUncleanableOffset;
}

/** Walks the next stretch of a segment; returns where it ended. Throws {@link CorruptLogError} when there is no batch. */
function scanTurn(
  log: PartitionLog,
  segment: Segment,
  from: number,
  visit: (buffer: Buffer, at: number) => boolean,
): number {
  const end = log.guard(() =>
    segment.scan({ from }, (buffer, at, position) => position < from + TURN_BYTES && visit(buffer, at)),
  );
  if (end === from) throw new CorruptLogError(segment.path, from);
  return end;
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

/** Returns false when told to stop. A group of which a segment was deleted meanwhile is left as it is. */
async function cleanGroup(
  log: PartitionLog,
  group: readonly Segment[],
  rules: FilterRules,
  { files, turn }: CompactionOptions,
): Promise<boolean> {
  const path = `${group[0]?.path}${CLEANED_SUFFIX}`;
  const isGone = () => group.some((segment) => segment.isRetired);
  const cleaned = log.guard(() => files.open(path, 'write'));
  try {
    log.guard(() => cleaned.truncate(0));
    for (const segment of group) {
      for (let position = 0; !isGone() && position < segment.writtenSize; ) {
        position = copyTurn(log, segment, position, cleaned, rules);
        if (!(await turn())) return false;
      }
    }
    if (!isGone()) await syncCleaned(log, cleaned);
  } catch (error) {
    removeCleaned(files, path); // On a full disk its room is needed.
    throw error;
  } finally {
    cleaned.close();
  }
  if (log.isOffline) return false;
  const abortedTransactions = rules.transactions.takeKept();
  if (isGone()) removeCleaned(files, path);
  else log.swapSegments(group, { path, abortedTransactions });
  return true;
}

/** What stays is removed at the next start. */
function removeCleaned(files: Files, path: string): void {
  try {
    files.remove(path);
  } catch {
    // The error that made it superfluous is the one to tell.
  }
}

/** Copies what stays of the next stretch of a segment; returns where it ended. */
function copyTurn(
  log: PartitionLog,
  segment: Segment,
  from: number,
  cleaned: File,
  rules: FilterRules,
): number {
  const kept: Buffer[] = [];
  const end = scanTurn(log, segment, from, (buffer, at) => {
    const batch = filterBatch(buffer, at, rules);
    if (batch !== undefined) kept.push(Buffer.from(batch));
    return true;
  });
  if (kept.length > 0) log.guard(() => cleaned.append(kept));
  return end;
}

/** B28: no failed sync passes, so any storage error here ends the directory's service. */
async function syncCleaned(log: PartitionLog, cleaned: File): Promise<void> {
  try {
    await cleaned.datasync();
  } catch (error) {
    log.guard(() => {
      throw error;
    });
  }
}

/**
 * The batch that tells a producer's last sequence keeps duplicates out after a restart. Of a producer that has none under
 * its latest epoch the marker that brought the epoch keeps older ones out.
 */
function isLastOfProducer(log: PartitionLog, buffer: Buffer, at: number): boolean {
  const producerId = batchHeader.producerId(buffer, at);
  const entry = producerId < 0 ? undefined : log.producers.get(producerId);
  if (entry === undefined) return false;
  const last = entry.batches.at(-1);
  if (last !== undefined) return last.lastOffset === batchHeader.lastOffset(buffer, at);
  return batchHeader.isControl(buffer, at) && batchHeader.producerEpoch(buffer, at) === entry.producerEpoch;
}
