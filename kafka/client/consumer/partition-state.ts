import type { StreamError } from '../../../platform/errors.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { FetchedChunk } from './fetched-chunk.ts';

/** Why the position of a partition is not known, and what will tell it. */
export type Search = 'committed' | 'policy' | 'earliest' | 'latest';

/** One partition that a consumer reads. */
export class PartitionState implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record that poll returns; -1 while it is searched for. */
  position = -1;
  /** Leader epoch of the last record that poll returned, or of the committed offset; -1 when not known. */
  leaderEpoch = -1;
  /** Offset of the next record to fetch. */
  fetchOffset = -1;
  search: Search | undefined;
  isPaused = false;
  isFetching = false;
  highWatermark = -1;
  lastStableOffset = -1;
  /** To be thrown by the next poll. */
  error: StreamError | undefined;
  failures = 0;
  /** Monotonic ms before which nothing is fetched. */
  retryAtMs = 0;
  /** The replica to fetch from instead of the leader, and until when (KIP-392). */
  preferredReplica = -1;
  preferredUntilMs = 0;
  readonly chunks: FetchedChunk[] = [];
  bufferedBytes = 0;
  #version = 0;

  constructor({ topic, partition }: TopicPartition, start: number | Search) {
    this.topic = topic;
    this.partition = partition;
    if (typeof start === 'number') this.seek(start);
    else this.searchFor(start);
  }

  /** Changes when reading goes on elsewhere: what was asked for before does not count any more. */
  get version(): number {
    return this.#version;
  }

  seek(offset: number, leaderEpoch = -1): void {
    this.#moveTo(offset);
    this.leaderEpoch = leaderEpoch;
    this.search = undefined;
  }

  searchFor(search: Search): void {
    this.#moveTo(-1);
    this.search = search;
  }

  /** Takes in what was fetched from {@link fetchOffset} on. */
  add(chunk: FetchedChunk): void {
    this.chunks.push(chunk);
    this.bufferedBytes += chunk.sizeInBytes;
    this.fetchOffset = Math.max(this.fetchOffset, chunk.endOffset);
  }

  dropChunk(): void {
    this.bufferedBytes -= this.chunks.shift()?.sizeInBytes ?? 0;
  }

  #moveTo(offset: number): void {
    this.#version += 1;
    this.isFetching = false;
    this.position = offset;
    this.fetchOffset = offset;
    this.chunks.length = 0;
    this.bufferedBytes = 0;
    this.error = undefined;
    this.retryAtMs = 0;
    this.failures = 0;
  }
}
