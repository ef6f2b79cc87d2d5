import type { Timer } from '../../../platform/clock.ts';
import type { StreamError } from '../../../platform/errors.ts';
import { type ProduceResponse, zeroUuid } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { BatchOutcomes, type OutcomeListener } from './batch-outcomes.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { type ProduceSettings, produce, type SentBatch } from './produce-call.ts';
import type { Packing, ProducerBatch } from './producer-batch.ts';
import { IdentitySource } from './producer-identity.ts';
import type { Transactions } from './transactions.ts';

/** How batches are sent. */
export interface SenderOptions extends ProduceSettings {
  readonly clientId: string;
  readonly packing: Packing;
  readonly isIdempotent: boolean;
  readonly isTransactional: boolean;
  readonly maxInFlight: number;
  readonly requestBytesMax: number;
}

/** Hears what becomes of batches. */
export interface SenderListener extends OutcomeListener {
  /** Nothing can be sent at all. */
  onRefused(error: StreamError): void;
}

/**
 * Sends what queues have, one request after another to each leader, up to `maxInFlight` at a time. Runs once per turn of
 * the event loop at most, so that all that was appended in a turn goes out together.
 */
export class Sender {
  readonly channel: string;
  readonly #cluster: Cluster;
  readonly #options: SenderOptions;
  readonly #listener: SenderListener;
  readonly #identity: IdentitySource | Transactions;
  readonly #transactions: Transactions | undefined;
  readonly #outcomes: BatchOutcomes;
  readonly #active = new Set<PartitionQueue>();
  readonly #inFlight = new Map<number, number>();
  readonly #opening = new Set<number>();
  readonly #stopListening: () => void;
  #flushes = 0;
  /** How often in a row metadata was read because a leader was missing, and when to do so again. */
  #leaderMisses = 0;
  #askAtMs = 0;
  #timer: Timer | undefined;
  #whenIdle: PromiseWithResolvers<void> | undefined;
  #isPoked = false;
  #isClosed = false;

  /** With `transactions` they have the producer's identity, and say when a partition may be written to. */
  constructor(
    cluster: Cluster,
    options: SenderOptions,
    listener: SenderListener,
    transactions: Transactions | undefined,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#listener = listener;
    this.channel = cluster.newChannel('producer', options.clientId);
    this.#transactions = transactions;
    this.#identity =
      transactions ??
      new IdentitySource(cluster, {
        onIdentity: () => this.poke(),
        onRefused: (error) => this.#listener.onRefused(error),
      });
    this.#outcomes = new BatchOutcomes(
      cluster,
      { isUnanswered: options.acks === 0, isTransactional: options.isTransactional },
      listener,
      (queue) => this.activate(queue),
    );
    this.#stopListening = cluster.refresher.onRefresh(() => this.poke());
  }

  /** The queue has something to send. */
  activate(queue: PartitionQueue): void {
    this.#active.add(queue);
    this.poke();
  }

  /** Looks soon for what can be sent. */
  poke(): void {
    if (this.#isPoked || this.#isClosed) return;
    this.#isPoked = true;
    this.#cluster.settings.executor.soon(() => {
      this.#isPoked = false;
      if (!this.#isClosed) this.#drain();
    });
  }

  /** Until {@link endFlush}, batches do not wait for more records. */
  beginFlush(): void {
    this.#flushes += 1;
    this.poke();
  }

  endFlush(): void {
    this.#flushes -= 1;
  }

  /** Resolves when every request is answered, or its connection broken. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    this.#whenIdle ??= Promise.withResolvers();
    return this.#whenIdle.promise;
  }

  get #isIdle(): boolean {
    return [...this.#inFlight.values()].every((count) => count === 0);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#identity.close();
    this.#stopListening();
    this.#cluster.connections.closeChannel(this.channel);
  }

  #drain(): void {
    this.#timer?.cancel();
    const { clock } = this.#cluster.settings;
    const nowMs = clock.monotonic();
    const { byNode, wakeAtMs, isLeaderMissing } = this.#sendable(nowMs);
    for (const [nodeId, queues] of byNode) this.#sendTo(nodeId, queues, nowMs);
    const askAtMs = isLeaderMissing ? this.#askForLeaders(nowMs) : Number.POSITIVE_INFINITY;
    if (!isLeaderMissing) this.#leaderMisses = 0;
    const timerAtMs = Math.min(wakeAtMs, askAtMs);
    if (timerAtMs < Number.POSITIVE_INFINITY) this.#timer = clock.timer(timerAtMs - nowMs, () => this.poke());
  }

  /** Reads metadata when it is time, and returns when it is time again. */
  #askForLeaders(nowMs: number): number {
    if (this.#leaderMisses === 0 || nowMs >= this.#askAtMs) {
      this.#leaderMisses += 1;
      this.#askAtMs = nowMs + this.#cluster.backoffMs(this.#leaderMisses);
      this.#cluster.refresher.request();
    }
    return this.#askAtMs;
  }

  #sendable(nowMs: number) {
    const byNode = new Map<number, PartitionQueue[]>();
    let wakeAtMs = Number.POSITIVE_INFINITY;
    let isLeaderMissing = false;
    for (const queue of this.#active) {
      if (!queue.hasUnsent) {
        this.#active.delete(queue);
        continue;
      }
      const atMs = queue.sendableAtMs(this.#flushes > 0);
      if (atMs > nowMs) {
        wakeAtMs = Math.min(wakeAtMs, atMs);
        continue;
      }
      if (this.#transactions?.admits(queue) === false) continue;
      const leader = this.#cluster.metadata.partition(queue.topic, queue.partition)?.leader ?? -1;
      if (leader < 0 || this.#cluster.metadata.broker(leader) === undefined) isLeaderMissing = true;
      // The new leader must not get a batch before the answer of the old one to what precedes it.
      else if (queue.inFlightCount === 0 || queue.sentTo === leader) push(byNode, leader, queue);
    }
    return { byNode, wakeAtMs, isLeaderMissing };
  }

  #sendTo(nodeId: number, queues: PartitionQueue[], nowMs: number): void {
    const broker = this.#cluster.metadata.broker(nodeId);
    if (broker === undefined) return;
    if (this.#options.isIdempotent && this.#identity.current === undefined) {
      this.#identity.request();
      return;
    }
    const connection = this.#cluster.connections.ready(broker, this.channel);
    if (connection === undefined) {
      this.#open(nodeId);
      return;
    }
    let waiting = queues;
    while (waiting.length > 0 && (this.#inFlight.get(nodeId) ?? 0) < this.#options.maxInFlight) {
      const sent = this.#take(waiting, nodeId);
      if (sent.length === 0) break;
      this.#send(connection, nodeId, sent);
      waiting = waiting.filter((queue) => queue.sendableAtMs(this.#flushes > 0) <= nowMs);
    }
  }

  #open(nodeId: number): void {
    const broker = this.#cluster.metadata.broker(nodeId);
    if (broker === undefined || this.#opening.has(nodeId)) return;
    this.#opening.add(nodeId);
    this.#cluster.connections.open(broker, this.channel).then(
      () => {
        this.#opening.delete(nodeId);
        this.poke();
      },
      () => {
        this.#opening.delete(nodeId);
        if (this.#isClosed) return;
        this.#cluster.refresher.request();
        this.poke();
      },
    );
  }

  /** One batch of each queue, as many as one request may have. */
  #take(queues: readonly PartitionQueue[], nodeId: number): SentBatch[] {
    const sent: SentBatch[] = [];
    let bytes = 0;
    for (const queue of queues) {
      if (bytes > 0 && bytes + queue.nextBytes > this.#options.requestBytesMax) break;
      if (queue.isIdentityUsedUp) {
        this.#identity.request();
        continue;
      }
      const taken = queue.take(this.#identity.current);
      if (taken === undefined) continue;
      queue.sentTo = nodeId;
      const packed = this.#pack(queue, taken.batch, () =>
        taken.batch.pack(this.#options.packing, taken.sequence),
      );
      if (packed === undefined) continue;
      bytes += packed.length;
      sent.push({ queue, batch: taken.batch, bytes: packed });
    }
    // Those that had no room this time come first next time.
    for (const { queue } of sent) {
      this.#active.delete(queue);
      this.#active.add(queue);
    }
    return sent;
  }

  #pack(queue: PartitionQueue, batch: ProducerBatch, pack: () => Buffer): Buffer | undefined {
    try {
      return pack();
    } catch (error) {
      this.#outcomes.fail(queue, batch, 'it could not be packed', error);
      return undefined;
    }
  }

  #send(connection: BrokerConnection, nodeId: number, sent: readonly SentBatch[]): void {
    this.#inFlight.set(nodeId, (this.#inFlight.get(nodeId) ?? 0) + 1);
    const { metadata } = this.#cluster;
    const topicIdOf = (topic: string) => metadata.topic(topic)?.topicId ?? zeroUuid;
    const learn = ({ nodeEndpoints }: ProduceResponse) => {
      for (const { nodeId: id, host, port } of nodeEndpoints) metadata.learnBroker(id, host, port);
    };
    const call = produce(connection, this.#options, sent, topicIdOf, learn, this.#transactions);
    call.then(
      (answers) => {
        this.#returned(nodeId);
        for (const [index, { queue, batch }] of sent.entries()) {
          this.#outcomes.answered(queue, batch, answers[index]);
        }
      },
      (error: unknown) => {
        this.#returned(nodeId);
        for (const { queue, batch } of sent) this.#outcomes.broken(queue, batch, error);
      },
    );
  }

  #returned(nodeId: number): void {
    this.#inFlight.set(nodeId, (this.#inFlight.get(nodeId) ?? 1) - 1);
    if (this.#isIdle) {
      this.#whenIdle?.resolve();
      this.#whenIdle = undefined;
    }
    this.poke();
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
