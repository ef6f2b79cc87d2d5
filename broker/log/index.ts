export { LogCleaner } from './cleaner/log-cleaner.ts';
export type { Durability, LogDirectoryOptions } from './directory-identity.ts';
export {
  AppendFailedError,
  CorruptLogError,
  LogDirectoryOfflineError,
  OffsetOutOfRangeError,
} from './errors.ts';
export type { EpochEnd } from './leader-epoch-cache.ts';
export { type CopyTurn, LogCopy } from './log-copy.ts';
export { type AssignedPartition, LogDirectories } from './log-directories.ts';
export {
  LogDirectory,
  type LogIdentity,
} from './log-directory.ts';
export type { LogListener } from './log-environment.ts';
export { futureFolderName, readTopicId } from './partition-folder.ts';
export type { PartitionLog } from './partition-log.ts';
export { producerAppendOf } from './producer-replay.ts';
export type { ProducerAppend, ProducerBatch, SequenceCheck } from './producer-state.ts';
export { LogScrubber } from './scrub/log-scrubber.ts';
export { isStorageFailure } from './storage-error.ts';
export { findLargestTimestamp, findOffsetByTimestamp, type TimestampedOffset } from './timestamp-lookup.ts';
export { type AbortedTransaction, abortedTransactions } from './transaction-index.ts';
