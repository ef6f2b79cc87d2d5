import { sleep, type Timer } from '../../../platform/clock.ts';
import { ErrorCode, metadataRequest, metadataResponse } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { ApiTimeoutError, ClientClosedError, isRetriable, KafkaError, TopicMissingError } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import type { MetadataCache, TopicMetadata } from './metadata-cache.ts';
import type { ClientSettings } from './settings.ts';

type CallAny = <T>(call: (connection: BrokerConnection) => Promise<T>) => Promise<T>;

/** Topics of one request; null: all. */
type Topics = ReadonlySet<string> | null;

interface Running {
  readonly topics: Topics;
  readonly promise: Promise<void>;
}

/** How {@link MetadataRefresher.awaitTopic} waits. */
export interface AwaitTopicOptions {
  readonly isCreating: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Keeps metadata fresh: on demand (one request at a time; who comes while one runs shares it, or the next) and on age.
 * Reads the topics that somebody watches, or all when somebody watches all.
 */
export class MetadataRefresher {
  readonly #settings: ClientSettings;
  readonly #metadata: MetadataCache;
  readonly #callAny: CallAny;
  readonly #watched = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #creating = new Set<string>();
  #watchesOfAll = 0;
  #running: Running | undefined;
  #next: { readonly topics: Set<string>; readonly promise: Promise<void> } | undefined;
  #ageTimer: Timer | undefined;
  #isRequested = false;
  #failures = 0;
  #isClosed = false;

  constructor(settings: ClientSettings, metadata: MetadataCache, callAny: CallAny) {
    this.#settings = settings;
    this.#metadata = metadata;
    this.#callAny = callAny;
  }

  /** Keeps the topic in refreshes until {@link unwatch} was called as often. */
  watch(topic: string): void {
    this.#watched.set(topic, (this.#watched.get(topic) ?? 0) + 1);
  }

  unwatch(topic: string): void {
    const count = this.#watched.get(topic) ?? 0;
    if (count > 1) this.#watched.set(topic, count - 1);
    else this.#watched.delete(topic);
  }

  /** Reads all topics from now on, until the returned function is called. */
  watchAll(): () => void {
    this.#watchesOfAll += 1;
    let isActive = true;
    return () => {
      if (isActive) this.#watchesOfAll -= 1;
      isActive = false;
    };
  }

  /** Calls `listener` after each refresh until the returned function is called. */
  onRefresh(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the watched topics and these anew. Rejects when no broker can be asked. */
  refresh(topics: readonly string[] = []): Promise<void> {
    if (this.#running === undefined) return this.#start(new Set(topics));
    if (covers(this.#running.topics, topics)) return this.#running.promise;
    if (this.#next === undefined) {
      const wanted = new Set(topics);
      const start = () => {
        this.#next = undefined;
        return this.#start(wanted);
      };
      this.#next = { topics: wanted, promise: this.#running.promise.then(start, start) };
    }
    for (const topic of topics) this.#next.topics.add(topic);
    return this.#next.promise;
  }

  /** Reads metadata soon, again and again until it works: something has shown that it is out of date. */
  request(): void {
    if (this.#isRequested || this.#isClosed) return;
    this.#isRequested = true;
    const { clock, entropy, retryBackoffMs, retryBackoffMaxMs } = this.#settings;
    const waitMs =
      this.#failures === 0 ? 0 : backoffMs(this.#failures, retryBackoffMs, retryBackoffMaxMs, entropy);
    clock.timer(waitMs, () => {
      this.refresh().then(
        () => {
          this.#isRequested = false;
        },
        () => {
          this.#isRequested = false;
          this.request();
        },
      );
    });
  }

  /** The topic, waiting until it exists. Throws {@link TopicMissingError}, or KafkaError when it cannot come to exist. */
  async awaitTopic(
    name: string,
    { isCreating, timeoutMs, signal }: AwaitTopicOptions,
  ): Promise<TopicMetadata> {
    const { clock, entropy, retryBackoffMs, retryBackoffMaxMs } = this.#settings;
    const deadlineMs = clock.monotonic() + timeoutMs;
    for (let failures = 1; ; failures += 1) {
      const failure = await this.#ask(name, isCreating);
      const topic = this.#metadata.topic(name);
      if (topic !== undefined) return topic;
      signal?.throwIfAborted();
      if (failure !== undefined && !isRetriable(failure)) throw failure;
      const waitMs = backoffMs(failures, retryBackoffMs, retryBackoffMaxMs, entropy);
      if (clock.monotonic() + waitMs >= deadlineMs) throw timeoutOf(name, timeoutMs, failure);
      await sleep(clock, waitMs, signal);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#ageTimer?.cancel();
    this.#listeners.clear();
  }

  async #ask(name: string, isCreating: boolean): Promise<Error | undefined> {
    if (this.#metadata.topic(name) !== undefined) return undefined;
    if (isCreating) this.#creating.add(name);
    try {
      await this.refresh([name]);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    const errorCode = this.#metadata.errorOf(name);
    if (errorCode === ErrorCode.NONE) return undefined;
    return new KafkaError(errorCode, `reading metadata of topic ${name}`);
  }

  #start(extra: ReadonlySet<string>): Promise<void> {
    const topics = this.#watchesOfAll > 0 ? null : new Set([...this.#watched.keys(), ...extra]);
    const promise = this.#read(topics, extra).finally(() => {
      this.#running = undefined;
    });
    this.#running = { topics, promise };
    return promise;
  }

  async #read(topics: Topics, extra: ReadonlySet<string>): Promise<void> {
    if (this.#isClosed) throw new ClientClosedError('client');
    const creating = [...this.#creating].filter((name) => this.#metadata.topic(name) === undefined);
    this.#creating.clear();
    try {
      await this.#callAny((connection) => this.#load(connection, topics, false));
      // A request for all topics creates none, and one that may create must not create what others only watch.
      const missing = [...extra].filter(
        (name) => creating.includes(name) && this.#metadata.topic(name) === undefined,
      );
      if (missing.length > 0)
        await this.#callAny((connection) => this.#load(connection, new Set(missing), true));
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#settings.logger.debug({ error }, 'metadata could not be read');
      throw error;
    } finally {
      this.#scheduleByAge();
    }
    for (const listener of [...this.#listeners]) listener();
  }

  async #load(connection: BrokerConnection, topics: Topics, allowAutoTopicCreation: boolean): Promise<void> {
    // Version 0 has no null: there an empty list means all.
    const names = topics === null ? null : [...topics].map((name) => ({ name }));
    const response = await connection.send(metadataRequest, metadataResponse, {
      topics: names,
      allowAutoTopicCreation,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    this.#metadata.apply(response, topics === null);
  }

  #scheduleByAge(): void {
    this.#ageTimer?.cancel();
    if (this.#isClosed) return;
    this.#ageTimer = this.#settings.clock.timer(this.#settings.metadataMaxAgeMs, () => {
      if (this.#watched.size > 0 || this.#watchesOfAll > 0) this.request();
    });
  }
}

function covers(running: Topics, topics: readonly string[]): boolean {
  return running === null || topics.every((topic) => running.has(topic));
}

function timeoutOf(topic: string, timeoutMs: number, failure: Error | undefined): Error {
  const isMissing = failure === undefined || failure instanceof KafkaError;
  if (isMissing) return new TopicMissingError(topic, timeoutMs, failure);
  return new ApiTimeoutError(`reading metadata of topic ${topic}`, timeoutMs, failure);
}
