import { batchHeader, openRecords } from '../../../kafka/records/index.ts';
import type { TaskWorld } from '../../../platform/executor.ts';
import type { File, Files } from '../../../platform/files.ts';
import { scanBatches } from '../batch-scan.ts';
import { CorruptLogError } from '../errors.ts';
import type { AbortedTransaction } from '../transaction-index.ts';
import { type FilterRules, filterBatch } from './batch-filter.ts';
import { CleanedTransactions, type TransactionWalk } from './cleaned-transactions.ts';
import { OffsetMap, type SharedOffsetMap } from './offset-map.ts';

/** What a batch may expand to: it was expanded once when it was checked. */
const OUTPUT_BYTES_MAX = 1 << 30;
/** Work done between two looks at whether it should end. */
const TURN_BYTES = 1 << 20;

/** A closed segment's file, as far as it concerns the task. */
export interface SegmentFile {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Notes the last offset of each key in `segments`, until the map is full. */
export interface IndexTask {
  readonly kind: 'index';
  readonly segments: readonly SegmentFile[];
  readonly firstDirtyOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly dedupeBytesMax: number;
  readonly stop: Int32Array;
}

/** `indexedUntil` is the offset after the last batch whose keys are all in the map. */
export interface IndexOutcome {
  readonly latest: SharedOffsetMap;
  readonly isFull: boolean;
  readonly indexedUntil: number;
}

/** Writes what stays of `segments` to the file `cleaned`, durably. */
export interface CleanTask {
  readonly kind: 'clean';
  readonly segments: readonly SegmentFile[];
  readonly cleaned: string;
  readonly latest: SharedOffsetMap;
  /** As left by the task for the segments before these. */
  readonly transactions: TransactionWalk;
  readonly endOffset: number;
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
  /** The last batch of each producer, by its last offset. */
  readonly lastOffsets: ReadonlySet<number>;
  /** The latest epoch of producers that have no batch under it. */
  readonly epochs: ReadonlyMap<number, number>;
  readonly stop: Int32Array;
}

export interface CleanOutcome {
  readonly transactions: TransactionWalk;
  /** Those of which there are still records, in the order of their markers. */
  readonly kept: readonly AbortedTransaction[];
}

/**
 * The work of compaction, off the event loop: reads and writes files by path. `undefined` when it was told to stop (a
 * shared `stop` other than 0). Throws {@link CorruptLogError}, CorruptRecordError and the system's errors.
 */
export function run(
  task: IndexTask | CleanTask,
  { files }: TaskWorld,
): IndexOutcome | CleanOutcome | Promise<CleanOutcome | undefined> | undefined {
  return task.kind === 'index' ? indexKeys(task, files) : clean(task, files);
}

function indexKeys(task: IndexTask, files: Files): IndexOutcome | undefined {
  const latest = new OffsetMap(task.dedupeBytesMax);
  const transactions = new CleanedTransactions(task.aborted);
  let indexedUntil = task.firstDirtyOffset;
  const isWhole = forEachBatch(task, files, (buffer, at) => {
    if (latest.isFull) return false;
    const isAborted = !batchHeader.isControl(buffer, at) && transactions.onBatch(buffer, at);
    if (!isAborted) noteKeys(buffer, at, latest, task.firstDirtyOffset);
    indexedUntil = batchHeader.lastOffset(buffer, at) + 1;
    return true;
  });
  return isWhole || latest.isFull
    ? { latest: latest.share(), isFull: latest.isFull, indexedUntil }
    : undefined;
}

function noteKeys(buffer: Buffer, at: number, latest: OffsetMap, firstDirtyOffset: number): void {
  if (batchHeader.isControl(buffer, at)) return;
  const cursor = openRecords(buffer, at, OUTPUT_BYTES_MAX);
  while (cursor.next()) {
    const { key, offset } = cursor.view();
    if (key !== null && offset >= firstDirtyOffset) latest.put(key, offset);
  }
}

async function clean(task: CleanTask, files: Files): Promise<CleanOutcome | undefined> {
  const transactions = CleanedTransactions.resume(task.transactions);
  const rules: FilterRules = {
    latest: OffsetMap.from(task.latest),
    endOffset: task.endOffset,
    transactions,
    nowMs: task.nowMs,
    deleteRetentionMs: task.deleteRetentionMs,
    mustStay: (buffer, at) => mustStay(task, buffer, at),
  };
  const cleaned = files.open(task.cleaned, 'write');
  try {
    cleaned.truncate(0);
    const gathered = new Gathered(cleaned);
    const isWhole = forEachBatch(task, files, (buffer, at) => {
      const batch = filterBatch(buffer, at, rules);
      if (batch !== undefined) gathered.add(batch);
      return true;
    });
    gathered.write();
    if (!isWhole) return undefined;
    await cleaned.datasync();
    return { kept: transactions.takeKept(), transactions: transactions.state };
  } finally {
    cleaned.close();
  }
}

/**
 * The batch that tells a producer's last sequence keeps duplicates out after a restart. Of a producer that has none under
 * its latest epoch the marker that brought the epoch keeps older ones out.
 */
function mustStay({ lastOffsets, epochs, endOffset }: CleanTask, buffer: Buffer, at: number): boolean {
  const lastOffset = batchHeader.lastOffset(buffer, at);
  if (lastOffset + 1 === endOffset || lastOffsets.has(lastOffset)) return true;
  if (!batchHeader.isControl(buffer, at)) return false;
  return epochs.get(batchHeader.producerId(buffer, at)) === batchHeader.producerEpoch(buffer, at);
}

/** Batches on their way to a file: written a turn at a time. Slices of a buffer that is reused are copied. */
class Gathered {
  readonly #file: File;
  #batches: Buffer[] = [];
  #bytes = 0;

  constructor(file: File) {
    this.#file = file;
  }

  add(batch: Buffer): void {
    this.#batches.push(Buffer.from(batch));
    this.#bytes += batch.length;
    if (this.#bytes >= TURN_BYTES) this.write();
  }

  write(): void {
    if (this.#bytes > 0) this.#file.append(this.#batches);
    this.#batches = [];
    this.#bytes = 0;
  }
}

/** Walks the files; false when it ended before their end. A batch with a wrong CRC must not be copied as if it were good. */
function forEachBatch(
  { segments, stop }: IndexTask | CleanTask,
  files: Files,
  visit: (buffer: Buffer, at: number) => boolean,
): boolean {
  for (const { path, from, to } of segments) {
    if (from >= to) continue;
    const file = files.open(path, 'read');
    try {
      for (let position = from; position < to; ) {
        if (Atomics.load(stop, 0) !== 0) return false;
        let isRefused = false;
        const turnEnd = position + TURN_BYTES;
        const end = scanBatches(file, { from: position, to }, (buffer, at, place) => {
          if (place >= turnEnd) return false;
          if (!batchHeader.isCrcValid(buffer, at)) throw new CorruptLogError(path, place);
          isRefused = !visit(buffer, at);
          return !isRefused;
        });
        if (isRefused) return false;
        if (end === position) throw new CorruptLogError(path, position);
        position = end;
      }
    } finally {
      file.close();
    }
  }
  return true;
}
