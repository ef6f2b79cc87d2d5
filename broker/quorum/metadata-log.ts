import { encodeToBuffer, leaderChangeMessage } from '../../kafka/protocol/index.ts';
import { BatchBuilder, batchHeader, controlRecordType, readRecords } from '../../kafka/records/index.ts';
import type { Files } from '../../platform/files.ts';
import { type ConfigTexts, staticLayers, topicConfig } from '../config/index.ts';
import type { LogDirectory, PartitionLog } from '../log/index.ts';
import { Partition } from '../replica/partition.ts';
import { readQuorumState, writeQuorumState } from './quorum-state.ts';
import { snapshotBatches } from './snapshot.ts';
import { SnapshotFiles } from './snapshot-files.ts';
import { type ControlRecord, controlEntry, type QuorumVoters } from './voters.ts';

/** The topic of the metadata log. */
export const METADATA_TOPIC = '__cluster_metadata';
const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
/** Records that are appended together are in batches of this size. */
export const RECORDS_PER_BATCH_MAX = 5000;

/** A metadata record value (framed) and where it is in the log. */
export interface MetadataEntry {
  readonly offset: number;
  readonly epoch: number;
  readonly timestamp: number;
  readonly value: Buffer;
}

/** How a metadata log is opened. */
export interface MetadataLogOptions {
  readonly nowMs: number;
  /** Topic configs that the log has (`segment.bytes`, ...); all else is the default. */
  readonly configs?: ConfigTexts;
  /** The voters that a new log begins with. Default: those of the configuration, which are not recorded. */
  readonly voters?: QuorumVoters;
}

/**
 * `__cluster_metadata-0`, the log that all metadata is replayed from, led by this node as a quorum of one: each start
 * is a new epoch, recorded in `quorum-state` and by a LeaderChange record. Always synced, whatever the durability.
 */
export class MetadataLog {
  readonly #partition: Partition;
  readonly #nodeId: number;
  readonly epoch: number;
  readonly snapshots: SnapshotFiles;

  private constructor(
    partition: Partition,
    { nodeId }: { nodeId: number },
    epoch: number,
    snapshots: SnapshotFiles,
  ) {
    this.#partition = partition;
    this.#nodeId = nodeId;
    this.epoch = epoch;
    this.snapshots = snapshots;
  }

  /** Opens the log and begins this node's next epoch, which is durable when the promise resolves. */
  static async open(
    files: Files,
    directory: LogDirectory,
    { nowMs, configs = new Map(), voters }: MetadataLogOptions,
  ): Promise<MetadataLog> {
    const config = topicConfig(new Map([...configs, ['cleanup.policy', '']]), staticLayers(new Map()));
    const identity = { topic: METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partition: 0 };
    const log: PartitionLog = directory.log(identity, () => config, 'fsync');
    const path = `${log.directory}/quorum-state`;
    const { nodeId, directoryId } = directory.meta;
    const leaderEpoch = Math.max(readQuorumState(files, path)?.leaderEpoch ?? 0, log.latestEpoch) + 1;
    files.makeDirectory(log.directory);
    const snapshots = new SnapshotFiles(files, log.directory);
    snapshots.removeLeftovers();
    if (log.logEndOffset === 0 && voters !== undefined && snapshots.list().length === 0) {
      const id = { endOffset: 0, epoch: 0 };
      await snapshots.write(id, snapshotBatches(id, { lastContainedTimestamp: nowMs, voters }, []));
    }
    writeQuorumState(files, path, {
      leaderId: nodeId,
      leaderEpoch,
      votedId: nodeId,
      votedDirectoryId: directoryId,
    });
    // No transaction of a producer is ever in it.
    const environment = { now: () => nowMs, isVerificationEnabled: () => true };
    const partition = new Partition({ ...identity, leaderEpoch }, log, environment);
    const metadataLog = new MetadataLog(partition, directory.meta, leaderEpoch, snapshots);
    await metadataLog.#appendLeaderChange(nowMs);
    return metadataLog;
  }

  /** Offset after the last durable record. */
  get endOffset(): number {
    return this.#partition.highWatermark;
  }

  /** Offset of the first record that is still there. */
  get startOffset(): number {
    return this.#partition.log.logStartOffset;
  }

  /** Bytes of the log's segments. */
  get sizeInBytes(): number {
    return this.#partition.log.size;
  }

  /** The epoch in which the record before `offset` was written; 0 when there is none. */
  epochBefore(offset: number): number {
    return Math.max(0, this.#partition.log.epochAt(offset - 1));
  }

  /** Every record from `from` (the start of the log) on; control records go to `onControl`. */
  *entries(from = 0, onControl?: (record: ControlRecord) => void): Generator<MetadataEntry> {
    const { log } = this.#partition;
    for (let offset = Math.max(from, log.logStartOffset); offset < this.endOffset; ) {
      const range = { startOffset: offset, endOffset: this.endOffset, maxBytes: 1 << 20, minOneBatch: true };
      const bytes = log.read(range, (size) => Buffer.allocUnsafeSlow(size));
      if (bytes.length === 0) return;
      for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
        offset = batchHeader.lastOffset(bytes, at) + 1;
        if (batchHeader.isControl(bytes, at)) tellControls(bytes, at, onControl);
        else yield* entriesOf(bytes, at, from);
      }
    }
  }

  /** Appends records together; resolves with the offset of the first when all are durable. At least one. */
  append(values: readonly Buffer[], nowMs: number): Promise<number> {
    const batches: Buffer[] = [];
    for (let first = 0; first < values.length; first += RECORDS_PER_BATCH_MAX) {
      const builder = new BatchBuilder();
      for (const value of values.slice(first, first + RECORDS_PER_BATCH_MAX))
        builder.append(nowMs, null, value);
      batches.push(builder.build());
    }
    return this.#appendBatches(batches);
  }

  /** Appends control records as one batch; resolves when they are durable. */
  async appendControl(records: readonly ControlRecord[], nowMs: number): Promise<void> {
    const builder = new BatchBuilder();
    for (const record of records) builder.append(nowMs, ...controlEntry(record));
    await this.#appendBatches([builder.build({ isControl: true })]);
  }

  /** Forgets what is before `offset`: a snapshot must stand for it. Whole segments before it are removed. */
  deleteBefore(offset: number): void {
    this.#partition.deleteRecordsBefore(offset);
  }

  #appendBatches(batches: readonly Buffer[]): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let baseOffset = -1;
    for (const [i, batch] of batches.entries()) {
      const isLast = i === batches.length - 1;
      const appended = this.#partition.append(batch, (error) => {
        if (error !== undefined) reject(error);
        else if (isLast) resolve(baseOffset);
      });
      if (i === 0) baseOffset = appended.baseOffset;
    }
    return promise;
  }

  async #appendLeaderChange(nowMs: number): Promise<void> {
    // Version 0, whatever kraft.version says: Kafka's own DumpLogSegments reads no other.
    const voter = { voterId: this.#nodeId };
    const message = { version: 0, leaderId: this.#nodeId, voters: [voter], grantingVoters: [voter] };
    const value = encodeToBuffer(leaderChangeMessage, 0, message);
    await this.appendControl([{ type: 'LEADER_CHANGE', value }], nowMs);
  }
}

function tellControls(
  bytes: Buffer,
  at: number,
  onControl: ((record: ControlRecord) => void) | undefined,
): void {
  if (onControl === undefined) return;
  for (const { key, value } of readRecords(bytes, at, 1 << 30)) {
    const type = controlRecordType(key);
    if (type !== undefined && value !== null) onControl({ type, value });
  }
}

function* entriesOf(bytes: Buffer, at: number, from: number): Generator<MetadataEntry> {
  const epoch = batchHeader.leaderEpoch(bytes, at);
  for (const { offset, timestamp, value } of readRecords(bytes, at, 1 << 30)) {
    if (value !== null && offset >= from) yield { offset, epoch, timestamp, value };
  }
}
