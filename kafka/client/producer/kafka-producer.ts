import type { StreamError } from '../../../platform/errors.ts';
import { contentBytes, HEADER_BYTES, recordBytesMax } from '../../records/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ClientClosedError, DeliveryError, IllegalStateError, RecordTooLargeError } from '../errors.ts';
import type { CommittedOffset } from '../topic-partition.ts';
import { BatchMemory } from './batch-memory.ts';
import { DeliveryTracker, type Unsettled } from './delivery-tracker.ts';
import type { PartitionQueue, QueueOptions } from './partition-queue.ts';
import type {
  OnDone,
  Producer,
  ProducerOptions,
  ProducerRecord,
  RecordMetadata,
  TransactionGroup,
} from './producer.ts';
import type { ProducerBatch } from './producer-batch.ts';
import { type ProducerSettings, producerSettings } from './producer-settings.ts';
import { Sender, type SenderListener } from './sender.ts';
import { type PendingRecord, TopicQueues } from './topic-queues.ts';
import { Transactions } from './transactions.ts';

/** {@link Producer} over a cluster. */
export class KafkaProducer implements Producer {
  readonly #cluster: Cluster;
  readonly #settings: ProducerSettings;
  readonly #queueOptions: QueueOptions;
  readonly #sender: Sender;
  readonly #transactions: Transactions | undefined;
  readonly #tracker: DeliveryTracker;
  readonly #topics = new Map<string, TopicQueues>();
  readonly #closing = new AbortController();
  readonly #onClosed: () => void;
  readonly #stopListening: () => void;
  #lastTopic: TopicQueues | undefined;
  #closed: Promise<void> | undefined;

  constructor(cluster: Cluster, options: ProducerOptions, onClosed: () => void) {
    const settings = producerSettings(options, cluster.settings);
    this.#cluster = cluster;
    this.#settings = settings;
    this.#queueOptions = { ...settings, memory: new BatchMemory(settings.batchBytes) };
    this.#onClosed = onClosed;
    this.#tracker = new DeliveryTracker(cluster.settings.clock, settings, (expired) =>
      this.#expired(expired),
    );
    this.#transactions = this.#newTransactions();
    this.#sender = new Sender(cluster, settings, this.#listener(), this.#transactions);
    this.#stopListening = cluster.refresher.onRefresh(() => {
      for (const topic of this.#topics.values()) topic.update(cluster.metadata.topic(topic.name));
    });
  }

  get isFull(): boolean {
    return this.#tracker.isFull;
  }

  get bufferedBytes(): number {
    return this.#tracker.bufferedBytes;
  }

  append(record: ProducerRecord, onDone?: OnDone): boolean {
    if (this.#closed !== undefined) throw new ClientClosedError('producer');
    this.#transactions?.checkOpen();
    const bytes = recordBytesMax(record.key ?? null, record.value, record.headers);
    if (bytes + HEADER_BYTES > this.#settings.requestBytesMax) this.#requireRoom(record);
    const { timestamp } = record;
    if (timestamp !== undefined && !Number.isSafeInteger(timestamp)) {
      throw new RangeError(`${timestamp} is not a timestamp in milliseconds`);
    }
    const topic = record.topic === this.#lastTopic?.name ? this.#lastTopic : this.#topicOf(record.topic);
    this.#lastTopic = topic;
    if (topic.waiting === undefined && topic.partitionCount > 0)
      this.#route(topic, record, onDone, bytes, false);
    else this.#wait(topic, { record, onDone, bytes });
    return !this.#tracker.isFull;
  }

  ready(): Promise<void> {
    return this.#tracker.ready();
  }

  async send(records: readonly ProducerRecord[]): Promise<RecordMetadata[]> {
    const results: RecordMetadata[] = new Array(records.length);
    let left = records.length;
    let failure: StreamError | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (left === 0) return results;
    for (const [index, record] of records.entries()) {
      const onDone: OnDone = (error, partition, offset, timestamp) => {
        failure ??= error;
        results[index] = { topic: record.topic, partition, offset, timestamp };
        left -= 1;
        if (left === 0) resolve();
      };
      try {
        if (!this.append(record, onDone)) await this.ready();
      } catch (error) {
        // Those before it are on their way: they are waited for, and those after it are not appended.
        left -= records.length - index;
        if (left > 0) await promise;
        throw error;
      }
    }
    await promise;
    if (failure !== undefined) throw failure;
    return results;
  }

  async flush(): Promise<void> {
    this.#sender.beginFlush();
    try {
      await Promise.all([...this.#topics.values()].map(({ waiting }) => waiting));
      this.#sender.poke();
      await this.#tracker.settled();
    } finally {
      this.#sender.endFlush();
    }
    this.#tracker.throwUnheard();
  }

  initTransactions(): Promise<void> {
    return this.#transactional().init();
  }

  beginTransaction(): void {
    this.#transactional().begin();
  }

  sendOffsets(offsets: readonly CommittedOffset[], group: TransactionGroup): Promise<void> {
    return this.#transactional().sendOffsets(offsets, group);
  }

  async commitTransaction(): Promise<void> {
    const transactions = this.#transactional();
    // What was not delivered is known to the transaction, which then refuses to end so.
    if (transactions.isOpen) await this.flush().catch(() => {});
    await transactions.end(true);
  }

  async abortTransaction(): Promise<void> {
    const transactions = this.#transactional();
    this.#drop(new DeliveryError('CLIENT_TRANSACTION_ABORTED', '', -1, 'the transaction was aborted'));
    await this.#sender.idle();
    await transactions.end(false);
    this.#tracker.forgetUnheard();
  }

  async partitionCount(name: string): Promise<number> {
    const topic = this.#topicOf(name);
    if (topic.partitionCount === 0) topic.update(await this.#awaitTopic(name));
    return topic.partitionCount;
  }

  close(timeoutMs: number = this.#settings.deliveryTimeoutMs): Promise<void> {
    this.#closed ??= this.#close(timeoutMs);
    return this.#closed;
  }

  async #close(timeoutMs: number): Promise<void> {
    if (this.#transactions?.isOpen === true) await this.abortTransaction().catch(() => {});
    const timeout = Promise.withResolvers<void>();
    const timer = this.#cluster.settings.clock.timer(timeoutMs, timeout.resolve);
    await Promise.race([this.flush().catch(() => {}), timeout.promise]);
    timer.cancel();
    this.#closing.abort(new ClientClosedError('producer'));
    this.#sender.close();
    this.#stopListening();
    this.#failEverything(new ClientClosedError('producer'));
    for (const name of this.#topics.keys()) this.#cluster.refresher.unwatch(name);
    this.#tracker.close();
    this.#onClosed();
  }

  #topicOf(name: string): TopicQueues {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const { entropy } = this.#cluster.settings;
    const topic = new TopicQueues(name, this.#queueOptions, this.#settings.partitioner, entropy);
    topic.update(this.#cluster.metadata.topic(name));
    this.#topics.set(name, topic);
    this.#cluster.refresher.watch(name);
    return topic;
  }

  /** `isLastTry`: the topic's metadata was read for this record, so what it lacks does not exist. */
  #route(
    topic: TopicQueues,
    record: ProducerRecord,
    onDone: OnDone | undefined,
    bytes: number,
    isLastTry: boolean,
  ): void {
    const partition = topic.choose(record, bytes);
    if (!(partition >= 0 && partition < topic.partitionCount)) {
      if (isLastTry || record.partition === undefined) this.#refusePartition(topic, partition, onDone);
      else this.#wait(topic, { record, onDone, bytes });
      return;
    }
    const queue = topic.queue(partition);
    const { clock } = this.#cluster.settings;
    const timestamp = record.timestamp ?? clock.now();
    const key = record.key ?? null;
    if (queue.hasRoom(bytes)) {
      const before = queue.openBytes;
      queue.append(timestamp, key, record.value, record.headers, onDone);
      this.#tracker.grow(queue.openBytes - before);
      return;
    }
    const batch = queue.begin(clock.monotonic());
    queue.append(timestamp, key, record.value, record.headers, onDone);
    this.#tracker.add(batch, queue);
    this.#sender.activate(queue);
  }

  #refusePartition(topic: TopicQueues, partition: number, onDone: OnDone | undefined): void {
    const problem = `the topic has ${topic.partitionCount} partitions`;
    this.#refuse(onDone, new DeliveryError('CLIENT_PARTITION_MISSING', topic.name, partition, problem));
  }

  #refuse(onDone: OnDone | undefined, error: StreamError): void {
    if (onDone === undefined) this.#tracker.unheard(error);
    else onDone(error, -1, -1, -1);
  }

  #wait(topic: TopicQueues, pending: PendingRecord): void {
    topic.pending.push(pending);
    this.#tracker.grow(pending.bytes);
    topic.waiting ??= this.#resolve(topic);
  }

  async #resolve(topic: TopicQueues): Promise<void> {
    let failure: StreamError | undefined;
    try {
      // A partition that is not known may be new.
      if (topic.partitionCount > 0)
        await this.#cluster.retry('reading metadata', () => this.#reload(topic.name));
      topic.update(await this.#awaitTopic(topic.name));
    } catch (error) {
      failure = error as StreamError;
    }
    const { pending } = topic;
    topic.pending = [];
    topic.waiting = undefined;
    for (const { record, onDone, bytes } of pending) {
      this.#tracker.shrink(bytes);
      if (failure === undefined) this.#route(topic, record, onDone, bytes, true);
      else this.#refuse(onDone, failure);
    }
  }

  #reload(topic: string): Promise<void> {
    return this.#cluster.refresher.refresh([topic]);
  }

  #awaitTopic(name: string) {
    return this.#cluster.refresher.awaitTopic(name, {
      isCreating: this.#settings.allowAutoTopicCreation,
      timeoutMs: this.#settings.metadataTimeoutMs,
      signal: this.#closing.signal,
    });
  }

  #listener(): SenderListener {
    return {
      onSucceeded: (batch, queue, baseOffset, appendTimeMs) => {
        if (!batch.isSettled)
          this.#settle(batch, () => batch.succeed(queue.partition, baseOffset, appendTimeMs));
      },
      onFailed: (batch, queue, error) => this.#failed(batch, queue, error),
      onSplit: (batch, queue, parts) => {
        this.#tracker.remove(batch);
        for (const part of parts) this.#tracker.add(part, queue);
      },
      onRefused: (error) => this.#failEverything(error),
    };
  }

  #failed(batch: ProducerBatch, queue: PartitionQueue, error: StreamError): void {
    if (batch.isSettled) return;
    if (batch.hasSilentRecords) this.#tracker.unheard(error);
    this.#settle(batch, () => batch.fail(error, queue.partition));
    this.#transactions?.failed(error);
  }

  #settle(batch: ProducerBatch, tell: () => void): void {
    this.#tracker.remove(batch);
    try {
      tell();
    } catch (error) {
      this.#cluster.settings.logger.error({ error }, 'a delivery callback has thrown');
    }
  }

  #newTransactions(): Transactions | undefined {
    const { transactionalId, transactionTimeoutMs } = this.#settings;
    if (transactionalId === undefined) return undefined;
    return new Transactions(
      this.#cluster,
      { transactionalId, transactionTimeoutMs },
      { onAdmitted: () => this.#sender.poke(), onFailed: (error) => this.#drop(error) },
    );
  }

  #transactional(): Transactions {
    if (this.#closed !== undefined && this.#transactions?.isOpen !== true)
      throw new ClientClosedError('producer');
    if (this.#transactions === undefined)
      throw new IllegalStateError('the producer has no transactionalId: it has no transactions');
    return this.#transactions;
  }

  /** Fails all records that are not on their way yet, and those that are as far as anybody waits for them. */
  #drop(error: StreamError): void {
    for (const topic of this.#topics.values()) {
      const { pending } = topic;
      topic.pending = [];
      for (const { onDone, bytes } of pending) {
        this.#tracker.shrink(bytes);
        this.#refuse(onDone, error);
      }
    }
    this.#failEverything(error);
  }

  #failEverything(error: StreamError): void {
    for (const { batch, queue } of this.#tracker.unsettled()) {
      if (!queue.isInFlight(batch)) queue.giveUp(batch);
      const { topic, partition } = queue;
      const failure = new DeliveryError(error.code, topic, partition, 'the producer cannot send', error);
      this.#failed(batch, queue, failure);
    }
  }

  #expired({ batch, queue }: Unsettled): void {
    // One that is under way keeps its place until its answer comes: its sequence is taken.
    if (!queue.isInFlight(batch)) queue.giveUp(batch);
    const { deliveryTimeoutMs } = this.#settings;
    const problem = `it was not acknowledged within ${deliveryTimeoutMs} ms, after ${batch.attempts} attempts`;
    const error = new DeliveryError('CLIENT_DELIVERY_TIMEOUT', queue.topic, queue.partition, problem);
    this.#failed(batch, queue, error);
  }

  /** Text may be smaller than it was taken for. Throws {@link RecordTooLargeError}. */
  #requireRoom({ topic, partition = -1, key = null, value, headers }: ProducerRecord): void {
    const { requestBytesMax } = this.#settings;
    const bytes = recordBytesMax(contentBytes(key), contentBytes(value), headers);
    if (bytes + HEADER_BYTES <= requestBytesMax) return;
    const problem = `it has ${bytes} bytes, requestBytesMax is ${requestBytesMax}`;
    throw new RecordTooLargeError(topic, partition, problem);
  }
}
