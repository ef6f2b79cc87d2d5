import type { KafkaClient, Producer } from '../../kafka/client/index.ts';
import type { HeaderInput } from '../../kafka/records/index.ts';
import type { ErrorSettings, Secrets } from '../config/index.ts';
import { DeadLetterError, messageOf, reasonOf, type StageError } from './errors.ts';
import type { TaskProgress } from './progress.ts';
import { createTopic } from './topic-creation.ts';

/** A record that failed, as it was. */
export interface DeadLetter {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly HeaderInput[];
  readonly timestamp: number | undefined;
  /** Facts for the headers `__connect.errors.<name>`, before those about the error. */
  readonly context: Readonly<Record<string, string>>;
}

/** What an open {@link DeadLetterQueue} needs to know. */
export interface DeadLetterOptions {
  readonly connector: string;
  readonly task: number;
  readonly settings: ErrorSettings;
  readonly secrets: Secrets;
  readonly progress: TaskProgress;
}

const prefix = '__connect.errors.';

/** The topic that a connector's bad records go to (KIP-298). Sources have one too, unlike in Kafka Connect. */
export class DeadLetterQueue {
  readonly #options: DeadLetterOptions;
  readonly #topic: string;
  readonly #producer: Producer;
  #failure: DeadLetterError | undefined;
  #pending = 0;

  private constructor(options: DeadLetterOptions, topic: string, producer: Producer) {
    this.#options = options;
    this.#topic = topic;
    this.#producer = producer;
  }

  /** Creates the topic when it is missing. Undefined when the settings have none. */
  static async open(client: KafkaClient, options: DeadLetterOptions): Promise<DeadLetterQueue | undefined> {
    const { deadLetterTopic, deadLetterReplicationFactor, isTolerated } = options.settings;
    if (deadLetterTopic === undefined || !isTolerated) return undefined;
    await createTopic(client, deadLetterTopic, {
      partitionCount: 1,
      replicationFactor: deadLetterReplicationFactor,
      configs: {},
    });
    return new DeadLetterQueue(options, deadLetterTopic, client.producer({ lingerMs: 5 }));
  }

  /** Takes a record; `onDone` is called once it is durable. A failure appears at {@link settled} instead. */
  report(letter: DeadLetter, failure: StageError, onDone?: () => void): void {
    const { key, value, timestamp } = letter;
    const headers = this.#options.settings.hasContextHeaders
      ? [...letter.headers, ...this.#contextHeaders(letter, failure)]
      : letter.headers;
    const { progress } = this.#options;
    this.#pending++;
    progress.deadLetterRequests++;
    try {
      this.#producer.append({ topic: this.#topic, key, value, headers, timestamp }, (error) => {
        this.#pending--;
        if (error === undefined) onDone?.();
        else {
          progress.deadLetterFailures++;
          this.#failure ??= new DeadLetterError(this.#topic, error);
        }
      });
    } catch (error) {
      this.#pending--;
      progress.deadLetterFailures++;
      throw new DeadLetterError(this.#topic, error);
    }
  }

  /** Resolves when all that was reported is durable. Throws {@link DeadLetterError} if some of it never will be. */
  async settled(): Promise<void> {
    if (this.#pending > 0) await this.#producer.flush();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(timeoutMs?: number): Promise<void> {
    await this.#producer.close(timeoutMs);
  }

  #contextHeaders({ context }: DeadLetter, failure: StageError): HeaderInput[] {
    const { secrets } = this.#options;
    const reason = reasonOf(failure);
    const facts = {
      ...context,
      'connector.name': this.#options.connector,
      'task.id': String(this.#options.task),
      stage: failure.stage,
      'class.name': failure.className,
      'exception.class.name': reason instanceof Error ? reason.name : typeof reason,
      'exception.message': messageOf(reason),
      'exception.stacktrace': reason instanceof Error ? (reason.stack ?? '') : '',
    };
    return Object.entries(facts).map(([name, text]) => ({
      key: prefix + name,
      value: Buffer.from(secrets.redact(text)),
    }));
  }
}
