import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { CommitTimeout } from '../coordinator/commit-queue.ts';
import type { TransactionalLog } from '../coordinator/ports.ts';
import { ShardPartitions } from '../coordinator/shard-partitions.ts';
import type { ConsumerWorld } from './consumer/consumer-world.ts';
import { decodeGroupRecord } from './coordinator-record.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { GroupShard } from './group-shard.ts';

/** What the partitions of a broker share. */
export interface PartitionOptions {
  readonly log: TransactionalLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly world: ConsumerWorld;
  readonly commitTimeout: CommitTimeout;
}

/** The partitions of `__consumer_offsets` that this broker coordinates. */
export class GroupPartitions {
  readonly #options: PartitionOptions;
  readonly #partitions: ShardPartitions<GroupShard>;
  /** Deleted topics whose offsets are still to be removed, by partition. */
  readonly #deletedTopics = new Map<number, Set<string>>();

  constructor(options: PartitionOptions) {
    const { clock, logger } = options;
    this.#options = options;
    this.#partitions = new ShardPartitions<GroupShard>({
      clock,
      logger,
      load: (partition, signal, onFailed) => this.#read(partition, signal, onFailed),
      start: (partition, shard) => {
        shard.start();
        this.#removeDeletedTopics(partition);
      },
    });
  }

  /** The shard of a partition, or the error that a request for it gets. */
  shard(partition: number): GroupShard | number {
    return this.#partitions.shard(partition);
  }

  /** All shards; a number stands for a partition that is being loaded. */
  shards(): readonly (GroupShard | number)[] {
    return this.#partitions.shards();
  }

  /** Resolves when the partition answers requests, or has been unloaded before. A failing read is tried again. */
  load(partition: number): Promise<void> {
    this.#deletedTopics.set(partition, new Set());
    return this.#partitions.load(partition);
  }

  /** Everybody who waits for an answer of the partition gets NOT_COORDINATOR. */
  unload(partition: number): void {
    this.#partitions.unload(partition);
    this.#deletedTopics.delete(partition);
  }

  unloadAll(): void {
    this.#partitions.unloadAll();
    this.#deletedTopics.clear();
  }

  /** Removes the committed offsets of the topic, in partitions that are being loaded right after that. */
  removeTopic(topic: string): void {
    for (const [partition, topics] of this.#deletedTopics) {
      topics.add(topic);
      this.#removeDeletedTopics(partition);
    }
  }

  /** Removes expired offsets and empty groups, and what could not be removed before. */
  expireOffsets(now: number, retentionMs: number): void {
    for (const partition of this.#deletedTopics.keys()) {
      this.#removeDeletedTopics(partition);
      const shard = this.shard(partition);
      if (typeof shard === 'number') continue;
      for (const decision of shard.coordinator.expireOffsets(now, retentionMs)) shard.execute(decision);
    }
  }

  async #read(
    partition: number,
    signal: AbortSignal,
    onFailed: (error: unknown) => void,
  ): Promise<GroupShard> {
    const { log, logger, world } = this.#options;
    const coordinator = new GroupCoordinator(world);
    let ignored = 0;
    for await (const { records, producerId, marker } of log.read(partition)) {
      if (signal.aborted) break;
      if (marker !== undefined) coordinator.completeTransaction(producerId, marker);
      for (const { key, value } of records) {
        const record = decodeGroupRecord(key, value);
        coordinator.replay(record, producerId);
        if (record.kind !== 'ignored') continue;
        ignored += 1;
        logger.debug({ partition, reason: record.reason }, 'group record ignored');
      }
    }
    const level = coordinator.groups.size > 0 ? 'info' : 'debug';
    logger[level]({ partition, groups: coordinator.groups.size, ignored }, 'groups loaded');
    return new GroupShard({ ...this.#options, partition, coordinator, onFailed });
  }

  #removeDeletedTopics(partition: number): void {
    const shard = this.shard(partition);
    const topics = this.#deletedTopics.get(partition);
    if (typeof shard === 'number' || topics === undefined) return;
    for (const topic of topics) {
      const decisions = shard.coordinator.deleteTopicOffsets(topic);
      const isDone = decisions.every((decision) => shard.execute(decision) === ErrorCode.NONE);
      if (isDone) topics.delete(topic);
    }
  }
}
