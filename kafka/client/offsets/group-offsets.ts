import {
  type Encodable,
  ErrorCode,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type ItemRetryOptions, retryItems } from '../cluster/retry-items.ts';
import { KafkaError } from '../errors.ts';
import type { Membership } from '../group/group-requests.ts';
import { type CommittedOffset, partitionKey, type TopicPartition } from '../topic-partition.ts';

/** Topics go by id from the next version on, which gains a consumer nothing. */
const LAST_VERSION_WITH_NAMES = 9;
const FIRST_FETCH_OF_SEVERAL_GROUPS = 8;

/** What became of one partition. */
export interface CommitAnswer extends TopicPartition {
  readonly error: KafkaError | undefined;
}

/** A stored offset; -1 when there is none. */
export interface FetchedOffset extends Required<CommittedOffset> {
  readonly error: KafkaError | undefined;
}

/** Who asks, and how. */
export interface GroupOffsetsOptions extends ItemRetryOptions {
  readonly channel: string;
}

/** Of a request without a member: generation -1 and no member id. */
export function simpleMember(groupId: string): Membership {
  return { groupId, memberId: '', groupInstanceId: null, generationId: -1 };
}

/** Stores offsets, with retries. Answers come in the order of the offsets. */
export function commitOffsets(
  cluster: Cluster,
  member: Membership,
  offsets: readonly CommittedOffset[],
  options: GroupOffsetsOptions,
): Promise<CommitAnswer[]> {
  const what = `committing offsets of group ${member.groupId}`;
  const attempt = (left: readonly CommittedOffset[]) =>
    cluster.coordinator(member.groupId, options.channel, (connection) =>
      commit(connection, member, left, what),
    );
  return retryItems(cluster, what, offsets, attempt, options);
}

/** Reads stored offsets, with retries: of the partitions in their order, or of all that have one. */
export async function fetchOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  options: GroupOffsetsOptions & { readonly isStableRequired: boolean },
): Promise<FetchedOffset[]> {
  const what = `reading offsets of group ${groupId}`;
  const attempt = (left: readonly TopicPartition[] | undefined) =>
    cluster.coordinator(groupId, options.channel, (connection) =>
      fetch(connection, groupId, left, options, what),
    );
  if (partitions === undefined) return cluster.retry(what, () => attempt(undefined), options);
  return retryItems(cluster, what, partitions, (left) => attempt(left), options);
}

async function commit(
  connection: BrokerConnection,
  { generationId, ...member }: Membership,
  offsets: readonly CommittedOffset[],
  what: string,
): Promise<CommitAnswer[]> {
  const topics = Map.groupBy(offsets, ({ topic }) => topic);
  const body: Encodable<typeof offsetCommitRequest> = {
    ...member,
    generationIdOrMemberEpoch: generationId,
    topics: [...topics].map(([name, group]) => ({
      name,
      partitions: group.map(({ partition, offset, leaderEpoch, metadata }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: leaderEpoch ?? -1,
        committedMetadata: metadata ?? '',
      })),
    })),
  };
  const options = { newestVersion: LAST_VERSION_WITH_NAMES };
  const response = await connection.send(offsetCommitRequest, offsetCommitResponse, body, options);
  const codes = new Map(
    response.topics.flatMap(({ name, partitions }) =>
      partitions.map(
        ({ partitionIndex, errorCode }) => [partitionKey(name, partitionIndex), errorCode] as const,
      ),
    ),
  );
  return offsets.map(({ topic, partition }) => {
    const code = codes.get(partitionKey(topic, partition)) ?? ErrorCode.UNKNOWN_SERVER_ERROR;
    if (isOfGroup(code)) throw new KafkaError(code, what);
    return { topic, partition, error: errorOrNone(code, `${what} for ${topic}-${partition}`) };
  });
}

/** Errors that speak of the group or the member come with every partition. */
function isOfGroup(code: number): boolean {
  switch (code) {
    case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode.COORDINATOR_NOT_AVAILABLE:
    case ErrorCode.NOT_COORDINATOR:
    case ErrorCode.ILLEGAL_GENERATION:
    case ErrorCode.UNKNOWN_MEMBER_ID:
    case ErrorCode.REBALANCE_IN_PROGRESS:
    case ErrorCode.FENCED_INSTANCE_ID:
    case ErrorCode.GROUP_AUTHORIZATION_FAILED:
    case ErrorCode.INVALID_GROUP_ID:
    case ErrorCode.GROUP_ID_NOT_FOUND:
    case ErrorCode.STALE_MEMBER_EPOCH:
      return true;
    default:
      return false;
  }
}

async function fetch(
  connection: BrokerConnection,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  { isStableRequired }: { readonly isStableRequired: boolean },
  what: string,
): Promise<FetchedOffset[]> {
  const version = connection.versionOf(offsetFetchRequest, LAST_VERSION_WITH_NAMES);
  const isOfSeveral = version >= FIRST_FETCH_OF_SEVERAL_GROUPS;
  const topics = topicsOf(partitions);
  const body: Encodable<typeof offsetFetchRequest> = {
    ...(isOfSeveral
      ? { groups: [{ groupId, topics }], groupId: '', topics: [] }
      : { groupId, topics, groups: [] }),
    // Brokers before 2.5 know no unstable offsets.
    requireStable: isStableRequired && version >= 7,
  };
  const options = { newestVersion: LAST_VERSION_WITH_NAMES };
  const response = await connection.send(offsetFetchRequest, offsetFetchResponse, body, options);
  const answer = isOfSeveral ? response.groups[0] : response;
  const errorCode = answer?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR;
  if (errorCode !== ErrorCode.NONE) throw new KafkaError(errorCode, what);
  const found = (answer?.topics ?? []).flatMap(({ name, partitions: group }) =>
    group.map((one) => fetchedOffset(name, one, what)),
  );
  if (partitions === undefined) return found;
  const byKey = new Map(found.map((one) => [partitionKey(one.topic, one.partition), one]));
  return partitions.map(
    ({ topic, partition }) => byKey.get(partitionKey(topic, partition)) ?? none(topic, partition),
  );
}

function topicsOf(partitions: readonly TopicPartition[] | undefined) {
  if (partitions === undefined) return null;
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, group]) => ({
    name,
    partitionIndexes: group.map(({ partition }) => partition),
  }));
}

function fetchedOffset(
  topic: string,
  answer: {
    readonly partitionIndex: number;
    readonly committedOffset: number;
    readonly committedLeaderEpoch: number;
    readonly metadata: string | null;
    readonly errorCode: number;
  },
  what: string,
): FetchedOffset {
  const { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode } = answer;
  return {
    topic,
    partition: partitionIndex,
    offset: committedOffset,
    leaderEpoch: committedLeaderEpoch,
    metadata: metadata ?? '',
    error: errorOrNone(errorCode, `${what} for ${topic}-${partitionIndex}`),
  };
}

function none(topic: string, partition: number): FetchedOffset {
  return { topic, partition, offset: -1, leaderEpoch: -1, metadata: '', error: undefined };
}

function errorOrNone(errorCode: number, what: string): KafkaError | undefined {
  return errorCode === ErrorCode.NONE ? undefined : new KafkaError(errorCode, what);
}
