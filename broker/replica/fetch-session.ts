import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { FetchResult, FetchTarget } from './fetch-target.ts';

/** What a session remembers of a partition: what to fetch, and what the client was told last. */
interface CachedPartition {
  target: FetchTarget;
  highWatermark: number;
  logStartOffset: number;
}

/** An incremental fetch session (KIP-227): the partitions a client fetches, so that requests carry only changes. */
export class FetchSession {
  readonly id: number;
  /** Whether the client names topics by id (Fetch v13+). */
  readonly usesTopicIds: boolean;
  /** The epoch that the next request must carry. */
  epoch = 1;
  lastUsedMs: number;
  #partitions = new Map<string, CachedPartition>();

  constructor(id: number, usesTopicIds: boolean, nowMs: number) {
    this.id = id;
    this.usesTopicIds = usesTopicIds;
    this.lastUsedMs = nowMs;
  }

  get size(): number {
    return this.#partitions.size;
  }

  /** All partitions, those that had nothing to say for the longest time first. */
  get targets(): FetchTarget[] {
    return [...this.#partitions.values()].map(({ target }) => target);
  }

  /** Adds and changes `targets`, removes `forgotten`. */
  update(targets: readonly FetchTarget[], forgotten: readonly FetchTarget[]): void {
    for (const target of targets) {
      const known = this.#partitions.get(this.#key(target));
      if (known !== undefined) known.target = target;
      else this.#partitions.set(this.#key(target), { target, highWatermark: -1, logStartOffset: -1 });
    }
    for (const target of forgotten) this.#partitions.delete(this.#key(target));
  }

  /** Remembers the partitions of the first fetch, in its order, and what the client has been told of them. */
  begin(results: readonly FetchResult[]): void {
    for (const { target, errorCode, highWatermark, logStartOffset } of results)
      this.#partitions.set(this.#key(target), {
        target,
        highWatermark: errorCode === ErrorCode.NONE ? highWatermark : -1,
        logStartOffset,
      });
  }

  /** Keeps the results that the client must hear, moves partitions with records to the end, and notes what it now knows. */
  select(results: readonly FetchResult[]): FetchResult[] {
    return results.filter((result) => this.#notes(result));
  }

  advance(): void {
    this.epoch = this.epoch === 0x7fffffff ? 1 : this.epoch + 1;
  }

  #notes(result: FetchResult): boolean {
    const key = this.#key(result.target);
    const cached = this.#partitions.get(key);
    if (cached === undefined) return true;
    const hasError = result.errorCode !== ErrorCode.NONE;
    const isNews =
      hasError ||
      result.records.length > 0 ||
      result.highWatermark !== cached.highWatermark ||
      result.logStartOffset !== cached.logStartOffset ||
      result.divergingEpoch !== undefined;
    cached.highWatermark = hasError ? -1 : result.highWatermark; // An error is told again next time.
    cached.logStartOffset = result.logStartOffset;
    if (result.records.length > 0) {
      this.#partitions.delete(key);
      this.#partitions.set(key, cached);
    }
    return isNews;
  }

  #key({ topic, topicId, partition }: FetchTarget): string {
    return `${this.usesTopicIds ? topicId : topic}:${partition}`;
  }
}
