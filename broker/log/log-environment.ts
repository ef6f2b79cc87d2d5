import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { Files } from '../../platform/files.ts';
import type { AppendFailedError, LogDirectoryOfflineError } from './errors.ts';
import type { LeaderEpochCache } from './leader-epoch-cache.ts';
import type { ProducerState } from './producer-state.ts';
import type { Segment } from './segment.ts';

/** Hears of what happens to appended records, in order. */
export interface LogListener {
  /** Everything below `endOffset` is now as durable as this log promises. */
  onDurable(endOffset: number): void;
  /** The records from `fromOffset` on could not be kept and are gone; their offsets will be given out again. */
  onAppendFailed(fromOffset: number, error: AppendFailedError | LogDirectoryOfflineError): void;
}

/** A log as those see it who have its appends written and synced. */
export interface CommittableLog {
  readonly isOffline: boolean;
  readonly hasPending: boolean;
  readonly needsSync: boolean;
  writePending(): unknown;
  sync(everything?: boolean): Promise<void>;
}

/** What the logs of a directory need from around them. */
export interface LogEnvironment {
  readonly files: Files;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Called before the first write to a segment: makes the log's folder and what identifies it. */
  prepareFolder(folder: string, topicId: string): void;
  /** Called when the log has something to write or to sync. */
  enlist(log: CommittableLog): void;
  /** Called when a file failed in a way that does not pass: the whole directory must stop. */
  onStorageError(error: unknown): void;
}

/** The state that opening a log's directory (see `log-recovery.ts`) has found. */
export interface LoadedLog {
  readonly segments: Segment[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly producers: ProducerState;
  readonly epochs: LeaderEpochCache;
  /** Whether the files hold all that an orderly stop writes. */
  readonly isEndSaved: boolean;
}
