import { batchHeader } from '../../kafka/records/index.ts';
import type { Files } from '../../platform/files.ts';
import type { Logger } from '../../platform/logger.ts';
import { hasCode } from '../../platform/system-error.ts';
import { readEpochCheckpoint, writeEpochCheckpoint } from './checkpoint.ts';
import { LeaderEpochCache } from './leader-epoch-cache.ts';
import type { LoadedLog } from './log-environment.ts';
import { recoverProducers } from './producer-recovery.ts';
import { removeProducerSnapshots } from './producer-snapshot.ts';
import { Segment } from './segment.ts';
import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  type SegmentSuffix,
  SWAP_SUFFIX,
  segmentName,
  segmentOffsets,
  segmentPath,
} from './segment-files.ts';

const EPOCH_FILE = 'leader-epoch-checkpoint';

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
  const folder = openFolder(files, logger, directory, options);
  const log = complete(files, directory, folder);
  finishOpening(files, directory, folder, options);
  for (const segment of folder.segments.slice(0, -1)) segment.close();
  return log;
}

/**
 * Mends the directory of a log after an unclean stop as {@link openLog} does and closes it again. What is derived from
 * the batches is left to whoever opens the log, unless it must be rebuilt from what only this check knows.
 */
export function checkLog(files: Files, logger: Logger, directory: string, options: OpenOptions): void {
  const folder = openFolder(files, logger, directory, options);
  if (!isDerivedLater(folder)) complete(files, directory, folder);
  finishOpening(files, directory, folder, options);
  for (const segment of folder.segments) segment.closeChecked();
}

/** What the files of a log's directory hold, once they are mended. */
interface OpenedFolder {
  /** Of what is in the directory; nothing when it is missing. */
  readonly names: readonly string[];
  readonly exists: boolean;
  readonly segments: Segment[];
  /** Those whose indexes were rebuilt. */
  readonly unindexed: ReadonlySet<Segment>;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
}

function openFolder(files: Files, logger: Logger, directory: string, options: OpenOptions): OpenedFolder {
  const listed = namesIn(files, directory);
  const exists = listed !== undefined;
  const names = exists ? finishInterruptedWork(files, directory, listed) : [];
  const unindexed = new Set<Segment>();
  const place = { files, logger, directory, names, unindexed };
  const found = openSegments(place, segmentOffsets(names, '.log'), options);
  const logStartOffset = Math.max(options.logStartOffset, found.segments[0]?.baseOffset ?? 0);
  const segments = withActive(files, directory, found.segments, { ...options, logStartOffset });
  const logEndOffset = segments.at(-1)?.endOffset ?? logStartOffset;
  const hasChanged = exists && (found.isCut || segments !== found.segments);
  const current = hasChanged ? files.list(directory) : names;
  return { names: current, exists, segments, unindexed, logStartOffset, logEndOffset };
}

function complete(files: Files, directory: string, folder: OpenedFolder): LoadedLog {
  const { segments, logStartOffset, logEndOffset } = folder;
  const epochs = loadEpochs(files, directory, folder);
  const { producers, isSaved } = recoverProducers(files, directory, folder);
  const isEndSaved = isSaved && folder.unindexed.size === 0;
  return { segments, logStartOffset, logEndOffset, epochs, producers, isEndSaved };
}

function finishOpening(
  files: Files,
  directory: string,
  { exists, segments }: OpenedFolder,
  { wasCleanlyClosed }: OpenOptions,
): void {
  // What was removed must not be there again after the next crash, when other records have those offsets.
  if (exists && !wasCleanlyClosed) files.syncDirectory(directory);
  for (const segment of segments) segment.endOpening();
}

/** Whether a later start finds out by itself: no transaction index has to be rebuilt because its segment was. */
function isDerivedLater({ names, unindexed }: OpenedFolder): boolean {
  if (names.some((name) => name.endsWith('.txnindex'))) return false;
  return [...unindexed].every((segment) => !segment.transactions.hasMarkers);
}

/** `undefined` when the folder is missing. */
function namesIn(files: Files, directory: string): readonly string[] | undefined {
  try {
    return files.list(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

interface Place {
  readonly files: Files;
  readonly logger: Logger;
  readonly directory: string;
  /** What is in the directory. */
  readonly names: readonly string[];
  /** Gets the segments whose indexes were rebuilt. */
  readonly unindexed: Set<Segment>;
}

/** The segments; `isCut` when one had to be cut and files behind it were removed. */
function openSegments(
  place: Place,
  offsets: readonly number[],
  options: OpenOptions,
): { segments: Segment[]; isCut: boolean } {
  const { files, directory } = place;
  const segments: Segment[] = [];
  const firstUnchecked = Math.max(
    offsets.findLastIndex((offset) => offset <= options.recoveryPoint),
    0,
  );
  for (const [i, baseOffset] of offsets.entries()) {
    if (options.wasCleanlyClosed || i < firstUnchecked) {
      const isThere = (suffix: SegmentSuffix) => place.names.includes(segmentName(baseOffset, suffix));
      const hasIndexes = () => isThere('.index') && isThere('.timeindex');
      const opened = Segment.open(files, directory, baseOffset, options.indexIntervalBytes, hasIndexes);
      const { segment, isWhole, isIndexed } = opened;
      if (!isIndexed) place.unindexed.add(segment);
      // An undone write can leave bytes behind the last batch, and new ones must not be written after those.
      const isDoubtful = !isWhole && i === offsets.length - 1;
      segments.push(isDoubtful ? recover(place, baseOffset, options).segment : segment);
      continue;
    }
    const { segment, bytesCut } = recover(place, baseOffset, options);
    segments.push(segment);
    if (bytesCut > 0) {
      for (const offset of offsets.slice(i + 1)) removeSegment(files, directory, offset);
      return { segments, isCut: true };
    }
  }
  return { segments, isCut: false };
}

function recover(
  { files, logger, directory, unindexed }: Place,
  baseOffset: number,
  { indexIntervalBytes, recoveryPoint }: OpenOptions,
): { segment: Segment; bytesCut: number } {
  const { segment, bytesCut } = Segment.recover(files, directory, baseOffset, indexIntervalBytes);
  unindexed.add(segment);
  // B12: what a reader will see must not depend on an earlier process having synced it.
  if (bytesCut > 0 || segment.endOffset > recoveryPoint) segment.rewriteFrom(recoveryPoint);
  if (bytesCut > 0) logger.warn({ directory, baseOffset, bytesCut }, 'log cut at an invalid batch');
  return { segment, bytesCut };
}

/** The segments, or an empty one at the log start offset when the log ends before it or there are none. */
function withActive(files: Files, directory: string, segments: Segment[], options: OpenOptions): Segment[] {
  const { logStartOffset, indexIntervalBytes } = options;
  const last = segments.at(-1);
  if (last !== undefined && last.endOffset >= logStartOffset) return segments;
  for (const segment of segments) {
    segment.retire();
    removeSegment(files, directory, segment.baseOffset);
  }
  if (segments.length > 0) removeProducerSnapshots(files, directory, []); // Of transactions that are gone as well.
  const active = Segment.create(files, directory, logStartOffset, indexIntervalBytes);
  if (files.stat(directory) !== undefined && logStartOffset > 0) {
    active.createFile();
    files.syncDirectory(directory);
  }
  return [active];
}

/**
 * `.deleted` and `.cleaned` files go; a `.swap` is a finished compaction that only lacked its renames. Takes the names in
 * the directory and returns those that are there afterwards.
 */
function finishInterruptedWork(files: Files, directory: string, names: readonly string[]): readonly string[] {
  const isOrderly = names.every((name) => !isUnfinished(name)) && !hasStrayIndex(names);
  if (isOrderly) return names;
  for (const name of names) {
    if (isUnfinished(name) && !name.endsWith(SWAP_SUFFIX)) files.remove(`${directory}/${name}`);
  }
  const swaps = names.filter((name) => name.endsWith(`.log${SWAP_SUFFIX}`)).sort();
  for (const name of swaps) finishSwap(files, directory, name);
  for (const name of names.filter((each) => each.endsWith(SWAP_SUFFIX))) files.remove(`${directory}/${name}`);
  const segments = new Set(segmentOffsets(files.list(directory), '.log'));
  for (const suffix of ['.index', '.timeindex', '.txnindex'] as const) {
    for (const offset of segmentOffsets(names, suffix)) {
      if (!segments.has(offset)) files.remove(segmentPath(directory, offset, suffix));
    }
  }
  return files.list(directory);
}

function isUnfinished(name: string): boolean {
  return [DELETED_SUFFIX, CLEANED_SUFFIX, SWAP_SUFFIX, '.tmp'].some((suffix) => name.endsWith(suffix));
}

/** Whether there is an index of a segment that is not there. */
function hasStrayIndex(names: readonly string[]): boolean {
  return names.some((name) => {
    const isIndex = name.endsWith('.index') || name.endsWith('.timeindex') || name.endsWith('.txnindex');
    return isIndex && !names.includes(`${name.slice(0, name.lastIndexOf('.'))}.log`);
  });
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
    const sizeInBytes = batchHeader.sizeInBytes(header, 0);
    if (sizeInBytes < header.length) break;
    last = batchHeader.lastOffset(header, 0);
    position += sizeInBytes;
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
  { names, segments, logStartOffset, logEndOffset }: OpenedFolder,
): LeaderEpochCache {
  const path = `${directory}/${EPOCH_FILE}`;
  const saved = names.includes(EPOCH_FILE) ? readSavedEpochs(files, path) : undefined;
  const isTrusted = saved !== undefined && agree(saved, segments, logStartOffset);
  const epochs = isTrusted ? saved : epochsFromBatches(segments);
  const isChanged = [
    epochs.truncateFromEnd(Math.max(logEndOffset, 1)),
    epochs.truncateFromStart(logStartOffset),
  ];
  if ((!isTrusted || isChanged.includes(true)) && epochs.latest !== undefined) {
    writeEpochCheckpoint(files, path, epochs.entries);
  }
  return epochs;
}

/**
 * B16: whether the saved epochs are those of the batches. They are written before the batches but not synced, so
 * a power cut can leave an earlier state of the file: it shows in the first batch of a segment, or in the last ones.
 */
function agree(saved: LeaderEpochCache, segments: readonly Segment[], logStartOffset: number): boolean {
  let isAgreed = true;
  const check = (buffer: Buffer, at: number): boolean => {
    const epoch = batchHeader.leaderEpoch(buffer, at);
    isAgreed &&= epoch < 0 || saved.epochAt(batchHeader.lastOffset(buffer, at)) === epoch;
    return isAgreed;
  };
  for (const segment of segments) {
    segment.scan({ from: segment.positionOf(logStartOffset) }, (buffer, at) => check(buffer, at) && false);
  }
  segments.at(-1)?.scanTail(check);
  return isAgreed;
}

function readSavedEpochs(files: Files, path: string): LeaderEpochCache | undefined {
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
