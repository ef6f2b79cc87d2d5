import type { Producer, ProducerRecord } from '../../../../kafka/client/index.ts';
import type { Clock } from '../../../../platform/clock.ts';
import type { StreamError } from '../../../../platform/errors.ts';
import { javaText } from '../java-error.ts';
import { logLine } from '../log-line.ts';
import type { ToolOutput } from '../tool-output.ts';

type Content = Pick<ProducerRecord, 'key' | 'value' | 'headers'>;

/** Sends records to one topic, waits while the producer is full, and tells of each record that fails. */
export class RecordSender {
  /** Whether a record was not delivered. */
  hasFailed = false;
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #isSync: boolean;
  readonly #err: ToolOutput;
  readonly #clock: Clock;
  #complaints: Promise<void> = Promise.resolve();

  constructor(
    producer: Producer,
    { topic, isSync }: { readonly topic: string; readonly isSync: boolean },
    err: ToolOutput,
    clock: Clock,
  ) {
    this.#producer = producer;
    this.#topic = topic;
    this.#isSync = isSync;
    this.#err = err;
    this.#clock = clock;
  }

  /** Resolves when the next record may be sent: with `isSync` when this one is acknowledged. */
  async send(content: Content): Promise<void> {
    const onDone = (error: StreamError | undefined) => {
      if (error !== undefined) this.#complain(content, error);
    };
    try {
      const hasRoom = this.#producer.append({ topic: this.#topic, ...content }, onDone);
      if (this.#isSync) await this.flush();
      else if (!hasRoom) await this.#producer.ready();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#complain(content, error);
    }
  }

  /** Resolves when all records are delivered or have failed. */
  async flush(): Promise<void> {
    await this.#producer.flush();
    await this.#complaints;
  }

  #complain({ key, value }: Content, error: Error): void {
    this.hasFailed = true;
    const size = (part: Content['key']) => (part == null ? 'null' : `${Buffer.byteLength(part)} bytes`);
    const text = `Error when sending message to topic ${this.#topic} with key: ${size(key)}, value: ${size(value)} with error:`;
    const logger = 'org.apache.kafka.clients.producer.internals.ErrorLoggingCallback';
    const lines = `${logLine(this.#clock.now(), 'ERROR', text, logger)}\n${javaText(error)}`;
    this.#complaints = this.#complaints.then(() => this.#err.line(lines));
  }
}
