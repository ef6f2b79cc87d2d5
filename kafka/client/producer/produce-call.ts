import {
  type Element,
  type Encodable,
  type ProduceResponse,
  produceRequest,
  produceResponse,
  zeroUuid,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { partitionKey } from '../topic-partition.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { ProducerBatch } from './producer-batch.ts';

/** Topics go by id from the next version on. */
const LAST_VERSION_WITH_NAMES = 12;

/** A batch on its way, with the bytes that are sent. */
export interface SentBatch {
  readonly queue: PartitionQueue;
  readonly batch: ProducerBatch;
  readonly bytes: Buffer;
}

/** What the broker says of one partition. */
export type PartitionAnswer = Element<Element<ProduceResponse['responses']>['partitionResponses']>;

/** What is the same in all requests of a producer. */
export interface ProduceSettings {
  readonly acks: -1 | 0 | 1;
  readonly requestTimeoutMs: number;
}

/** In whose transaction a request writes. */
export interface ProduceTransaction {
  readonly transactionalId: string;
  readonly newestProduceVersion: number;
}

/**
 * Sends one Produce request with one batch per partition. Resolves with the answers in the order of `sent`; undefined
 * for a partition that the broker left out, and for all with acks 0.
 */
export async function produce(
  connection: BrokerConnection,
  settings: ProduceSettings,
  sent: readonly SentBatch[],
  topicIdOf: (topic: string) => string,
  onEndpoints: (response: ProduceResponse) => void,
  transaction: ProduceTransaction | undefined,
): Promise<readonly (PartitionAnswer | undefined)[]> {
  const names = new Map<string, string>();
  const body = {
    ...bodyOf(settings, sent, topicIdOf, names),
    transactionalId: transaction?.transactionalId ?? null,
  };
  const newestVersion = Math.min(
    names.has(zeroUuid) ? LAST_VERSION_WITH_NAMES : Number.POSITIVE_INFINITY,
    transaction?.newestProduceVersion ?? Number.POSITIVE_INFINITY,
  );
  if (settings.acks === 0) {
    connection.sendUnanswered(produceRequest, body, newestVersion);
    return [];
  }
  const options = { newestVersion, timeoutMs: settings.requestTimeoutMs };
  const response = await connection.send(produceRequest, produceResponse, body, options);
  onEndpoints(response);
  const answers = new Map<string, PartitionAnswer>();
  for (const { name, topicId, partitionResponses } of response.responses) {
    const topic = name === '' ? (names.get(topicId) ?? '') : name;
    for (const answer of partitionResponses) answers.set(partitionKey(topic, answer.index), answer);
  }
  return sent.map(({ queue }) => answers.get(partitionKey(queue.topic, queue.partition)));
}

function bodyOf(
  { acks, requestTimeoutMs }: ProduceSettings,
  sent: readonly SentBatch[],
  topicIdOf: (topic: string) => string,
  names: Map<string, string>,
): Encodable<typeof produceRequest> {
  const partitions = new Map<string, { index: number; records: Buffer }[]>();
  for (const { queue, bytes } of sent) {
    const data = { index: queue.partition, records: bytes };
    const known = partitions.get(queue.topic);
    if (known === undefined) partitions.set(queue.topic, [data]);
    else known.push(data);
  }
  const topicData = [...partitions].map(([name, partitionData]) => {
    const topicId = topicIdOf(name);
    names.set(topicId, name);
    return { name, topicId, partitionData };
  });
  return { transactionalId: null, acks, timeoutMs: requestTimeoutMs, topicData };
}
