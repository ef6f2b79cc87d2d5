import { StreamError } from '../../../platform/errors.ts';
import { ErrorCode, errorOf } from '../../protocol/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { DeliveryError, isRetriable, KafkaError, needsRefresh, RecordTooLargeError } from '../errors.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { PartitionAnswer } from './produce-call.ts';
import { mayBeWritten, reactionTo } from './produce-reaction.ts';
import type { ProducerBatch } from './producer-batch.ts';

/** Hears what becomes of batches. */
export interface OutcomeListener {
  onSucceeded(batch: ProducerBatch, queue: PartitionQueue, baseOffset: number, appendTimeMs: number): void;
  onFailed(batch: ProducerBatch, queue: PartitionQueue, error: StreamError): void;
  /** `parts` take the place of `batch`. */
  onSplit(batch: ProducerBatch, queue: PartitionQueue, parts: readonly ProducerBatch[]): void;
}

/** Draws the consequences of what brokers say to batches: done, once more, in smaller parts, or never. */
export class BatchOutcomes {
  readonly #cluster: Cluster;
  readonly #isUnanswered: boolean;
  readonly #isTransactional: boolean;
  readonly #listener: OutcomeListener;
  readonly #activate: (queue: PartitionQueue) => void;

  /** `isUnanswered`: acks is 0. `isTransactional`: lost sequences end the transaction. `activate` is called when a queue has something to send again. */
  constructor(
    cluster: Cluster,
    { isUnanswered, isTransactional }: { readonly isUnanswered: boolean; readonly isTransactional: boolean },
    listener: OutcomeListener,
    activate: (queue: PartitionQueue) => void,
  ) {
    this.#cluster = cluster;
    this.#isUnanswered = isUnanswered;
    this.#isTransactional = isTransactional;
    this.#listener = listener;
    this.#activate = activate;
  }

  /** The broker has answered; `answer` is undefined for acks 0, and when it left the partition out. */
  answered(queue: PartitionQueue, batch: ProducerBatch, answer: PartitionAnswer | undefined): void {
    if (this.#isUnanswered) {
      queue.succeeded(batch, false);
      this.#listener.onSucceeded(batch, queue, -1, -1);
      return;
    }
    if (answer === undefined) {
      this.broken(
        queue,
        batch,
        new KafkaError(ErrorCode.NETWORK_EXCEPTION, 'the broker did not mention the partition'),
      );
      return;
    }
    const { errorCode } = answer;
    if (mayBeWritten(errorCode)) batch.isPossiblyWritten = true;
    switch (reactionTo(errorCode)) {
      case 'done':
        queue.succeeded(batch);
        this.#listener.onSucceeded(batch, queue, answer.baseOffset, answer.logAppendTimeMs);
        break;
      case 'too-large':
        this.#split(queue, batch, errorCode);
        break;
      case 'out-of-sequence':
        if (this.#isTransactional) {
          this.fail(queue, batch, 'the broker refused it', new KafkaError(errorCode, 'Produce'));
          break;
        }
        this.#repeat(queue, batch, (atMs) => queue.outOfSequence(batch, atMs));
        break;
      case 'retry':
        this.#learn(queue, errorCode, answer);
        this.#repeat(queue, batch, (atMs) => queue.retry(batch, atMs));
        break;
      case 'fail':
        this.fail(
          queue,
          batch,
          'the broker refused it',
          new KafkaError(errorCode, 'Produce', messageOf(answer)),
        );
    }
  }

  /** The request has failed as a whole, or its answer is lost. */
  broken(queue: PartitionQueue, batch: ProducerBatch, error: unknown): void {
    if (!isRetriable(error) || this.#isUnanswered) {
      this.fail(queue, batch, 'it could not be sent', error);
      return;
    }
    batch.isPossiblyWritten = true;
    if (needsRefresh(error)) this.#cluster.refresher.request();
    this.#repeat(queue, batch, (atMs) => queue.retry(batch, atMs));
  }

  #repeat(queue: PartitionQueue, batch: ProducerBatch, repeat: (atMs: number) => void): void {
    // It has expired while it was under way: nobody waits for it any more.
    if (batch.isSettled) {
      queue.giveUp(batch);
      return;
    }
    repeat(this.#cluster.settings.clock.monotonic() + this.#cluster.backoffMs(batch.attempts));
    this.#activate(queue);
  }

  #split(queue: PartitionQueue, batch: ProducerBatch, errorCode: number): void {
    const parts = queue.tooLarge(batch);
    if (parts !== undefined) {
      this.#listener.onSplit(batch, queue, parts);
      this.#activate(queue);
      return;
    }
    const cause = new KafkaError(errorCode, 'Produce');
    queue.giveUp(batch);
    const problem = `it has ${batch.sizeInBytes} bytes; raise max.message.bytes of the topic or send less`;
    this.#listener.onFailed(
      batch,
      queue,
      new RecordTooLargeError(queue.topic, queue.partition, problem, cause),
    );
  }

  /** It will not be delivered. */
  fail(queue: PartitionQueue, batch: ProducerBatch, problem: string, cause: unknown): void {
    queue.giveUp(batch);
    const code = cause instanceof StreamError ? cause.code : 'CLIENT_DELIVERY';
    this.#listener.onFailed(
      batch,
      queue,
      new DeliveryError(code, queue.topic, queue.partition, problem, cause),
    );
  }

  /** An answer may name the new leader (KIP-951), which spares the metadata request. */
  #learn(queue: PartitionQueue, errorCode: number, { currentLeader }: PartitionAnswer): void {
    const { leaderId, leaderEpoch } = currentLeader;
    this.#cluster.metadata.learnLeader(queue.topic, queue.partition, leaderId, leaderEpoch);
    if (errorOf(errorCode).needsRefresh) this.#cluster.refresher.request();
  }
}

function messageOf({ errorMessage, recordErrors }: PartitionAnswer): string | null {
  const details = recordErrors.map(
    ({ batchIndex, batchIndexErrorMessage }) =>
      `record ${batchIndex}: ${batchIndexErrorMessage ?? 'invalid'}`,
  );
  return details.length > 0 ? details.slice(0, 10).join('; ') : errorMessage;
}
