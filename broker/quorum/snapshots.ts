import type { Logger } from '../../platform/logger.ts';
import { encodeMetadataRecord, imageRecords, type MetadataImage } from '../metadata/index.ts';
import type { MetadataLog } from './metadata-log.ts';
import { snapshotBatches } from './snapshot.ts';
import type { SnapshotFile } from './snapshot-files.ts';
import type { QuorumVoters } from './voters.ts';

/** When snapshots are taken and how long what is old is kept: the broker's `metadata.*` configs. */
export interface SnapshotPolicy {
  readonly metadataLogMaxRecordBytesBetweenSnapshots: number;
  /** 0: never because of age. */
  readonly metadataLogMaxSnapshotIntervalMs: number;
  /** Of the log and its snapshots together; negative: no limit. */
  readonly metadataMaxRetentionBytes: number;
  /** Negative: no limit. */
  readonly metadataMaxRetentionMs: number;
}

/** What a snapshot is taken of. */
export interface SnapshotSource {
  readonly image: MetadataImage;
  readonly voters: QuorumVoters;
  /** Time of the last record in the image. */
  readonly lastContainedTimestamp: number;
}

/** Takes snapshots of the metadata, so that the log before them may go. */
export class MetadataSnapshots {
  readonly #log: MetadataLog;
  readonly #policy: SnapshotPolicy;
  readonly #logger: Logger;
  #bytesSince = 0;
  #lastTakenMs: number;

  constructor(log: MetadataLog, policy: SnapshotPolicy, logger: Logger, nowMs: number) {
    this.#log = log;
    this.#policy = policy;
    this.#logger = logger;
    this.#lastTakenMs = nowMs;
  }

  /** Counts what was appended, or replayed, since the last snapshot. */
  note(values: readonly Buffer[]): void {
    for (const { length } of values) this.#bytesSince += length;
  }

  isDue(nowMs: number): boolean {
    const {
      metadataLogMaxRecordBytesBetweenSnapshots: bytesMax,
      metadataLogMaxSnapshotIntervalMs: intervalMs,
    } = this.#policy;
    if (this.#bytesSince >= bytesMax) return true;
    return this.#bytesSince > 0 && intervalMs > 0 && nowMs - this.#lastTakenMs >= intervalMs;
  }

  /** Takes a snapshot of everything up to the end of the log. One that fails is told, and tried again when due. */
  async take({ image, voters, lastContainedTimestamp }: SnapshotSource, nowMs: number): Promise<void> {
    const { endOffset } = this.#log;
    const id = { endOffset, epoch: this.#log.epochBefore(endOffset) };
    this.#bytesSince = 0;
    this.#lastTakenMs = nowMs;
    try {
      const batches = snapshotBatches(id, { lastContainedTimestamp, voters }, encoded(image));
      await this.#log.snapshots.write(id, batches);
      this.#logger.debug(id, 'metadata snapshot taken');
    } catch (err) {
      this.#logger.error({ err, ...id }, 'metadata snapshot could not be written');
    }
  }

  /**
   * Removes snapshots that are older or, with the log, larger than wanted, and the log before the oldest that is left.
   * The newest always stays. What cannot be removed is told.
   */
  clean(nowMs: number): void {
    try {
      this.#clean(nowMs);
    } catch (err) {
      this.#logger.warn({ err }, 'old metadata could not be removed');
    }
  }

  #clean(nowMs: number): void {
    const kept = [...this.#log.snapshots.list()];
    for (let next = kept[1]; next !== undefined && this.#mayGo(kept, nowMs); next = kept[1]) {
      const [oldest] = kept.splice(0, 1);
      this.#log.deleteBefore(next.endOffset);
      if (oldest !== undefined) this.#log.snapshots.remove(oldest);
    }
  }

  #mayGo(kept: readonly SnapshotFile[], nowMs: number): boolean {
    const { metadataMaxRetentionBytes: bytesMax, metadataMaxRetentionMs: ageMax } = this.#policy;
    const bytes = kept.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, this.#log.sizeInBytes);
    const ageMs = nowMs - (kept[0]?.modifiedMs ?? nowMs);
    return (bytesMax >= 0 && bytes > bytesMax) || (ageMax >= 0 && ageMs > ageMax);
  }
}

function* encoded(image: MetadataImage): Generator<Buffer> {
  for (const record of imageRecords(image)) yield encodeMetadataRecord(record);
}
