import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Clock, Timer } from '../../platform/clock.ts';
import { type FetchResult, type FetchTarget, failedFetch } from './fetch-target.ts';
import type { Partition, PartitionWatcher } from './partition.ts';
import { type IsolationLevel, readableBytes, readPartition } from './partition-read.ts';

/** What a fetch wants, and how long it waits for it. */
export interface FetchWish {
  readonly targets: readonly FetchTarget[];
  readonly isolationLevel: IsolationLevel;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  /** Whether it comes as from a replica: this broker has none but its own. */
  readonly isFromFollower: boolean;
  /** Where the records go; may be larger than asked for. */
  readonly allocate: (bytes: number) => Buffer;
}

/** Finds the partition of a target, or the error that it is answered with. */
export type PartitionLookup = (target: FetchTarget) => Partition | number;

/**
 * A fetch that is answered when `minBytes` can be read, when something is wrong, or after `maxWaitMs` with what there
 * is. It watches its partitions and holds no promise, so that thousands may wait.
 */
export class DelayedFetch implements PartitionWatcher {
  readonly #wish: FetchWish;
  readonly #lookup: PartitionLookup;
  readonly #complete: (results: readonly FetchResult[]) => void;
  #watched: Partition[] = [];
  #timer: Timer | undefined;
  #isDone = false;

  private constructor(
    wish: FetchWish,
    lookup: PartitionLookup,
    complete: (results: readonly FetchResult[]) => void,
  ) {
    this.#wish = wish;
    this.#lookup = lookup;
    this.#complete = complete;
  }

  /** Completes at once when it can; otherwise the fetch waits. `complete` is called once. */
  static start(
    wish: FetchWish,
    lookup: PartitionLookup,
    clock: Clock,
    complete: (results: readonly FetchResult[]) => void,
  ): DelayedFetch {
    const fetch = new DelayedFetch(wish, lookup, complete);
    if (wish.maxWaitMs <= 0 || wish.targets.length === 0 || fetch.#isSatisfied()) fetch.#finish();
    else fetch.#park(clock);
    return fetch;
  }

  /** True once `complete` was called, or never will be. */
  get isDone(): boolean {
    return this.#isDone;
  }

  onPartitionChange(): void {
    if (!this.#isDone && this.#isSatisfied()) this.#finish();
  }

  /** Forgets the fetch; `complete` will not be called. */
  cancel(): void {
    this.#isDone = true;
    this.#release();
  }

  #park(clock: Clock): void {
    for (const target of this.#wish.targets) {
      const partition = this.#lookup(target);
      if (typeof partition === 'number') continue;
      partition.watch(this);
      this.#watched.push(partition);
    }
    this.#timer = clock.timer(this.#wish.maxWaitMs, () => this.#finish());
  }

  #isSatisfied(): boolean {
    if (this.#wish.isFromFollower) return true;
    let bytes = 0;
    for (const target of this.#wish.targets) {
      const partition = this.#lookup(target);
      if (typeof partition === 'number' || partition.log.isOffline) return true;
      if (target.currentLeaderEpoch >= 0 && target.currentLeaderEpoch !== partition.leaderEpoch) return true;
      bytes += readableBytes(partition, target, this.#wish.isolationLevel);
      if (bytes > 0 && bytes >= this.#wish.minBytes) return true;
      if (target.lastFetchedEpoch >= 0 && this.#diverges(partition, target)) return true;
    }
    return this.#wish.minBytes <= 0;
  }

  #diverges(partition: Partition, target: FetchTarget): boolean {
    const { isolationLevel, allocate } = this.#wish;
    const limits = { isolationLevel, maxBytes: 0, minOneBatch: false, isFromFollower: false, allocate };
    const result = readPartition(partition, target, limits);
    return result.divergingEpoch !== undefined || result.errorCode !== ErrorCode.NONE;
  }

  #finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#release();
    this.#complete(this.#read());
  }

  /** Partition after partition, within one budget of bytes; the first that has something always gives a batch. */
  #read(): FetchResult[] {
    let bytesLeft = this.#wish.maxBytes;
    let isEmpty = true;
    return this.#wish.targets.map((target) => {
      const partition = this.#lookup(target);
      if (typeof partition === 'number') return notFound(target, partition);
      const result = readPartition(partition, target, {
        isolationLevel: this.#wish.isolationLevel,
        maxBytes: bytesLeft,
        minOneBatch: isEmpty,
        isFromFollower: this.#wish.isFromFollower,
        allocate: this.#wish.allocate,
      });
      bytesLeft = Math.max(0, bytesLeft - result.records.length);
      if (result.records.length > 0) isEmpty = false;
      return result;
    });
  }

  #release(): void {
    this.#timer?.cancel();
    for (const partition of this.#watched) partition.unwatch(this);
    this.#watched = [];
  }
}

/** Kafka tells of no aborted transactions where there is no partition, and nothing of them where reading one failed. */
function notFound(target: FetchTarget, errorCode: number): FetchResult {
  const failed = failedFetch(target, errorCode);
  return errorCode === ErrorCode.KAFKA_STORAGE_ERROR ? failed : { ...failed, abortedTransactions: [] };
}
