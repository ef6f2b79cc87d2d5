import type { Cluster } from '../cluster/cluster.ts';
import { ClientClosedError, ConfigurationError, IllegalStateError } from '../errors.ts';
import { Signal } from '../group/signal.ts';
import { EARLIEST, LATEST, listOffsets } from '../offsets/list-offsets.ts';
import type {
  CommittedOffset,
  TimestampedOffset,
  TopicPartition,
  TopicPartitionOffset,
} from '../topic-partition.ts';
import { AssignedPartitions } from './assigned-partitions.ts';
import type {
  Consumer,
  ConsumerGroupMetadata,
  ConsumerOptions,
  PolledRecords,
  RebalanceListener,
  Subscription,
} from './consumer.ts';
import { type ConsumerSettings, consumerSettings } from './consumer-settings.ts';
import { Fetcher } from './fetcher.ts';
import { GroupConsumption } from './group-consumption.ts';
import { OffsetStore } from './offset-store.ts';
import type { PartitionState } from './partition-state.ts';
import { PositionSearch } from './position-search.ts';

/** A consumer that leaves does not wait longer than this for a broker that cannot be reached. */
const LAST_COMMIT_TIMEOUT_MS = 5_000;

/** {@link Consumer} over a cluster. */
export class KafkaConsumer implements Consumer {
  readonly #cluster: Cluster;
  readonly #settings: ConsumerSettings;
  readonly #channel: string;
  readonly #partitions = new AssignedPartitions();
  readonly #signal: Signal;
  readonly #fetcher: Fetcher;
  readonly #search: PositionSearch;
  readonly #store: OffsetStore;
  readonly #closing = new AbortController();
  readonly #stopListening: () => void;
  readonly #onClosed: () => void;
  /** Topics of {@link assign}, whose metadata is kept. */
  #watched: readonly string[] = [];
  #group: GroupConsumption | undefined;
  #isPolling = false;
  #isWoken = false;
  #closed: Promise<void> | undefined;

  constructor(cluster: Cluster, options: ConsumerOptions, onClosed: () => void) {
    this.#cluster = cluster;
    this.#settings = consumerSettings(options, cluster.settings);
    this.#onClosed = onClosed;
    this.#channel = cluster.newChannel('consumer', this.#settings.clientId);
    this.#signal = new Signal(cluster.settings.clock);
    const raise = () => this.#signal.raise();
    this.#fetcher = new Fetcher(cluster, this.#settings, this.#partitions, raise);
    this.#search = new PositionSearch(cluster, this.#settings, this.#partitions, {
      channel: this.#channel,
      signal: this.#closing.signal,
      onChange: raise,
    });
    this.#store = new OffsetStore(
      cluster,
      this.#settings,
      this.#partitions,
      this.#channel,
      () => this.#group?.membership,
    );
    this.#stopListening = cluster.refresher.onRefresh(() => {
      this.#group?.onMetadata();
      this.#fetcher.pump();
    });
  }

  subscribe(subscription: Subscription, listener: RebalanceListener = {}): void {
    this.#checkNotClosing();
    if (this.#settings.groupId === undefined)
      throw new IllegalStateError('subscribe needs a groupId; or use assign');
    checkSubscription(subscription);
    if (this.#group !== undefined) {
      this.#group.change(subscription, listener);
      return;
    }
    this.#unassign();
    const host = { partitions: this.#partitions, store: this.#store, raise: () => this.#signal.raise() };
    this.#group = new GroupConsumption(this.#cluster, this.#settings, host, subscription, listener);
  }

  async unsubscribe(): Promise<void> {
    const group = this.#group;
    if (group === undefined) {
      this.#unassign();
      return;
    }
    await this.#store.commitIfAutomatic(LAST_COMMIT_TIMEOUT_MS);
    // The listener may still commit as a member while it gives up its partitions.
    await group.close().finally(() => {
      this.#group = undefined;
      this.#unassign();
    });
  }

  assign(partitions: readonly (TopicPartition & { readonly offset?: number | undefined })[]): void {
    this.#checkNotClosing();
    if (this.#group !== undefined)
      throw new IllegalStateError('the consumer is subscribed: unsubscribe before assign');
    const starts = new Map(partitions.map((one) => [`${one.topic}/${one.partition}`, one.offset]));
    const search = this.#settings.groupId === undefined ? 'policy' : 'committed';
    this.#partitions.replace(
      partitions,
      ({ topic, partition }) => starts.get(`${topic}/${partition}`) ?? search,
    );
    for (const { topic, partition, offset } of partitions) {
      if (offset !== undefined) this.seek({ topic, partition, offset });
    }
    this.#watch([...new Set(partitions.map(({ topic }) => topic))]);
    this.#search.start();
    this.#fetcher.pump();
  }

  assignment(): readonly TopicPartition[] {
    return this.#partitions.list();
  }

  async poll(timeoutMs: number): Promise<readonly PolledRecords[]> {
    this.#checkNotClosing();
    if (this.#isPolling)
      throw new IllegalStateError('another poll of this consumer is under way: await it first');
    this.#isPolling = true;
    try {
      return await this.#poll(timeoutMs);
    } finally {
      this.#isPolling = false;
      this.#isWoken = false;
    }
  }

  wakeup(): void {
    this.#isWoken = true;
    this.#signal.raise();
  }

  async position(partition: TopicPartition): Promise<number> {
    const { clock } = this.#cluster.settings;
    const deadlineMs = clock.monotonic() + this.#settings.apiTimeoutMs;
    for (;;) {
      const state = this.#partitions.get(partition);
      if (state.position >= 0) return state.position;
      this.#checkOpen();
      this.#search.start();
      await this.#search.settled();
      this.#search.throwError();
      if (state.position < 0 && clock.monotonic() > deadlineMs) {
        throw new IllegalStateError(
          `the position of ${partition.topic}-${partition.partition} could not be determined`,
        );
      }
    }
  }

  seek({ topic, partition, offset }: TopicPartitionOffset): void {
    if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`${offset} is not an offset`);
    this.#partitions.get({ topic, partition }).seek(offset);
    this.#fetcher.pump();
  }

  seekToBeginning(partitions?: readonly TopicPartition[]): void {
    for (const state of this.#partitions.select(partitions)) state.searchFor('earliest');
    this.#search.start();
  }

  seekToEnd(partitions?: readonly TopicPartition[]): void {
    for (const state of this.#partitions.select(partitions)) state.searchFor('latest');
    this.#search.start();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const state of this.#partitions.select(partitions)) state.isPaused = true;
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const state of this.#partitions.select(partitions)) state.isPaused = false;
    this.#signal.raise();
    this.#fetcher.pump();
  }

  paused(): readonly TopicPartition[] {
    const paused = [...this.#partitions.all()].filter(({ isPaused }) => isPaused);
    return paused.map(({ topic, partition }) => ({ topic, partition }));
  }

  commit(offsets?: readonly CommittedOffset[]): Promise<void> {
    this.#checkOpen();
    return this.#store.commit(offsets);
  }

  committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    this.#checkOpen();
    return this.#store.committed(partitions);
  }

  beginningOffsets(partitions: readonly TopicPartition[]): Promise<readonly TopicPartitionOffset[]> {
    return this.#listOffsets(partitions.map((partition) => ({ ...partition, timestamp: EARLIEST })));
  }

  endOffsets(partitions: readonly TopicPartition[]): Promise<readonly TopicPartitionOffset[]> {
    return this.#listOffsets(partitions.map((partition) => ({ ...partition, timestamp: LATEST })));
  }

  async offsetsForTimes(
    times: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<readonly TimestampedOffset[]> {
    if (times.some(({ timestamp }) => timestamp < 0)) throw new RangeError('a timestamp is below 0');
    const found = await this.#listOffsets(times);
    return found.filter(({ offset }) => offset >= 0);
  }

  groupMetadata(): ConsumerGroupMetadata | undefined {
    return this.#group?.metadata();
  }

  enforceRebalance(reason = 'the application asked for it'): void {
    this.#group?.membership.requestRejoin(reason);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.wakeup();
    try {
      await this.unsubscribe();
    } finally {
      this.#closing.abort(new ClientClosedError('consumer'));
      this.#stopListening();
      this.#fetcher.close();
      this.#cluster.connections.closeChannel(this.#channel);
      this.#onClosed();
    }
  }

  async #poll(timeoutMs: number): Promise<readonly PolledRecords[]> {
    const { clock } = this.#cluster.settings;
    let deadlineMs: number | undefined;
    for (;;) {
      this.#signal.clear();
      if (this.#group?.touch() === false) await this.#group.advance();
      this.#checkSubscribed();
      this.#store.commitByTime();
      this.#search.throwError();
      this.#search.start();
      const polled = this.#collect();
      if (polled.length > 0 || this.#isWoken) return polled;
      this.#fetcher.pump();
      const nowMs = clock.monotonic();
      deadlineMs ??= nowMs + timeoutMs;
      if (nowMs >= deadlineMs) return polled;
      await this.#signal.wait(deadlineMs - nowMs);
      this.#checkNotClosing();
    }
  }

  /** What is buffered, a chunk of each partition in turn. */
  #collect(): PolledRecords[] {
    const polled: PolledRecords[] = [];
    let left = this.#settings.pollRecordsMax;
    let hasRoom = false;
    for (const state of [...this.#partitions.all()]) {
      if (left <= 0) break;
      if (state.isPaused) continue;
      try {
        const records = takeFrom(state, left);
        if (records === undefined) continue;
        polled.push(records);
        left -= records.records.length;
        hasRoom ||= state.chunks.length === 0;
        this.#partitions.rotate(state);
      } catch (error) {
        // Records that were taken from others must not get lost: the error comes again at the next poll.
        if (polled.length > 0) break;
        throw error;
      }
    }
    if (hasRoom) this.#fetcher.pump();
    return polled;
  }

  async #listOffsets(
    questions: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<readonly TimestampedOffset[]> {
    this.#checkOpen();
    const answers = await listOffsets(this.#cluster, questions, {
      channel: this.#channel,
      isolationLevel: this.#settings.isolationLevel,
      timeoutMs: this.#settings.apiTimeoutMs,
      signal: this.#closing.signal,
    });
    const refused = answers.find(({ error }) => error !== undefined);
    if (refused?.error !== undefined) throw refused.error;
    return answers.map(({ error: _, ...answer }) => answer);
  }

  #unassign(): void {
    this.#partitions.clear();
    this.#watch([]);
  }

  #watch(topics: readonly string[]): void {
    for (const topic of topics) this.#cluster.refresher.watch(topic);
    for (const topic of this.#watched) this.#cluster.refresher.unwatch(topic);
    this.#watched = topics;
    const isMissing = topics.some((topic) => this.#cluster.metadata.topic(topic) === undefined);
    if (isMissing) this.#cluster.refresher.request();
  }

  #checkSubscribed(): void {
    if (this.#group !== undefined || this.#partitions.size > 0 || this.#watched.length > 0) return;
    throw new IllegalStateError('the consumer reads nothing: subscribe or assign before poll');
  }

  #checkNotClosing(): void {
    if (this.#closed !== undefined) throw new ClientClosedError('consumer');
  }

  /** While it closes, a listener may still commit. */
  #checkOpen(): void {
    this.#closing.signal.throwIfAborted();
  }
}

/** Takes records of the oldest chunk that has any; undefined when there are none. Throws what is wrong with the partition. */
function takeFrom(state: PartitionState, recordsMax: number): PolledRecords | undefined {
  const before = state.position;
  for (let chunk = state.chunks[0]; chunk !== undefined; chunk = state.chunks[0]) {
    const { records, nextOffset, leaderEpoch } = chunk.take(state.position, recordsMax);
    if (chunk.isDone) state.dropChunk();
    state.position = nextOffset;
    if (leaderEpoch >= 0) state.leaderEpoch = leaderEpoch;
    if (records.length > 0) return { ...placeOf(state), records };
  }
  // Only control records and aborted ones: the position has moved all the same.
  if (state.position > before) return { ...placeOf(state), records: [] };
  const { error } = state;
  state.error = undefined;
  if (error !== undefined) throw error;
  return undefined;
}

function placeOf({ topic, partition, position, leaderEpoch, highWatermark }: PartitionState) {
  return { topic, partition, nextOffset: position, leaderEpoch, highWatermark };
}

/** JavaScript has no types to say so. */
function checkSubscription(subscription: Partial<Record<'topics' | 'pattern', unknown>>): void {
  const { topics, pattern } = subscription;
  const areTopics = Array.isArray(topics) && topics.every((topic) => typeof topic === 'string');
  if (!areTopics && typeof (pattern as Partial<RegExp> | undefined)?.test !== 'function')
    throw new ConfigurationError("subscribe takes { topics: ['a', 'b'] } or { pattern: /^a/ }");
}
