import {
  type Element,
  type Encodable,
  ErrorCode,
  type ProduceRequest,
  produceRequest,
  produceResponse,
} from '../../../kafka/protocol/index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import type { Clock, Timer } from '../../../platform/clock.ts';
import { StreamError } from '../../../platform/errors.ts';
import type { Executor } from '../../../platform/executor.ts';
import { isInternalTopic } from '../../metadata/index.ts';
import type { Partition } from '../../replica/partition.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type ProduceResult, produce, refused } from '../../replica/produce.ts';
import { ProduceValidation } from '../../replica/produce-validation.ts';
import {
  isTransactional,
  type ProduceVerifier,
  type TransactionalPart,
  transactionalProducer,
  type Verified,
} from '../../replica/produce-verifier.ts';
import { type Api, parkingApi, type Respond } from '../api.ts';
import type { RequestContext } from '../request-context.ts';
import { repeats } from './repeats.ts';

const TOPIC_IDS_SINCE = 13;
const ZSTD_SINCE = 7;
const ADMIN_CLIENT_ID = '__admin_client';

type TopicData = Element<ProduceRequest['topicData']>;
type PartitionData = Element<TopicData['partitionData']>;
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
export function produceApi(
  partitions: Partitions,
  verifier: ProduceVerifier,
  clock: Clock,
  executor: Executor,
): Api {
  const environment = { partitions, verifier, clock, validation: new ProduceValidation(executor) };
  return parkingApi(produceRequest, produceResponse, { overlaps: true }, (request, context, respond) => {
    new ProduceOperation(environment, request, context, respond).start();
  });
}

interface ProduceEnvironment {
  readonly partitions: Partitions;
  readonly verifier: ProduceVerifier;
  readonly clock: Clock;
  readonly validation: ProduceValidation;
}

/**
 * A request as Kafka understands it: of what it says of one partition the last counts, a topic is answered once, and one
 * without partitions not at all.
 */
function withoutRepeats(request: ProduceRequest): ProduceRequest {
  if (!hasRepeats(request.topicData)) return request;
  const topics = new Map<string, { topic: TopicData; partitions: Map<number, PartitionData> }>();
  for (const topic of request.topicData) {
    const key = `${topic.topicId} ${topic.name}`;
    const known = topics.get(key) ?? { topic, partitions: new Map() };
    topics.set(key, known);
    for (const data of topic.partitionData) known.partitions.set(data.index, data);
  }
  const topicData = [...topics.values()]
    .filter(({ partitions }) => partitions.size > 0)
    .map(({ topic, partitions }) => ({ ...topic, partitionData: [...partitions.values()] }));
  return { ...request, topicData };
}

/** Whether that changes anything: no producer sends the like. */
function hasRepeats(topics: readonly TopicData[]): boolean {
  return (
    repeats(topics, ({ topicId, name }) => `${topicId} ${name}`) ||
    topics.some(({ partitionData }) => partitionData.length === 0 || repeats(partitionData, indexOf))
  );
}

const indexOf = ({ index }: PartitionData) => index;

/** One produce request under way. */
class ProduceOperation {
  readonly #environment: ProduceEnvironment;
  #request: ProduceRequest;
  readonly #context: RequestContext;
  readonly #respond: Respond<Response>;
  readonly #results: (ProduceResult | undefined)[] = [];
  /** What verification said of the partitions with transactional batches, in their order in the request. */
  #verified: readonly (Verified | undefined)[] = [];
  #open = 1;
  #timer: Timer | undefined;
  #isFinished = false;

  constructor(
    environment: ProduceEnvironment,
    request: ProduceRequest,
    context: RequestContext,
    respond: Respond<Response>,
  ) {
    this.#environment = environment;
    this.#request = withoutRepeats(request);
    this.#context = context;
    this.#respond = respond;
  }

  start(): void {
    const producer = transactionalProducer(this.#request);
    const { transactionalId } = this.#request;
    if (producer === undefined) this.#produceAll();
    else if (transactionalId === null)
      this.#refuseAll(
        ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        'transactional records need a transactional id',
      );
    else if (producer === 'several')
      this.#refuseAll(
        ErrorCode.INVALID_PRODUCER_ID_MAPPING,
        'Transactional records contained more than one producer ID',
      );
    else this.#verify({ ...producer, transactionalId, apiVersion: this.#context.apiVersion });
  }

  /** Asks the coordinator where it must be asked, then goes on. Nothing is appended before that. */
  #verify(producer: Omit<Parameters<ProduceVerifier['verify']>[0], 'parts'>): void {
    const parts: (TransactionalPart | undefined)[] = [];
    for (const topic of this.#request.topicData) {
      for (const { index, records } of topic.partitionData) {
        const partition = this.#lookup(topic, index);
        const isPart = records !== null && isTransactional(records) && typeof partition !== 'number';
        parts.push(isPart ? { partition, sequence: batchHeader.baseSequence(records, 0) } : undefined);
      }
    }
    let isDone = false;
    const known = parts.filter((part) => part !== undefined);
    this.#environment.verifier.verify({ ...producer, parts: known }, (outcomes) => {
      let next = 0;
      isDone = true;
      this.#verified = parts.map((part) => (part === undefined ? undefined : outcomes[next++]));
      this.#produceAll();
    });
    if (!isDone && !this.#context.ownsBytes) this.#copyRecords();
  }

  #produceAll(): void {
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

  #refuseAll(errorCode: number, message: string): void {
    for (const { partitionData } of this.#request.topicData) {
      for (const _ of partitionData) this.#results.push(refused(errorCode, message));
    }
    this.#finish();
  }

  /** The request's memory is used for others when the handler has returned. */
  #copyRecords(): void {
    const topicData = this.#request.topicData.map((topic) => ({
      ...topic,
      partitionData: topic.partitionData.map(({ index, records }) => ({
        index,
        records: records === null ? null : Buffer.from(records),
      })),
    }));
    this.#request = { ...this.#request, topicData };
  }

  #lookup(topic: TopicData, index: number): Partition | number {
    const usesTopicIds = this.#context.apiVersion >= TOPIC_IDS_SINCE;
    const reference = { topic: topic.name, topicId: topic.topicId, partition: index };
    return this.#environment.partitions.lookup(reference, usesTopicIds);
  }

  #produce(
    topic: TopicData,
    index: number,
    records: Buffer | null,
    done: (result: ProduceResult) => void,
  ): void {
    const partition = this.#lookup(topic, index);
    if (typeof partition === 'number') {
      done(refused(partition));
      return;
    }
    if (![-1, 0, 1].includes(this.#request.acks)) {
      done(refused(ErrorCode.INVALID_REQUIRED_ACKS));
      return;
    }
    if (isInternalTopic(partition.topic) && this.#context.clientId !== ADMIN_CLIENT_ID) {
      done(refused(ErrorCode.INVALID_TOPIC_EXCEPTION, `${partition.topic} is written by the broker alone`));
      return;
    }
    const verified = this.#verified[this.#results.length - 1];
    if (verified !== undefined && verified.errorCode !== ErrorCode.NONE) {
      done(refused(verified.errorCode, verified.errorMessage));
      return;
    }
    const options = {
      nowMs: this.#environment.clock.now(),
      isZstdAllowed: this.#context.apiVersion >= ZSTD_SINCE,
      ownsBytes: this.#context.ownsBytes,
      validation: this.#environment.validation,
      guard: verified?.guard,
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
    this.#timer = this.#environment.clock.timer(this.#request.timeoutMs, () => this.#finish());
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
