import {
  type Consumer,
  KafkaError,
  type RebalanceListener,
  type Subscription,
  type TopicPartition,
} from '../../../kafka/client/index.ts';

const text = (partitions: readonly TopicPartition[]) =>
  partitions
    .map(({ topic, partition }) => `${topic}${partition}`)
    .sort()
    .join(' ');

/** A consumer that polls all the time, and notes what it is told and what it reads. */
export class GroupReader {
  readonly consumer: Consumer;
  /** `+ t0 t1`, `- t0` and `! t0` for what is assigned, revoked and lost. */
  readonly events: string[] = [];
  readonly values: string[] = [];
  readonly errors: unknown[] = [];
  /** Called within each rebalance hook. */
  onHook: (event: string) => Promise<void> | void = () => {};
  #isStopping = false;
  #running: Promise<void> | undefined;

  constructor(consumer: Consumer) {
    this.consumer = consumer;
  }

  get listener(): RebalanceListener {
    const hear = (sign: string) => async (partitions: readonly TopicPartition[]) => {
      const event = `${sign} ${text(partitions)}`.trim();
      this.events.push(event);
      await this.onHook(event);
    };
    return { onAssigned: hear('+'), onRevoked: hear('-'), onLost: hear('!') };
  }

  get assigned(): string {
    return text(this.consumer.assignment());
  }

  start(subscription: Subscription): this {
    this.consumer.subscribe(subscription, this.listener);
    return this.resume();
  }

  /** Polls on. */
  resume(): this {
    this.#isStopping = false;
    this.#running = this.#loop();
    return this;
  }

  /** Ends the polling after the poll under way; the consumer stays open. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.consumer.wakeup();
    await this.#running;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.consumer.close();
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      try {
        for (const { records } of await this.consumer.poll(200)) {
          for (const { value } of records) this.values.push(value?.toString() ?? '');
        }
      } catch (error) {
        this.errors.push(error);
        // Another has taken its place for good: every further poll would say so at once.
        if (error instanceof KafkaError && error.errorName === 'FENCED_INSTANCE_ID') return;
      }
    }
  }
}
