import type { Clock } from '../../platform/clock.ts';
import { type Logger, silentLogger } from '../../platform/logger.ts';
import {
  type Decision,
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataDelta,
  MetadataImage,
  type MetadataRecord,
  replay,
  replayAll,
} from '../metadata/index.ts';
import { MetadataSnapshotError } from './errors.ts';
import { type MetadataLog, RECORDS_PER_BATCH_MAX } from './metadata-log.ts';
import { MetadataSnapshots, type SnapshotPolicy } from './snapshots.ts';
import { type QuorumVoters, replayVoters, staticVoters, voterRecords } from './voters.ts';

/** Hears what a change of the metadata changed, after it is durable and in the image. */
export type MetadataListener = (delta: MetadataDelta) => void;

/** What cluster metadata needs besides its log. */
export interface MetadataEnvironment {
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Default: no snapshots are taken. */
  readonly snapshots?: SnapshotPolicy;
}

const noSnapshots: SnapshotPolicy = {
  metadataLogMaxRecordBytesBetweenSnapshots: Number.POSITIVE_INFINITY,
  metadataLogMaxSnapshotIntervalMs: 0,
  metadataMaxRetentionBytes: -1,
  metadataMaxRetentionMs: -1,
};

/**
 * The cluster's metadata on this node: the image, and changes to it, one after the other. A change is decided on the
 * image, appended to the metadata log, and when it is durable, applied and told; then the next one is decided. Loaded
 * from the newest snapshot and the log after it.
 */
export class ClusterMetadata {
  readonly image: MetadataImage = new MetadataImage();
  readonly #log: MetadataLog;
  readonly #clock: Clock;
  readonly #snapshots: MetadataSnapshots;
  readonly #listeners: MetadataListener[] = [];
  #voters: QuorumVoters = staticVoters;
  #lastTimestamp: number;
  /** Whether the log may end with a part of a change, which nobody must take for a beginning. */
  #isTorn = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: MetadataLog, { clock, logger = silentLogger, snapshots }: MetadataEnvironment) {
    this.#log = log;
    this.#clock = clock;
    this.#lastTimestamp = clock.now();
    this.#snapshots = new MetadataSnapshots(log, snapshots ?? noSnapshots, logger, clock.now());
    this.#load();
  }

  /** Offset after the last record: what the next one will get when nothing else is under way. */
  get endOffset(): number {
    return this.#log.endOffset;
  }

  /** The epoch in which this node leads. */
  get epoch(): number {
    return this.#log.epoch;
  }

  /** Who votes in the quorum. */
  get voters(): QuorumVoters {
    return this.#voters;
  }

  listen(listener: MetadataListener): void {
    this.#listeners.push(listener);
  }

  /** Decides and makes a change; resolves with the response when it is durable. Rejects when the log cannot be written. */
  change<R>(decide: () => Decision<R>): Promise<R> {
    return this.#inTurn(() => this.#change(decide));
  }

  /** Appends records as they are. */
  append(records: () => readonly MetadataRecord[]): Promise<void> {
    return this.change(() => ({ records: records(), response: undefined }));
  }

  /** Records the quorum's voters, and with them kraft.version (KIP-853). */
  changeVoters(voters: QuorumVoters): Promise<void> {
    return this.#inTurn(async () => {
      await this.#log.appendControl(voterRecords(voters), this.#clock.now());
      this.#voters = voters;
    });
  }

  /** Takes a snapshot when one is due, and removes what is too old. Never rejects. */
  keepHouse(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#takeSnapshotIfDue();
      this.#snapshots.clean(this.#clock.now());
    });
  }

  /** Resolves when nothing is under way any more. Never rejects. */
  async settled(): Promise<void> {
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #load(): void {
    const latest = this.#log.snapshots.list().at(-1);
    const from = latest?.endOffset ?? 0;
    if (latest !== undefined) {
      if (from > this.#log.endOffset || this.#log.startOffset > from) throw unreachable(from, this.#log);
      const { values, voters } = this.#log.snapshots.read(latest);
      this.#voters = voters;
      for (const value of values) replay(this.image, decodeMetadataRecord(value));
    }
    const onControl = (record: Parameters<typeof replayVoters>[1]): void => {
      this.#voters = replayVoters(this.#voters, record);
    };
    for (const { value, timestamp } of this.#log.entries(from, onControl)) {
      this.#snapshots.note([value]);
      this.#lastTimestamp = timestamp;
      replay(this.image, decodeMetadataRecord(value));
    }
    this.#isTorn = this.image.isInTransaction;
  }

  async #change<R>(decide: () => Decision<R>): Promise<R> {
    // First, since some decisions tell the offset that their record will have.
    if (this.#isTorn) await this.#abortTorn();
    const { records, response } = decide();
    if (records.length === 0) return response;
    const together = asOne(records);
    const { endOffset } = this.#log;
    try {
      await this.#write(together);
    } catch (error) {
      this.#isTorn = this.#log.endOffset > endOffset;
      throw error;
    }
    const delta = replayAll(this.image, together);
    for (const listener of this.#listeners) listener(delta);
    if (this.#snapshots.isDue(this.#clock.now())) void this.keepHouse(); // After this change, whose client waits.
    return response;
  }

  /** What a crash, or a disk that was full, left of a change must not become a part of the next one. */
  async #abortTorn(): Promise<void> {
    const reason = 'a change that was not completed';
    const abort: MetadataRecord = { type: 'AbortTransactionRecord', value: { reason } };
    await this.#write([abort]);
    replay(this.image, abort);
    this.#isTorn = false;
  }

  async #write(records: readonly MetadataRecord[]): Promise<void> {
    const values = records.map(encodeMetadataRecord);
    const nowMs = this.#clock.now();
    await this.#log.append(values, nowMs);
    this.#lastTimestamp = nowMs;
    this.#snapshots.note(values);
  }

  async #takeSnapshotIfDue(): Promise<void> {
    const nowMs = this.#clock.now();
    if (this.#isTorn || !this.#snapshots.isDue(nowMs)) return;
    const { image } = this;
    const source = { image, voters: this.#voters, lastContainedTimestamp: this.#lastTimestamp };
    await this.#snapshots.take(source, nowMs);
  }
}

/** More records than a batch holds become a transaction, of which a reader takes all or nothing (KIP-868). */
function asOne(records: readonly MetadataRecord[]): readonly MetadataRecord[] {
  if (records.length <= RECORDS_PER_BATCH_MAX || records[0]?.type === 'BeginTransactionRecord')
    return records;
  return [
    { type: 'BeginTransactionRecord', value: { name: null } },
    ...records,
    { type: 'EndTransactionRecord', value: {} },
  ];
}

function unreachable(from: number, { startOffset, endOffset }: MetadataLog): MetadataSnapshotError {
  const problem = `the newest snapshot ends at offset ${from}, and the log holds ${startOffset} to ${endOffset}`;
  return new MetadataSnapshotError('__cluster_metadata-0', problem);
}
