import { batchHeader } from '../../kafka/records/index.ts';
import type { Files } from '../../platform/files.ts';
import { producerAppendOf, producerBatchOf, replayBatch } from './producer-replay.ts';
import { decodeProducerSnapshot, snapshotKnowsMarkers, writeProducerSnapshot } from './producer-snapshot.ts';
import { type ProducerAppend, type ProducerBatch, ProducerState } from './producer-state.ts';
import type { Segment } from './segment.ts';
import { segmentOffsets, segmentPath } from './segment-files.ts';
import { isPassing } from './storage-error.ts';

/** How far back producers' batches are looked up: more than a client has on the way. */
const RECALLED_BYTES = 8 << 20;

/** The segments of a log that is being opened. */
export interface RecoveredSegments {
  /** What is in the log's directory; nothing when it is missing. */
  readonly names: readonly string[];
  readonly segments: readonly Segment[];
  /** Those whose other indexes had to be rebuilt: their transaction index is not to be believed either. */
  readonly unindexed: ReadonlySet<Segment>;
  readonly logEndOffset: number;
}

/** What is known of the producers of a log. */
interface RecoveredProducers {
  readonly producers: ProducerState;
  /** Whether there is a snapshot of them as of the end. */
  readonly isSaved: boolean;
}

/**
 * The producers of a log: the latest snapshot that is whole and not beyond the end, brought up to date from the batches
 * after it. Transaction indexes that are missing or cannot be right are rebuilt on the way, from the latest snapshot
 * before the first of them.
 */
export function recoverProducers(
  files: Files,
  directory: string,
  log: RecoveredSegments,
): RecoveredProducers {
  if (log.names.length === 0) return { producers: new ProducerState(), isSaved: false };
  const snapshots = new Snapshots(files, directory, log);
  const rebuilt = new Set(log.segments.filter((segment, i) => isToBeRebuilt(log, segment, i, snapshots)));
  const [first] = rebuilt;
  const { state, offset } = snapshots.latestUpTo(first?.baseOffset ?? log.logEndOffset);
  if (state.size > 0) state.recall(batchesBefore(log.segments, offset));
  for (const segment of rebuilt) segment.transactions.clear();
  for (const [i, segment] of log.segments.entries()) {
    if (endOf(log, i) <= offset && i < log.segments.length - 1) continue;
    if (segment.baseOffset > offset) snapshots.fill(segment.baseOffset, state);
    const isRebuilt = rebuilt.has(segment);
    replaySegment(state, segment, { fromOffset: offset, isRebuilt });
    if (isRebuilt && (segment.transactions.hasFile || state.knowsMarkers)) writeIndex(segment);
  }
  if (rebuilt.size > 0) files.syncDirectory(directory);
  state.onDurable(log.logEndOffset);
  return { producers: state, isSaved: rebuilt.size === 0 && snapshots.has(log.logEndOffset) };
}

/** The producer snapshots in a log's directory. One that is beyond the end, or not whole, is removed when it is met. */
class Snapshots {
  readonly #files: Files;
  readonly #directory: string;
  readonly #offsets: Set<number>;

  constructor(files: Files, directory: string, { names, logEndOffset }: RecoveredSegments) {
    this.#files = files;
    this.#directory = directory;
    this.#offsets = new Set();
    for (const offset of segmentOffsets(names, '.snapshot')) {
      if (offset > logEndOffset) files.remove(segmentPath(directory, offset, '.snapshot'));
      else this.#offsets.add(offset);
    }
  }

  has(offset: number): boolean {
    return this.#offsets.has(offset);
  }

  /** Whether the producers as of `offset` had transactions that were ended; `undefined` when no snapshot tells. */
  knowsMarkersAt(offset: number): boolean | undefined {
    return this.#offsets.has(offset) ? snapshotKnowsMarkers(this.#read(offset)) : undefined;
  }

  /** The latest as of `endOffset` or before; a state without producers, as of 0, when there is none. */
  latestUpTo(endOffset: number): { readonly state: ProducerState; readonly offset: number } {
    for (const offset of [...this.#offsets].reverse()) {
      if (offset > endOffset) continue;
      const state = decodeProducerSnapshot(this.#read(offset));
      if (state !== undefined) return { state, offset };
      this.#files.remove(segmentPath(this.#directory, offset, '.snapshot'));
      this.#offsets.delete(offset);
    }
    return { state: new ProducerState(), offset: 0 };
  }

  /** Writes the snapshot as of `offset` when there is none. It is for later starts: without room this one goes on. */
  fill(offset: number, state: ProducerState): void {
    if (this.#offsets.has(offset)) return;
    try {
      writeProducerSnapshot(this.#files, this.#directory, offset, state, 'durable');
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  #read(offset: number): Buffer {
    return this.#files.readFile(segmentPath(this.#directory, offset, '.snapshot'));
  }
}

/**
 * Whether the transaction index of a segment is missing or wrong. That it is missing shows in the snapshot at the
 * segment's end: when that knows of markers there is an index, be it an empty one.
 */
function isToBeRebuilt(log: RecoveredSegments, segment: Segment, at: number, snapshots: Snapshots): boolean {
  const endOffset = endOf(log, at);
  const loaded = segment.transactions.load(endOffset, log.names);
  if (loaded === 'corrupt') return true;
  if (log.unindexed.has(segment)) return loaded === 'loaded' || segment.transactions.hasMarkers;
  if (loaded === 'loaded' || segment.writtenSize === 0) return false;
  return snapshots.knowsMarkersAt(endOffset) !== false;
}

function endOf({ segments, logEndOffset }: RecoveredSegments, at: number): number {
  return segments[at + 1]?.baseOffset ?? logEndOffset;
}

function writeIndex(segment: Segment): void {
  try {
    segment.transactions.persistDurably();
  } catch (error) {
    if (!isPassing(error)) throw error; // Without room the next start finds it missing, and does this again.
  }
}

/**
 * The producers' batches that precede `endOffset`. B40: a snapshot has only the last one of each, as Kafka's do, but when
 * there is no other replica a client that was cut off by the restart sends its last five again.
 */
function batchesBefore(segments: readonly Segment[], endOffset: number) {
  let found: { readonly append: ProducerAppend; readonly batch: ProducerBatch }[] = [];
  let bytesLeft = RECALLED_BYTES;
  for (const segment of segments.filter((each) => each.baseOffset < endOffset).reverse()) {
    const inSegment: typeof found = [];
    segment.scanTail((buffer, at) => {
      const isProducers = batchHeader.producerId(buffer, at) >= 0 && !batchHeader.isControl(buffer, at);
      if (isProducers && batchHeader.lastOffset(buffer, at) < endOffset) {
        inSegment.push({ append: producerAppendOf(buffer, at), batch: producerBatchOf(buffer, at) });
      }
      return true;
    }, bytesLeft);
    found = [...inSegment, ...found];
    bytesLeft -= segment.writtenSize;
    if (bytesLeft <= 0) break;
  }
  return found;
}

function replaySegment(
  state: ProducerState,
  segment: Segment,
  { fromOffset, isRebuilt }: { readonly fromOffset: number; readonly isRebuilt: boolean },
): void {
  segment.scan({ from: segment.positionOf(fromOffset) }, (buffer, at) => {
    if (batchHeader.lastOffset(buffer, at) < fromOffset) return true;
    const completed = replayBatch(state, buffer, at);
    if (isRebuilt && completed?.isAborted === true) segment.transactions.append(completed);
    return true;
  });
}
