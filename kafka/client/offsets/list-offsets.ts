import { type Encodable, ErrorCode, listOffsetsRequest, listOffsetsResponse } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type ItemRetryOptions, itemErrorOf, retryItems } from '../cluster/retry-items.ts';
import { KafkaError } from '../errors.ts';
import { partitionKey, type TopicPartition } from '../topic-partition.ts';

/** Instead of a time in ms: the end of the log, its beginning, the record with the largest timestamp. */
export const LATEST = -1;
export const EARLIEST = -2;
export const MAX_TIMESTAMP = -3;
/** Of tiered storage: the first offset on the broker's disk, the last and the first not yet in the remote one. */
export const EARLIEST_LOCAL = -4;
export const LATEST_TIERED = -5;
export const EARLIEST_PENDING_UPLOAD = -6;

export type IsolationLevel = 'read_uncommitted' | 'read_committed';

/** A question about one partition. `timestamp` is in ms, or one of the constants. */
export interface OffsetQuestion extends TopicPartition {
  readonly timestamp: number;
}

/** `offset` and `timestamp` are -1 when there is no such record, or an error. */
export interface OffsetAnswer extends TopicPartition {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
  readonly error: KafkaError | undefined;
}

/** How to ask. */
export interface OffsetsOptions extends ItemRetryOptions {
  readonly channel: string;
  readonly isolationLevel: IsolationLevel;
}

/** Asks the leaders, with retries. Answers come in the order of the questions. */
export function listOffsets(
  cluster: Cluster,
  questions: readonly OffsetQuestion[],
  options: OffsetsOptions,
): Promise<OffsetAnswer[]> {
  return retryItems(cluster, 'looking up offsets', questions, (left) => ask(cluster, left, options), options);
}

async function ask(cluster: Cluster, questions: readonly OffsetQuestion[], options: OffsetsOptions) {
  await readUnknownTopics(cluster, questions);
  const byLeader = Map.groupBy(questions, ({ topic, partition }) => {
    return cluster.metadata.partition(topic, partition)?.leader ?? -1;
  });
  const answers = new Map<OffsetQuestion, OffsetAnswer>();
  const calls = [...byLeader].flatMap(([leader, group]) => rounds(group).map((round) => ({ leader, round })));
  await Promise.all(
    calls.map(async ({ leader, round }) => {
      for (const [question, answer] of await askLeader(cluster, leader, round, options)) {
        answers.set(question, answer);
      }
    }),
  );
  return questions.map((question) => answers.get(question) ?? failed(cluster, question));
}

/** A request may name a partition once: further questions about it go into further requests. */
function rounds(questions: readonly OffsetQuestion[]): OffsetQuestion[][] {
  const asked = new Map<string, number>();
  const result: OffsetQuestion[][] = [];
  for (const question of questions) {
    const key = partitionKey(question.topic, question.partition);
    const round = asked.get(key) ?? 0;
    asked.set(key, round + 1);
    const list = result[round];
    if (list === undefined) result.push([question]);
    else list.push(question);
  }
  return result;
}

async function readUnknownTopics(cluster: Cluster, questions: readonly OffsetQuestion[]): Promise<void> {
  const unknown = questions.filter(({ topic, partition }) => {
    return cluster.metadata.partition(topic, partition) === undefined;
  });
  if (unknown.length > 0) await cluster.refresher.refresh([...new Set(unknown.map(({ topic }) => topic))]);
}

async function askLeader(
  cluster: Cluster,
  leader: number,
  questions: readonly OffsetQuestion[],
  { channel, isolationLevel }: OffsetsOptions,
): Promise<Map<OffsetQuestion, OffsetAnswer>> {
  if (leader < 0) return new Map();
  const body = bodyOf(cluster, questions, isolationLevel);
  const call = (connection: BrokerConnection) =>
    connection.send(listOffsetsRequest, listOffsetsResponse, body);
  try {
    const { topics } = await cluster.node(leader, channel, call);
    const found = new Map(
      topics.flatMap(({ name, partitions }) =>
        partitions.map((answer) => [partitionKey(name, answer.partitionIndex), answer] as const),
      ),
    );
    const pairs = questions.flatMap((question) => {
      const answer = found.get(partitionKey(question.topic, question.partition));
      return answer === undefined ? [] : [[question, answerOf(question, answer)] as const];
    });
    return new Map(pairs);
  } catch (error) {
    return new Map(
      questions.map((question) => [question, refused(question, itemErrorOf(error, what(question)))]),
    );
  }
}

function bodyOf(
  cluster: Cluster,
  questions: readonly OffsetQuestion[],
  isolationLevel: IsolationLevel,
): Encodable<typeof listOffsetsRequest> {
  const topics = Map.groupBy(questions, ({ topic }) => topic);
  return {
    replicaId: -1,
    isolationLevel: isolationLevel === 'read_committed' ? 1 : 0,
    timeoutMs: cluster.settings.requestTimeoutMs,
    topics: [...topics].map(([name, group]) => ({
      name,
      partitions: group.map(({ partition, timestamp }) => ({
        partitionIndex: partition,
        currentLeaderEpoch: cluster.metadata.partition(name, partition)?.leaderEpoch ?? -1,
        timestamp,
      })),
    })),
  };
}

interface PartitionAnswer {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

function answerOf(
  { topic, partition, timestamp: asked }: OffsetQuestion,
  answer: PartitionAnswer,
): OffsetAnswer {
  const { errorCode, offset, timestamp, leaderEpoch } = answer;
  const error =
    errorCode === ErrorCode.NONE ? undefined : new KafkaError(errorCode, what({ topic, partition }));
  return {
    topic,
    partition,
    offset,
    timestamp: asked < 0 && asked !== MAX_TIMESTAMP ? -1 : timestamp,
    leaderEpoch,
    error,
  };
}

function refused({ topic, partition }: TopicPartition, error: KafkaError): OffsetAnswer {
  return { topic, partition, offset: -1, timestamp: -1, leaderEpoch: -1, error };
}

/** The leader is not known, or has not answered to this. */
function failed({ metadata }: Cluster, question: OffsetQuestion): OffsetAnswer {
  const { topic, partition } = question;
  const topicError = metadata.errorOf(topic);
  const isMissing = metadata.partition(topic, partition) === undefined;
  const code = isMissing ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.LEADER_NOT_AVAILABLE;
  return refused(question, new KafkaError(topicError === ErrorCode.NONE ? code : topicError, what(question)));
}

function what({ topic, partition }: TopicPartition): string {
  return `looking up an offset of ${topic}-${partition}`;
}
