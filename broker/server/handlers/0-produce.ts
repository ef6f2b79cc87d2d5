import {
  type Element,
  type Encodable,
  ErrorCode,
  type ProduceRequest,
  produceRequest,
  produceResponse,
} from '../../../kafka/protocol/index.ts';
import type { Clock, Timer } from '../../../platform/clock.ts';
import { StreamError } from '../../../platform/errors.ts';
import type { Executor } from '../../../platform/executor.ts';
import { isInternalTopic } from '../../metadata/index.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type ProduceResult, produce, refused } from '../../replica/produce.ts';
import { ProduceValidation } from '../../replica/produce-validation.ts';
import { type Api, parkingApi, type Respond } from '../api.ts';
import type { RequestContext } from '../request-context.ts';

const TOPIC_IDS_SINCE = 13;
const ZSTD_SINCE = 7;
const ADMIN_CLIENT_ID = '__admin_client';

type TopicData = Element<ProduceRequest['topicData']>;
type Response = Encodable<typeof produceResponse>;

/** With acks=0 the client hears of a failure only by losing its connection. */
class UnacknowledgedProduceError extends StreamError {
  constructor(codes: readonly number[]) {
    super(
      'BROKER_PRODUCE_UNACKNOWLEDGED',
      `records sent with acks=0 were refused with error codes ${codes.join(', ')}`,
    );
  }
}

/** Produce: appends each partition's batch and answers when all of them are durable, or after `timeoutMs`. */
export function produceApi(partitions: Partitions, clock: Clock, executor: Executor): Api {
  const validation = new ProduceValidation(executor);
  return parkingApi(produceRequest, produceResponse, { overlaps: true }, (request, context, respond) => {
    new ProduceOperation(partitions, clock, validation, request, context, respond).start();
  });
}

/** One produce request under way. */
class ProduceOperation {
  readonly #partitions: Partitions;
  readonly #clock: Clock;
  readonly #validation: ProduceValidation;
  readonly #request: ProduceRequest;
  readonly #context: RequestContext;
  readonly #respond: Respond<Response>;
  readonly #results: (ProduceResult | undefined)[] = [];
  #open = 1;
  #timer: Timer | undefined;
  #isFinished = false;

  constructor(
    partitions: Partitions,
    clock: Clock,
    validation: ProduceValidation,
    request: ProduceRequest,
    context: RequestContext,
    respond: Respond<Response>,
  ) {
    this.#partitions = partitions;
    this.#clock = clock;
    this.#validation = validation;
    this.#request = request;
    this.#context = context;
    this.#respond = respond;
  }

  start(): void {
    for (const topic of this.#request.topicData) {
      for (const { index, records } of topic.partitionData) {
        const slot = this.#results.push(undefined) - 1;
        this.#open += 1;
        this.#produce(topic, index, records, (result) => {
          this.#results[slot] = result;
          this.#close();
        });
      }
    }
    this.#close();
    if (this.#open === 0) return;
    if (this.#request.acks === 0) this.#finish();
    else this.#startTimer();
  }

  #produce(
    topic: TopicData,
    index: number,
    records: Buffer | null,
    done: (result: ProduceResult) => void,
  ): void {
    if (![-1, 0, 1].includes(this.#request.acks)) {
      done(refused(ErrorCode.INVALID_REQUIRED_ACKS));
      return;
    }
    const usesTopicIds = this.#context.apiVersion >= TOPIC_IDS_SINCE;
    const reference = { topic: topic.name, topicId: topic.topicId, partition: index };
    const partition = this.#partitions.lookup(reference, usesTopicIds);
    if (typeof partition === 'number') {
      done(refused(partition));
      return;
    }
    if (isInternalTopic(partition.topic) && this.#context.clientId !== ADMIN_CLIENT_ID) {
      done(refused(ErrorCode.INVALID_TOPIC_EXCEPTION, `${partition.topic} is written by the broker alone`));
      return;
    }
    const options = {
      nowMs: this.#clock.now(),
      isZstdAllowed: this.#context.apiVersion >= ZSTD_SINCE,
      ownsBytes: this.#context.ownsBytes,
      validation: this.#validation,
    };
    produce(partition, records, options, done);
  }

  #close(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    // What failed may still be told of somewhere; what was appended is in the files.
    if (this.#results.every((result) => result?.errorCode === ErrorCode.NONE)) this.#context.releaseBytes();
    this.#finish();
  }

  #startTimer(): void {
    this.#timer = this.#clock.timer(this.#request.timeoutMs, () => this.#finish());
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#timer?.cancel();
    if (this.#request.acks === 0) this.#respond(this.#unacknowledged());
    else this.#respond(this.#response());
  }

  #unacknowledged(): undefined | Error {
    const codes = this.#results.map((result) => result?.errorCode ?? ErrorCode.NONE);
    const failures = codes.filter((code) => code !== ErrorCode.NONE);
    return failures.length === 0 ? undefined : new UnacknowledgedProduceError(failures);
  }

  #response(): Response {
    let slot = 0;
    return {
      responses: this.#request.topicData.map(({ name, topicId, partitionData }) => ({
        name,
        topicId,
        partitionResponses: partitionData.map(({ index }) => ({
          index,
          ...(this.#results[slot++] ?? refused(ErrorCode.REQUEST_TIMED_OUT)),
        })),
      })),
    };
  }
}
