import { ErrorCode } from '../../kafka/protocol/index.ts';
import { type Clock, sleep } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { CoordinatorLogError } from './errors.ts';

/** What answers the requests for one partition of a coordinator's topic. */
export interface Shard {
  /** Ends it: whoever waits gets the error. Resolves when no append of it is under way any more. */
  close(error: unknown): Promise<void>;
}

/** How the shard of a partition comes to be. */
export interface ShardSource<S extends Shard> {
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Reads the log of the partition, and may stop early once `signal` is aborted. The shard calls `onFailed` once when
   * an append has failed: its state may be ahead of the log, so it is replaced.
   */
  load(partition: number, signal: AbortSignal, onFailed: (error: unknown) => void): Promise<S>;
  /** Called when a loaded shard begins to answer. */
  start(partition: number, shard: S): void;
}

/** One partition this broker coordinates. `shard` is undefined while its log is being read. */
interface Slot<S> {
  shard: S | undefined;
  readonly stopped: AbortController;
}

const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 60_000;

/** The partitions of a coordinator's topic that this broker coordinates: loads them, loads them again after a failure. */
export class ShardPartitions<S extends Shard> {
  readonly #source: ShardSource<S>;
  readonly #slots = new Map<number, Slot<S>>();
  /** Former shards of a partition whose appends are still under way: its log is not read before they end. */
  readonly #closing = new Map<number, Promise<void>>();

  constructor(source: ShardSource<S>) {
    this.#source = source;
  }

  /** The shard of a partition, or the error that a request for it gets. */
  shard(partition: number): S | number {
    const slot = this.#slots.get(partition);
    if (slot === undefined) return ErrorCode.NOT_COORDINATOR;
    return slot.shard ?? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  }

  /** All shards; a number stands for a partition that is being loaded. */
  shards(): readonly (S | number)[] {
    return [...this.#slots.keys()].map((partition) => this.shard(partition));
  }

  /** The partitions that are coordinated here, loaded or not. */
  partitions(): Iterable<number> {
    return [...this.#slots.keys()];
  }

  /** Resolves when the partition answers requests, or has been unloaded before. A failing read is tried again. */
  async load(partition: number): Promise<void> {
    this.unload(partition);
    const slot: Slot<S> = { shard: undefined, stopped: new AbortController() };
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
    this.#close(partition, slot, new CoordinatorLogError(ErrorCode.NOT_LEADER_OR_FOLLOWER, message));
  }

  unloadAll(): void {
    for (const partition of this.partitions()) this.unload(partition);
  }

  async #fill(partition: number, slot: Slot<S>): Promise<void> {
    const { clock, logger } = this.#source;
    const { signal } = slot.stopped;
    for (let delayMs = RETRY_FIRST_MS; !signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_LAST_MS)) {
      try {
        await this.#closing.get(partition);
        const onFailed = (error: unknown) => this.#reload(partition, slot, error);
        const shard = await this.#source.load(partition, signal, onFailed);
        if (signal.aborted) return;
        slot.shard = shard;
        this.#source.start(partition, shard);
        return;
      } catch (error) {
        logger.error({ error, partition }, 'a coordinator partition could not be loaded');
        await sleep(clock, delayMs, signal).catch(() => undefined);
      }
    }
  }

  /** What the failed append left in the log is only known by reading it. */
  #reload(partition: number, slot: Slot<S>, error: unknown): void {
    if (slot.shard === undefined) return;
    this.#source.logger.error(
      { error, partition },
      'a coordinator partition lost records and is loaded again',
    );
    this.#close(partition, slot, error);
    // Does not reject: it tries until the partition is unloaded.
    void this.#fill(partition, slot);
  }

  #close(partition: number, slot: Slot<S>, error: unknown): void {
    const { shard } = slot;
    slot.shard = undefined;
    if (shard === undefined) return;
    const closed = shard.close(error).then(() => {
      if (this.#closing.get(partition) === closed) this.#closing.delete(partition);
    });
    this.#closing.set(partition, closed);
  }
}
