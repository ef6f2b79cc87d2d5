import type { Files } from '../../platform/files.ts';
import { type PartitionOffset, readOffsetCheckpoint, writeOffsetCheckpoint } from './checkpoint.ts';
import { folderName } from './partition-folder.ts';
import type { PartitionLog } from './partition-log.ts';

const RECOVERY_POINT_FILE = 'recovery-point-offset-checkpoint';
const LOG_START_FILE = 'log-start-offset-checkpoint';
const HIGH_WATERMARK_FILE = 'replication-offset-checkpoint';

/** A log and the partition it is of. */
export interface CheckpointedLog {
  readonly topic: string;
  readonly partition: number;
  readonly log: PartitionLog;
}

/** Where a log begins, and up to where it is synced. */
export interface LogOffsets {
  readonly logStartOffset: number;
  readonly recoveryPoint: number;
}

/** The offset checkpoints of a log directory. What they say of logs that are not open stays in them. */
export class DirectoryCheckpoints {
  readonly #files: Files;
  readonly #directory: string;
  readonly #recoveryPoints: Map<string, number>;
  readonly #logStarts: Map<string, number>;
  readonly #highWatermarks: Map<string, number>;
  #areHighWatermarksSaved = true;
  /** Whether the files still tell of logs that were deleted. */
  #isStale = false;

  /** Reads the files. Throws CorruptFileError and the system's errors. */
  constructor(files: Files, directory: string) {
    this.#files = files;
    this.#directory = directory;
    this.#recoveryPoints = this.#read(RECOVERY_POINT_FILE);
    this.#logStarts = this.#read(LOG_START_FILE);
    this.#highWatermarks = this.#read(HIGH_WATERMARK_FILE);
  }

  /** Recovery after an unclean stop may begin here; 0 when unknown. */
  recoveryPoint(name: string): number {
    return this.#recoveryPoints.get(name) ?? 0;
  }

  /** Log start offset, as far as the files of the log do not tell it; 0 when unknown. */
  logStartOffset(name: string): number {
    return this.#logStarts.get(name) ?? 0;
  }

  /** Takes over what the log now says; {@link save} makes it durable. */
  note({ topic, partition, log }: CheckpointedLog): void {
    const name = folderName(topic, partition);
    this.#recoveryPoints.set(name, log.recoveryPoint);
    if (log.logStartOffset === 0 || log.isStartInFileNames) this.#logStarts.delete(name);
    else this.#logStarts.set(name, log.logStartOffset);
  }

  /** Sets what is known of a log that is not open yet. */
  set(name: string, { logStartOffset, recoveryPoint }: LogOffsets): void {
    this.#logStarts.set(name, logStartOffset);
    this.#recoveryPoints.set(name, recoveryPoint);
  }

  /** The log is gone from this directory. */
  forget(name: string): void {
    this.#areHighWatermarksSaved = !this.#highWatermarks.delete(name) && this.#areHighWatermarksSaved;
    const hadOffsets = [this.#recoveryPoints.delete(name), this.#logStarts.delete(name)];
    this.#isStale ||= hadOffsets.includes(true);
  }

  /** What was forgotten is out of the files as well, so that a new log of that name is not taken for the old one. */
  saveForgotten(): void {
    if (this.#isStale) this.save();
  }

  /** Writes recovery points and log starts; durable when it returns. */
  save(): void {
    this.#write(RECOVERY_POINT_FILE, this.#recoveryPoints);
    this.#write(LOG_START_FILE, this.#logStarts);
    this.#isStale = false;
  }

  /** Writes the high watermarks when one moved since the last time. */
  saveHighWatermarks(logs: Iterable<CheckpointedLog>): void {
    for (const { topic, partition, log } of logs) {
      const name = folderName(topic, partition);
      if (this.#highWatermarks.get(name) === log.durableOffset) continue;
      this.#highWatermarks.set(name, log.durableOffset);
      this.#areHighWatermarksSaved = false;
    }
    if (this.#areHighWatermarksSaved) return;
    this.#write(HIGH_WATERMARK_FILE, this.#highWatermarks);
    this.#areHighWatermarksSaved = true;
  }

  #read(name: string): Map<string, number> {
    const offsets = readOffsetCheckpoint(this.#files, `${this.#directory}/${name}`);
    return new Map(offsets.map(({ topic, partition, offset }) => [folderName(topic, partition), offset]));
  }

  #write(name: string, offsets: ReadonlyMap<string, number>): void {
    writeOffsetCheckpoint(this.#files, `${this.#directory}/${name}`, toOffsets(offsets));
  }
}

function toOffsets(offsets: ReadonlyMap<string, number>): PartitionOffset[] {
  return [...offsets].map(([name, offset]) => {
    const dash = name.lastIndexOf('-');
    return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)), offset };
  });
}
