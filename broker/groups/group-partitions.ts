import { ErrorCode } from '../../kafka/protocol/index.ts';
import { type Clock, sleep } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ConsumerWorld } from './consumer/consumer-world.ts';
import { decodeGroupRecord } from './coordinator-record.ts';
import { GroupLogError } from './errors.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { GroupShard } from './group-shard.ts';
import type { CoordinatorLog } from './ports.ts';

/** What the partitions of a broker share. */
export interface PartitionOptions {
  readonly log: CoordinatorLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly world: ConsumerWorld;
  /** `offsets.commit.timeout.ms` */
  readonly commitTimeoutMs: number;
}

/** One partition this broker coordinates. `shard` is undefined while its log is being read. */
interface Slot {
  shard: GroupShard | undefined;
  /** Deleted topics whose offsets are still to be removed. */
  readonly deletedTopics: Set<string>;
  readonly stopped: AbortController;
}

const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 60_000;

/** The partitions of `__consumer_offsets` that this broker coordinates: loads them, loads them again after a failure. */
export class GroupPartitions {
  readonly #options: PartitionOptions;
  readonly #slots = new Map<number, Slot>();
  /** Former shards of a partition whose appends are still under way: its log is not read before they end. */
  readonly #closing = new Map<number, Promise<void>>();

  constructor(options: PartitionOptions) {
    this.#options = options;
  }

  /** The shard of a partition, or the error that a request for it gets. */
  shard(partition: number): GroupShard | number {
    const slot = this.#slots.get(partition);
    if (slot === undefined) return ErrorCode.NOT_COORDINATOR;
    return slot.shard ?? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  }

  /** All shards; a number stands for a partition that is being loaded. */
  shards(): readonly (GroupShard | number)[] {
    return [...this.#slots.keys()].map((partition) => this.shard(partition));
  }

  /** Resolves when the partition answers requests, or has been unloaded before. A failing read is tried again. */
  async load(partition: number): Promise<void> {
    this.unload(partition);
    const slot: Slot = { shard: undefined, deletedTopics: new Set(), stopped: new AbortController() };
    this.#slots.set(partition, slot);
    await this.#fill(partition, slot);
  }

  /** Everybody who waits for an answer of the partition gets NOT_COORDINATOR. */
  unload(partition: number): void {
    const slot = this.#slots.get(partition);
    if (slot === undefined) return;
    this.#slots.delete(partition);
    slot.stopped.abort();
    const message = `The broker no longer coordinates partition ${partition}.`;
    this.#close(partition, slot, new GroupLogError(ErrorCode.NOT_LEADER_OR_FOLLOWER, message));
  }

  unloadAll(): void {
    for (const partition of [...this.#slots.keys()]) this.unload(partition);
  }

  /** Removes the committed offsets of the topic, in partitions that are being loaded right after that. */
  removeTopic(topic: string): void {
    for (const slot of this.#slots.values()) {
      slot.deletedTopics.add(topic);
      this.#removeDeletedTopics(slot);
    }
  }

  /** Removes expired offsets and empty groups, and what could not be removed before. */
  expireOffsets(now: number, retentionMs: number): void {
    for (const slot of this.#slots.values()) {
      this.#removeDeletedTopics(slot);
      for (const decision of slot.shard?.coordinator.expireOffsets(now, retentionMs) ?? []) {
        slot.shard?.execute(decision);
      }
    }
  }

  async #fill(partition: number, slot: Slot): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = slot.stopped;
    for (let delayMs = RETRY_FIRST_MS; !signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_LAST_MS)) {
      try {
        const coordinator = await this.#read(partition, signal);
        if (!signal.aborted) this.#activate(partition, slot, coordinator);
        return;
      } catch (error) {
        logger.error({ error, partition }, 'groups could not be loaded');
        await sleep(clock, delayMs, signal).catch(() => undefined);
      }
    }
  }

  async #read(partition: number, signal: AbortSignal): Promise<GroupCoordinator> {
    const { log, logger, world } = this.#options;
    const coordinator = new GroupCoordinator(world);
    await this.#closing.get(partition);
    let ignored = 0;
    for await (const batch of log.read(partition)) {
      if (signal.aborted) break;
      for (const { key, value } of batch) {
        const record = decodeGroupRecord(key, value);
        coordinator.replay(record);
        if (record.kind !== 'ignored') continue;
        ignored += 1;
        logger.debug({ partition, reason: record.reason }, 'group record ignored');
      }
    }
    const level = coordinator.groups.size > 0 ? 'info' : 'debug';
    logger[level]({ partition, groups: coordinator.groups.size, ignored }, 'groups loaded');
    return coordinator;
  }

  #activate(partition: number, slot: Slot, coordinator: GroupCoordinator): void {
    const shard = new GroupShard({
      ...this.#options,
      partition,
      coordinator,
      onFailed: (error) => this.#reload(partition, slot, error),
    });
    slot.shard = shard;
    shard.start();
    this.#removeDeletedTopics(slot);
  }

  /** What the failed append left in the log is only known by reading it. */
  #reload(partition: number, slot: Slot, error: unknown): void {
    if (slot.shard === undefined) return;
    this.#options.logger.error({ error, partition }, 'group records were lost, loading again');
    this.#close(partition, slot, error);
    // Does not reject: it tries until the partition is unloaded.
    void this.#fill(partition, slot);
  }

  #close(partition: number, slot: Slot, error: unknown): void {
    const { shard } = slot;
    slot.shard = undefined;
    if (shard === undefined) return;
    const closed = shard.close(error).then(() => {
      if (this.#closing.get(partition) === closed) this.#closing.delete(partition);
    });
    this.#closing.set(partition, closed);
  }

  #removeDeletedTopics({ shard, deletedTopics }: Slot): void {
    if (shard === undefined) return;
    for (const topic of deletedTopics) {
      const decisions = shard.coordinator.deleteTopicOffsets(topic);
      const isDone = decisions.every((decision) => shard.execute(decision) === ErrorCode.NONE);
      if (isDone) deletedTopics.delete(topic);
    }
  }
}
