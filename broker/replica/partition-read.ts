import { ErrorCode } from '../../kafka/protocol/index.ts';
import { batchHeader, CorruptRecordError } from '../../kafka/records/index.ts';
import {
  type AbortedTransaction,
  CorruptLogError,
  LogDirectoryOfflineError,
  OffsetOutOfRangeError,
} from '../log/index.ts';
import { type FetchResult, type FetchTarget, failedFetch } from './fetch-target.ts';
import type { Partition } from './partition.ts';

/** 0 sees everything below the high watermark, 1 (read_committed) what lies below the last stable offset. */
export type IsolationLevel = number;

/** How much may be read, and of what. */
export interface ReadLimits {
  readonly isolationLevel: IsolationLevel;
  readonly maxBytes: number;
  /** Return the first batch even when it is larger than `maxBytes`. */
  readonly minOneBatch: boolean;
  /** Nobody follows this broker: whoever says so is sent back to the metadata. */
  readonly isFromFollower: boolean;
  /** Where the records go; may be larger than asked for. */
  readonly allocate: (bytes: number) => Buffer;
}

const NO_RECORDS = Buffer.alloc(0);
const NONE_ABORTED: readonly AbortedTransaction[] = [];
const READ_COMMITTED = 1;

/** Reads what a fetch asks of one partition, and counts it. */
export function readPartition(partition: Partition, target: FetchTarget, limits: ReadLimits): FetchResult {
  const result = read(partition, target, limits);
  partition.traffic.fetchRequests += 1;
  if (result.errorCode !== ErrorCode.NONE) partition.traffic.failedFetchRequests += 1;
  partition.traffic.bytesOut += result.records?.length ?? 0;
  return result;
}

function read(partition: Partition, target: FetchTarget, limits: ReadLimits): FetchResult {
  const epochError = checkLeaderEpoch(partition, target.currentLeaderEpoch);
  if (epochError === ErrorCode.FENCED_LEADER_EPOCH) return notLeader(partition, target, epochError);
  if (epochError !== ErrorCode.NONE) return failedFetch(target, epochError);
  if (limits.isFromFollower) return notLeader(partition, target, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  const { log } = partition;
  if (log.isOffline) return failedFetch(target, ErrorCode.KAFKA_STORAGE_ERROR);
  const diverging = divergenceOf(partition, target);
  if (diverging === 'unknown') return failedFetch(target, ErrorCode.OFFSET_OUT_OF_RANGE);
  const facts = {
    target,
    errorCode: ErrorCode.NONE,
    highWatermark: partition.highWatermark,
    lastStableOffset: partition.lastStableOffset,
    logStartOffset: log.logStartOffset,
    abortedTransactions: limits.isolationLevel === READ_COMMITTED ? NONE_ABORTED : null,
  };
  if (diverging !== undefined)
    return { ...facts, records: NO_RECORDS, abortedTransactions: null, divergingEpoch: diverging };
  try {
    const range = {
      startOffset: target.fetchOffset,
      endOffset: visibleEnd(partition, limits.isolationLevel),
      maxBytes: Math.min(target.partitionMaxBytes, limits.maxBytes),
      minOneBatch: limits.minOneBatch,
    };
    const isWithin = range.startOffset >= log.logStartOffset && range.startOffset < range.endOffset;
    if (range.maxBytes < 0 && isWithin) return failedFetch(target, ErrorCode.UNKNOWN_SERVER_ERROR);
    const records = log.read(range, limits.allocate);
    if (records.length === 0 && range.maxBytes > 0 && isWithin)
      return { ...facts, records, abortedTransactions: null }; // There is a batch, larger than what was asked for.
    if (facts.abortedTransactions === null || records.length === 0) return { ...facts, records };
    // B44: also those that began before the batch asked for. The records are sent as they are, the client leaves out.
    const toOffset = Math.min(endOffsetOf(records), range.endOffset);
    return {
      ...facts,
      records,
      abortedTransactions: partition.abortedTransactions(target.fetchOffset, toOffset),
    };
  } catch (error) {
    return failedFetch(target, readErrorOf(error));
  }
}

/** The reader has to look at its metadata again: it is told what it will find there. */
function notLeader({ leaderEpoch }: Partition, target: FetchTarget, errorCode: number): FetchResult {
  return { ...failedFetch(target, errorCode), leaderEpoch };
}

/** What a client is told when a log could not be read. Throws what is no such error. */
export function readErrorOf(error: unknown): number {
  if (error instanceof OffsetOutOfRangeError) return ErrorCode.OFFSET_OUT_OF_RANGE;
  if (error instanceof LogDirectoryOfflineError) return ErrorCode.KAFKA_STORAGE_ERROR;
  if (error instanceof CorruptLogError || error instanceof CorruptRecordError)
    return ErrorCode.CORRUPT_MESSAGE;
  throw error;
}

/** Bytes that a fetch of this partition would find now, at most what it asked for. */
export function readableBytes(
  partition: Partition,
  target: FetchTarget,
  isolationLevel: IsolationLevel,
): number {
  const end = visibleEnd(partition, isolationLevel);
  if (target.fetchOffset < partition.log.logStartOffset || target.fetchOffset > partition.log.logEndOffset) {
    return Number.POSITIVE_INFINITY; // An error: it has to be told at once.
  }
  try {
    return Math.min(target.partitionMaxBytes, partition.log.bytesBetween(target.fetchOffset, end));
  } catch {
    return Number.POSITIVE_INFINITY; // Reading will meet the same error, and tell it.
  }
}

/** The error of a request that knows of another leader epoch; NONE when it knows this one, or does not say (-1). */
export function checkLeaderEpoch(partition: Partition, currentLeaderEpoch: number): number {
  if (currentLeaderEpoch === -1 || currentLeaderEpoch === partition.leaderEpoch) return ErrorCode.NONE;
  return currentLeaderEpoch < partition.leaderEpoch
    ? ErrorCode.FENCED_LEADER_EPOCH
    : ErrorCode.UNKNOWN_LEADER_EPOCH;
}

function visibleEnd(partition: Partition, isolationLevel: IsolationLevel): number {
  return isolationLevel === READ_COMMITTED ? partition.lastStableOffset : partition.highWatermark;
}

/** Offset after the last of whole batches. */
function endOffsetOf(records: Buffer): number {
  let endOffset = 0;
  for (let at = 0; at < records.length; at += batchHeader.sizeInBytes(records, at)) {
    endOffset = batchHeader.lastOffset(records, at) + 1;
  }
  return endOffset;
}

/** Where the reader's log and this one part (KIP-595): only readers that say their last epoch are checked. */
function divergenceOf(
  partition: Partition,
  target: FetchTarget,
): { epoch: number; endOffset: number } | 'unknown' | undefined {
  if (target.lastFetchedEpoch < 0) return undefined;
  const end = partition.endOffsetFor(target.lastFetchedEpoch);
  if (end.leaderEpoch < 0 || end.endOffset < 0) return 'unknown';
  const isDiverging = end.leaderEpoch < target.lastFetchedEpoch || end.endOffset < target.fetchOffset;
  return isDiverging ? { epoch: end.leaderEpoch, endOffset: end.endOffset } : undefined;
}
