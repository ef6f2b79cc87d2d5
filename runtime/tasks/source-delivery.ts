import {
  isRetriable as isRetriableClientError,
  type OnDone,
  type Producer,
  type ProducerRecord,
} from '../../kafka/client/index.ts';
import { StreamError } from '../../platform/errors.ts';
import type { SourceBatch, SourceRecord, UnreadableRecord } from '../plugin/index.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ErrorPolicy } from './error-policy.ts';
import { StageError } from './errors.ts';
import type { TrackedBatch } from './position-tracker.ts';
import type { TaskProgress } from './progress.ts';
import type { SourceEncoder } from './source-encoder.ts';
import { sourceLetter } from './source-letter.ts';
import type { SourceStream } from './source-stream.ts';
import type { TopicCreation } from './topic-creation.ts';

/** What a {@link SourceDelivery} works with. */
export interface SourceDeliveryParts {
  readonly encoder: SourceEncoder;
  readonly policy: ErrorPolicy;
  readonly topics: TopicCreation;
  readonly producer: Producer;
  readonly deadLetters: DeadLetterQueue | undefined;
  readonly progress: TaskProgress;
  /** For messages: the plugin's class, and the topic that the connector's config names. */
  readonly source: { readonly className: string; readonly topic: string };
  /** Whether the task was given up: nothing is written or created any more. */
  isCancelled(): boolean;
  /** A record cannot be delivered, and that is not tolerated. */
  onFailure(error: unknown): void;
}

/** Brings a source's batches to the producer, and what fails on the way to the dead letter queue. */
export class SourceDelivery {
  readonly #parts: SourceDeliveryParts;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: SourceDeliveryParts) {
    this.#parts = parts;
  }

  /** Sends a batch; resolves when there is room for the next one. Acks are counted in `tracked`. */
  async deliver(batch: SourceBatch, tracked: TrackedBatch, stream: SourceStream): Promise<void> {
    const work = this.#deliver(batch, tracked, stream);
    const quiet = work.catch(() => undefined);
    this.#underWay.add(quiet);
    try {
      await work;
    } finally {
      this.#underWay.delete(quiet);
    }
  }

  /** Resolves when no batch is being delivered, apart from those that begin meanwhile. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #deliver(batch: SourceBatch, tracked: TrackedBatch, stream: SourceStream): Promise<void> {
    const { progress, topics, producer, policy } = this.#parts;
    progress.recordsRead += batch.records.length + (batch.unreadable?.length ?? 0);
    for (const unreadable of batch.unreadable ?? []) this.#setUnreadableAside(unreadable, tracked, stream);
    const encoded: ProducerRecord[] = [];
    /** The source's record that each encoded one came from; only kept when it may be needed. */
    const originals: SourceRecord[] | undefined = policy.settings.isTolerated ? [] : undefined;
    for (const record of batch.records) {
      const before = encoded.length;
      let isFailed = false;
      try {
        const later = this.#parts.encoder.encode(record, encoded);
        if (later !== undefined) await later;
      } catch (error) {
        isFailed = !(await this.#recover(error, record, encoded, tracked, stream));
      }
      if (encoded.length === before && !isFailed) progress.recordsFiltered++;
      if (originals !== undefined) for (let n = before; n < encoded.length; n++) originals.push(record);
    }
    if (this.#parts.isCancelled()) return;
    let known: string | undefined;
    for (const { topic } of encoded) {
      if (topic !== known && !topics.isKnown(topic)) await topics.ensure(topic);
      known = topic;
    }
    const onDone = this.#onDone(tracked);
    for (let index = 0; index < encoded.length; index++) {
      const original = originals?.[index];
      this.#append(
        encoded[index] as ProducerRecord,
        tracked,
        original === undefined ? onDone : this.#onDoneOf(original, tracked, stream),
      );
    }
    tracked.close();
    if (producer.isFull) await producer.ready();
  }

  /** True when a later attempt succeeded; false when the record was set aside. */
  async #recover(
    error: unknown,
    record: SourceRecord,
    encoded: ProducerRecord[],
    tracked: TrackedBatch,
    stream: SourceStream,
  ): Promise<boolean> {
    const { policy, encoder } = this.#parts;
    if (!(error instanceof StageError)) throw error;
    const outcome = await policy.recover(error, () => encoder.encode(record, encoded));
    if (!(outcome instanceof StageError)) return true;
    this.#setAside(record, outcome, tracked, stream);
    return false;
  }

  #append(record: ProducerRecord, tracked: TrackedBatch, onDone: OnDone): void {
    tracked.add();
    try {
      this.#parts.producer.append(record, onDone);
    } catch (error) {
      const refusal =
        error instanceof StreamError ? error : new StageError('KAFKA_PRODUCE', 'producer', error);
      onDone(refusal, -1, -1, -1);
    }
  }

  #onDone(tracked: TrackedBatch): OnDone {
    const { progress, onFailure } = this.#parts;
    return (error) => {
      if (error !== undefined) {
        onFailure(error);
        return;
      }
      progress.recordsWritten++;
      tracked.done();
    };
  }

  #onDoneOf(record: SourceRecord, tracked: TrackedBatch, stream: SourceStream): OnDone {
    const { progress, onFailure, policy } = this.#parts;
    return (error) => {
      if (error === undefined) {
        progress.recordsWritten++;
        tracked.done();
        return;
      }
      try {
        if (!isAboutRecord(error)) throw error;
        const failure = new StageError('KAFKA_PRODUCE', 'producer', error);
        policy.requireTolerated(failure);
        this.#setAside(record, failure, tracked, stream);
        tracked.done();
      } catch (reason) {
        onFailure(reason);
      }
    };
  }

  /** What the source could not make a record of. Throws when that is not tolerated, before anything is sent. */
  #setUnreadableAside(unreadable: UnreadableRecord, tracked: TrackedBatch, stream: SourceStream): void {
    const { source } = this.#parts;
    const failure = new StageError('TASK_POLL', source.className, unreadable.error);
    this.#parts.policy.requireTolerated(failure);
    const { raw, headers, topic } = unreadable;
    this.#setAside({ value: raw, headers, topic: topic ?? source.topic }, failure, tracked, stream);
  }

  #setAside(
    record: Pick<SourceRecord, 'key' | 'value' | 'headers' | 'timestamp' | 'topic'>,
    failure: StageError,
    tracked: TrackedBatch,
    stream: SourceStream,
  ): void {
    const { deadLetters, progress, policy } = this.#parts;
    const topic = record.topic ?? '';
    policy.log(failure, { topic, timestamp: record.timestamp });
    if (deadLetters === undefined) {
      progress.recordsSkipped++;
      return;
    }
    tracked.add();
    const context = { topic, partition: stream.partition, position: tracked.position };
    deadLetters.report(sourceLetter(record, context), failure, () => {
      progress.recordsDeadLettered++;
      tracked.done();
    });
  }
}

const recordErrors = new Set(['MESSAGE_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP', 'CORRUPT_MESSAGE']);

/** Whether the record itself is at fault. Anything else would hit the next one as well: the task has to fail. */
function isAboutRecord(error: StreamError): boolean {
  if (error instanceof StageError || error.code === 'CLIENT_RECORD_TOO_LARGE') return true;
  const { cause } = error;
  if (isRetriableClientError(error)) return false;
  return cause instanceof Error && 'errorName' in cause && recordErrors.has(String(cause.errorName));
}
