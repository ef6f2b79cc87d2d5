import { type Executor, taskUrl } from '../../../platform/executor.ts';
import type { Files } from '../../../platform/files.ts';
import type { PartitionLog } from '../partition-log.ts';
import type { Segment } from '../segment.ts';
import { CLEANED_SUFFIX } from '../segment-files.ts';
import { abortedTransactions } from '../transaction-index.ts';
import type { Cleanable } from './cleanable.ts';
import { CleanedTransactions, type TransactionWalk } from './cleaned-transactions.ts';
import type { CleanOutcome, CleanTask, IndexOutcome, IndexTask, SegmentFile } from './compaction-task.ts';

const task = taskUrl(import.meta.url, 'compaction-task');

/** What a compaction needs besides the log. */
export interface CompactionOptions {
  readonly files: Files;
  readonly executor: Executor;
  readonly nowMs: number;
  /** Memory for the map of keys; when it is full, the rest of the log waits for the next round. */
  readonly dedupeBytesMax: number;
  /** Shared memory; anything but 0 in it ends the work. */
  readonly stop: Int32Array;
  /** Called after so many bytes were read; resolves when more may be. */
  readonly pace: (bytes: number) => Promise<void>;
}

/**
 * Compacts the closed segments of a log: of each key in them only the last record stays. A task off the event loop writes
 * new segments beside the old ones and makes them durable, then they are swapped here. Returns the offset up to which
 * the log is clean now, `undefined` when it was told to stop, or segments went away. A crash at any point leaves the old
 * or the new segments.
 */
export async function compact(cleanable: Cleanable, options: CompactionOptions): Promise<number | undefined> {
  const { log, firstUncleanableOffset } = cleanable;
  const indexed = await buildMap(cleanable, options);
  if (indexed === undefined) return undefined;
  const { latest } = indexed;
  const cleanUntil = indexed.isFull ? indexed.indexedUntil : firstUncleanableOffset;
  const segments = log.segments.filter(
    (segment) => segment.baseOffset < Math.min(cleanUntil, firstUncleanableOffset),
  );
  const aborted = abortedTransactions(log.segments, 0, firstUncleanableOffset);
  let transactions = new CleanedTransactions(aborted).state;
  for (const group of groupsOf(log, segments)) {
    const next = await cleanGroup(log, group, { latest, endOffset: cleanUntil, transactions }, options);
    if (next === undefined) return undefined;
    transactions = next;
  }
  return cleanUntil;
}

/** Notes the last offset of each key from the first dirty offset on, until the map is full. */
function buildMap(
  { log, firstDirtyOffset, firstUncleanableOffset }: Cleanable,
  { executor, dedupeBytesMax, stop, pace }: CompactionOptions,
): Promise<IndexOutcome | undefined> {
  const segments = log.segments.filter((segment) => segment.baseOffset < firstUncleanableOffset);
  const input: IndexTask = {
    kind: 'index',
    segments: segments.map((segment) =>
      fileOf(
        segment,
        log.guard(() => segment.positionOf(firstDirtyOffset)),
      ),
    ),
    firstDirtyOffset,
    aborted: abortedTransactions(log.segments, firstDirtyOffset, firstUncleanableOffset),
    dedupeBytesMax,
    stop,
  };
  return unlessGone(log, segments, async () => {
    await pace(bytesOf(input.segments));
    return executor.run<IndexTask, IndexOutcome | undefined>(task, input);
  });
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

/** Returns where the walk through transactions stands after it; `undefined` when told to stop, or a segment was deleted meanwhile. */
async function cleanGroup(
  log: PartitionLog,
  group: readonly Segment[],
  state: Pick<CleanTask, 'latest' | 'endOffset' | 'transactions'>,
  { files, executor, nowMs, stop, pace }: CompactionOptions,
): Promise<TransactionWalk | undefined> {
  const path = `${group[0]?.path}${CLEANED_SUFFIX}`;
  const { deleteRetentionMs } = log.config;
  const input: CleanTask = {
    ...state,
    kind: 'clean',
    segments: group.map((segment) => fileOf(segment, 0)),
    cleaned: path,
    nowMs,
    deleteRetentionMs,
    ...producersOf(log),
    stop,
  };
  let outcome: CleanOutcome | undefined;
  try {
    await pace(bytesOf(input.segments));
    outcome = await unlessGone(log, group, () =>
      executor.run<CleanTask, CleanOutcome | undefined>(task, input),
    );
  } catch (error) {
    removeCleaned(files, path); // On a full disk its room is needed.
    throw error;
  }
  if (log.isOffline) return undefined;
  if (outcome === undefined) {
    removeCleaned(files, path);
    return undefined;
  }
  log.swapSegments(group, { path, abortedTransactions: outcome.kept });
  return outcome.transactions;
}

/**
 * Runs a task on files of `segments`; `undefined` when one of them was given up meanwhile: then the files that it did not
 * find are no fault of the disk. B28: any other storage error ends the directory's service.
 */
async function unlessGone<T>(
  log: PartitionLog,
  segments: readonly Segment[],
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const isGone = () => log.isOffline || segments.some((segment) => segment.isRetired);
  try {
    const outcome = await work();
    return isGone() ? undefined : outcome;
  } catch (error) {
    if (isGone()) return undefined;
    return log.guard(() => {
      throw error;
    });
  }
}

function fileOf(segment: Segment, from: number): SegmentFile {
  return { path: segment.path, from, to: segment.writtenSize };
}

function bytesOf(segments: readonly SegmentFile[]): number {
  return segments.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** What the task has to know of producers, so that their last batches stay. */
function producersOf(log: PartitionLog): Pick<CleanTask, 'lastOffsets' | 'epochs'> {
  const lastOffsets = new Set<number>();
  const epochs = new Map<number, number>();
  for (const { producerId, producerEpoch, batches } of log.producers.entries) {
    const last = batches.at(-1);
    if (last === undefined) epochs.set(producerId, producerEpoch);
    else lastOffsets.add(last.lastOffset);
  }
  return { lastOffsets, epochs };
}

/** What stays is removed at the next start. */
function removeCleaned(files: Files, path: string): void {
  try {
    files.remove(path);
  } catch {
    // The error that made it superfluous is the one to tell.
  }
}
