import { encodeToBuffer, leaderChangeMessage } from '../../kafka/protocol/index.ts';
import { BatchBuilder, batchHeader, controlRecordKey, readRecords } from '../../kafka/records/index.ts';
import type { Files } from '../../platform/files.ts';
import { staticLayers, topicConfig } from '../config/index.ts';
import type { LogDirectory, PartitionLog } from '../log/index.ts';
import { Partition } from '../replica/partition.ts';
import { readQuorumState, writeQuorumState } from './quorum-state.ts';

const METADATA_TOPIC = '__cluster_metadata';
const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
const RECORDS_PER_BATCH_MAX = 5000;

/** A metadata record value (framed) and where it is in the log. */
export interface MetadataEntry {
  readonly offset: number;
  readonly epoch: number;
  readonly timestamp: number;
  readonly value: Buffer;
}

/**
 * `__cluster_metadata-0`, the log that all metadata is replayed from, led by this node as a quorum of one: each start
 * is a new epoch, recorded in `quorum-state` and by a LeaderChange record. Always synced, whatever the durability.
 */
export class MetadataLog {
  readonly #partition: Partition;
  readonly #nodeId: number;
  readonly epoch: number;

  private constructor(partition: Partition, nodeId: number, epoch: number) {
    this.#partition = partition;
    this.#nodeId = nodeId;
    this.epoch = epoch;
  }

  /** Opens the log and begins this node's next epoch, which is durable when the promise resolves. */
  static async open(files: Files, directory: LogDirectory, nowMs: number): Promise<MetadataLog> {
    const config = topicConfig(new Map([['cleanup.policy', '']]), staticLayers(new Map()));
    const identity = { topic: METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partition: 0 };
    const log: PartitionLog = directory.log(identity, () => config, 'fsync');
    const path = `${log.directory}/quorum-state`;
    const { nodeId, directoryId } = directory.meta;
    const leaderEpoch = Math.max(readQuorumState(files, path)?.leaderEpoch ?? 0, log.latestEpoch) + 1;
    files.makeDirectory(log.directory);
    writeQuorumState(files, path, {
      leaderId: nodeId,
      leaderEpoch,
      votedId: nodeId,
      votedDirectoryId: directoryId,
    });
    const partition = new Partition({ ...identity, leaderEpoch }, log);
    const metadataLog = new MetadataLog(partition, nodeId, leaderEpoch);
    await metadataLog.#appendLeaderChange(nowMs);
    return metadataLog;
  }

  /** Offset after the last durable record. */
  get endOffset(): number {
    return this.#partition.highWatermark;
  }

  /** Every record from the start of the log, control records left out. */
  *entries(): Generator<MetadataEntry> {
    const { log } = this.#partition;
    for (let offset = log.logStartOffset; offset < this.endOffset; ) {
      const range = { startOffset: offset, endOffset: this.endOffset, maxBytes: 1 << 20, minOneBatch: true };
      const bytes = log.read(range, (size) => Buffer.allocUnsafeSlow(size));
      if (bytes.length === 0) return;
      for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
        offset = batchHeader.lastOffset(bytes, at) + 1;
        if (!batchHeader.isControl(bytes, at)) yield* entriesOf(bytes, at);
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
    const voter = { voterId: this.#nodeId };
    const message = { version: 0, leaderId: this.#nodeId, voters: [voter], grantingVoters: [voter] };
    const builder = new BatchBuilder();
    builder.append(nowMs, controlRecordKey('LEADER_CHANGE'), encodeToBuffer(leaderChangeMessage, 0, message));
    await this.#appendBatches([builder.build({ isControl: true })]);
  }
}

function* entriesOf(bytes: Buffer, at: number): Generator<MetadataEntry> {
  const epoch = batchHeader.leaderEpoch(bytes, at);
  for (const { offset, timestamp, value } of readRecords(bytes, at, 1 << 30)) {
    if (value !== null) yield { offset, epoch, timestamp, value };
  }
}
