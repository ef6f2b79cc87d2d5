import { batchHeader } from '../../kafka/records/index.ts';
import type { Files } from '../../platform/files.ts';
import type { Logger } from '../../platform/logger.ts';
import { readEpochCheckpoint, writeEpochCheckpoint } from './checkpoint.ts';
import { LeaderEpochCache } from './leader-epoch-cache.ts';
import type { LoadedLog } from './partition-log.ts';
import { decodeProducerSnapshot } from './producer-snapshot.ts';
import { ProducerState } from './producer-state.ts';
import { Segment } from './segment.ts';
import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  type SegmentSuffix,
  SWAP_SUFFIX,
  segmentOffsets,
  segmentPath,
} from './segment-files.ts';

/** What is known about a partition's log before it is opened. */
export interface OpenOptions {
  readonly indexIntervalBytes: number;
  /** False after an unclean stop: then what lies beyond `recoveryPoint` is checked batch by batch. */
  readonly wasCleanlyClosed: boolean;
  readonly recoveryPoint: number;
  /** From the checkpoint; 0 when DeleteRecords and retention never moved it. */
  readonly logStartOffset: number;
}

/**
 * Opens the directory of a partition's log, mending what an unclean stop left behind: unfinished files go, swaps that
 * were under way are finished, the log is cut at the first batch that is not whole, and everything derived from the
 * log (indexes, leader epochs, producers) is rebuilt where it is missing. A missing directory is an empty log.
 */
export function openLog(files: Files, logger: Logger, directory: string, options: OpenOptions): LoadedLog {
  const exists = files.stat(directory) !== undefined;
  if (exists) finishInterruptedWork(files, directory);
  const names = exists ? files.list(directory) : [];
  let segments = openSegments(files, logger, directory, segmentOffsets(names, '.log'), options);
  let logStartOffset = Math.max(options.logStartOffset, segments[0]?.baseOffset ?? 0);
  let logEndOffset = segments.at(-1)?.findEndOffset() ?? logStartOffset;
  if (logEndOffset < logStartOffset) {
    for (const segment of segments) removeSegment(files, directory, segment.baseOffset);
    segments = [];
    logEndOffset = logStartOffset;
  }
  if (segments.length === 0) {
    segments = [Segment.create(files, directory, logStartOffset, options.indexIntervalBytes)];
    logStartOffset = logEndOffset;
  }
  return {
    segments,
    logStartOffset,
    logEndOffset,
    epochs: loadEpochs(files, directory, segments, logStartOffset, logEndOffset),
    producers: loadProducers(files, directory, segments, logEndOffset),
  };
}

function openSegments(
  files: Files,
  logger: Logger,
  directory: string,
  offsets: readonly number[],
  options: OpenOptions,
): Segment[] {
  const segments: Segment[] = [];
  const firstUnchecked = Math.max(
    offsets.findLastIndex((offset) => offset <= options.recoveryPoint),
    0,
  );
  for (const [i, baseOffset] of offsets.entries()) {
    if (options.wasCleanlyClosed || i < firstUnchecked) {
      segments.push(Segment.open(files, directory, baseOffset, options.indexIntervalBytes));
      continue;
    }
    const { segment, bytesCut } = Segment.recover(files, directory, baseOffset, options.indexIntervalBytes);
    segment.datasyncNow(); // B12: what a reader will see must not depend on an earlier process having synced it.
    segments.push(segment);
    if (bytesCut > 0) {
      const later = offsets.slice(i + 1);
      logger.warn(
        { directory, baseOffset, bytesCut, segmentsRemoved: later.length },
        'log cut at an invalid batch',
      );
      for (const offset of later) removeSegment(files, directory, offset);
      break;
    }
  }
  return segments;
}

/** `.deleted` and `.cleaned` files go; a `.swap` is a finished compaction that only lacked its renames. */
function finishInterruptedWork(files: Files, directory: string): void {
  const names = files.list(directory);
  for (const name of names) {
    const isLeftover =
      name.endsWith(DELETED_SUFFIX) || name.endsWith(CLEANED_SUFFIX) || name.endsWith('.tmp');
    if (isLeftover) files.remove(`${directory}/${name}`);
  }
  const swaps = names.filter((name) => name.endsWith(`.log${SWAP_SUFFIX}`)).sort();
  for (const name of swaps) finishSwap(files, directory, name);
  for (const name of names.filter((each) => each.endsWith(SWAP_SUFFIX))) files.remove(`${directory}/${name}`);
}

/** The swapped segment holds all that survives of the segments from its base to its last offset: they go. */
function finishSwap(files: Files, directory: string, name: string): void {
  const path = `${directory}/${name}`;
  const target = path.slice(0, -SWAP_SUFFIX.length);
  const baseOffset = Number(name.slice(0, 20));
  const file = files.open(path, 'read');
  const endOffset = lastOffsetOf(file.size(), (buffer, at) => file.read(buffer, at)) + 1;
  file.close();
  for (const offset of segmentOffsets(files.list(directory), '.log')) {
    if (offset > baseOffset && offset < endOffset) removeSegment(files, directory, offset);
  }
  for (const suffix of ['.index', '.timeindex', '.txnindex'] as const) {
    files.remove(segmentPath(directory, baseOffset, suffix));
  }
  files.rename(path, target);
  files.syncDirectory(directory);
}

function lastOffsetOf(size: number, read: (buffer: Buffer, position: number) => number): number {
  const header = Buffer.allocUnsafe(batchHeader.HEADER_BYTES);
  let last = -1;
  for (let position = 0; position + header.length <= size; ) {
    if (read(header, position) < header.length) break;
    last = batchHeader.lastOffset(header, 0);
    position += batchHeader.sizeInBytes(header, 0);
  }
  return last;
}

function removeSegment(files: Files, directory: string, baseOffset: number): void {
  for (const suffix of ['.log', '.index', '.timeindex', '.txnindex', '.snapshot'] satisfies SegmentSuffix[]) {
    files.remove(segmentPath(directory, baseOffset, suffix));
  }
}

function loadEpochs(
  files: Files,
  directory: string,
  segments: readonly Segment[],
  logStartOffset: number,
  logEndOffset: number,
): LeaderEpochCache {
  const path = `${directory}/leader-epoch-checkpoint`;
  const saved = readSavedEpochs(files, path);
  const cache = saved ?? epochsFromBatches(segments);
  const isChanged = [
    cache.truncateFromEnd(Math.max(logEndOffset, 1)),
    cache.truncateFromStart(logStartOffset),
  ];
  const lacksEpochs = cache.latest === undefined && logEndOffset > logStartOffset;
  const epochs = lacksEpochs ? epochsFromBatches(segments) : cache;
  if ((saved === undefined || isChanged.includes(true) || lacksEpochs) && epochs.latest !== undefined) {
    writeEpochCheckpoint(files, path, epochs.entries);
  }
  return epochs;
}

function readSavedEpochs(files: Files, path: string): LeaderEpochCache | undefined {
  if (files.stat(path) === undefined) return undefined;
  try {
    return LeaderEpochCache.from(readEpochCheckpoint(files, path));
  } catch {
    return undefined; // A cache that was torn by a power cut: the batches know.
  }
}

function epochsFromBatches(segments: readonly Segment[]): LeaderEpochCache {
  const cache = new LeaderEpochCache();
  for (const segment of segments) {
    segment.scan({ from: 0 }, (buffer, at) => {
      cache.assign(batchHeader.leaderEpoch(buffer, at), batchHeader.baseOffset(buffer, at));
      return true;
    });
  }
  return cache;
}

/** The latest snapshot that is whole and not beyond the end, brought up to date from the batches after it. */
function loadProducers(
  files: Files,
  directory: string,
  segments: readonly Segment[],
  logEndOffset: number,
): ProducerState {
  const names = files.stat(directory) === undefined ? [] : files.list(directory);
  const offsets = segmentOffsets(names, '.snapshot').reverse();
  for (const offset of offsets) {
    const path = segmentPath(directory, offset, '.snapshot');
    const state = offset <= logEndOffset ? decodeProducerSnapshot(files.readFile(path)) : undefined;
    if (state !== undefined) return replayProducers(state, segments, offset);
    files.remove(path);
  }
  return replayProducers(new ProducerState(), segments, 0);
}

function replayProducers(
  state: ProducerState,
  segments: readonly Segment[],
  fromOffset: number,
): ProducerState {
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1];
    if (next !== undefined && next.baseOffset <= fromOffset) continue;
    segment.scan({ from: segment.positionOf(fromOffset) }, (buffer, at) => {
      noteBatch(state, buffer, at, fromOffset);
      return true;
    });
  }
  return state;
}

function noteBatch(state: ProducerState, buffer: Buffer, at: number, fromOffset: number): void {
  const producerId = batchHeader.producerId(buffer, at);
  const lastOffset = batchHeader.lastOffset(buffer, at);
  if (producerId < 0 || lastOffset < fromOffset || batchHeader.isControl(buffer, at)) return;
  const lastSequence = batchHeader.lastSequence(buffer, at);
  const producerEpoch = batchHeader.producerEpoch(buffer, at);
  state.update(
    { producerId, producerEpoch, firstSequence: batchHeader.baseSequence(buffer, at), lastSequence },
    {
      lastSequence,
      lastOffset,
      offsetDelta: batchHeader.lastOffsetDelta(buffer, at),
      timestamp: batchHeader.maxTimestamp(buffer, at),
    },
  );
}
