import {
  type Encodable,
  ErrorCode,
  type FetchRequest,
  fetchRequest,
  fetchResponse,
} from '../../../kafka/protocol/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import { DelayedFetch } from '../../replica/delayed-fetch.ts';
import type { FetchContext, FetchSessions } from '../../replica/fetch-sessions.ts';
import type { FetchResult, FetchTarget } from '../../replica/fetch-target.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type Api, parkingApi } from '../api.ts';
import { repeats } from './repeats.ts';

const TOPIC_IDS_SINCE = 13;
const CURRENT_LEADER_SINCE = 16;
const REPLICA_STATE_SINCE = 15;
const READ_COMMITTED = 1;
/** As everything below it, which Kafka takes for an epoch in ListOffsets and OffsetForLeaderEpoch alone. */
const NO_EPOCH = -1;
const unknownErrors = [ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION] as readonly number[];
const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Fetch: reads whole batches, waits for `minBytes`, keeps incremental sessions. */
export function fetchApi(
  partitions: Partitions,
  sessions: FetchSessions,
  clock: Clock,
  { nodeId, fetchMaxBytes }: { readonly nodeId: number; readonly fetchMaxBytes: number },
): Api {
  return parkingApi(fetchRequest, fetchResponse, { overlaps: false }, (request, requestContext, respond) => {
    const usesTopicIds = requestContext.apiVersion >= TOPIC_IDS_SINCE;
    const context = sessions.open({
      sessionId: request.sessionId,
      sessionEpoch: request.sessionEpoch,
      usesTopicIds,
      targets: targetsOf(request, partitions, usesTopicIds),
      forgotten: forgottenOf(request, partitions, usesTopicIds),
    });
    if (typeof context === 'number') {
      respond({ errorCode: context, sessionId: 0, responses: [] });
      return;
    }
    if (request.isolationLevel < 0 || request.isolationLevel > READ_COMMITTED) {
      respond(refusal(request, usesTopicIds));
      return;
    }
    const wish = {
      targets: context.targets,
      isolationLevel: request.isolationLevel,
      minBytes: request.minBytes,
      maxBytes: Math.min(request.maxBytes, fetchMaxBytes),
      maxWaitMs: request.maxWaitMs,
      isFromFollower: replicaIdOf(request, requestContext.apiVersion) >= 0,
      allocate: requestContext.allocate,
    };
    let release: (() => void) | undefined;
    const fetch = DelayedFetch.start(
      wish,
      (target) => partitions.lookup(target, usesTopicIds),
      clock,
      (results) => {
        release?.();
        respond(responseOf(context, results, { nodeId, apiVersion: requestContext.apiVersion }));
      },
    );
    if (!fetch.isDone) release = requestContext.onDisconnect(() => fetch.cancel());
  });
}

function targetsOf(request: FetchRequest, partitions: Partitions, usesTopicIds: boolean): FetchTarget[] {
  const targets = request.topics.flatMap((each): FetchTarget[] => {
    const { topic, topicId } = partitions.identify(each, usesTopicIds);
    return each.partitions.map((partition) => ({
      topic,
      topicId,
      partition: partition.partition,
      currentLeaderEpoch: Math.max(partition.currentLeaderEpoch, NO_EPOCH),
      fetchOffset: partition.fetchOffset,
      lastFetchedEpoch: partition.lastFetchedEpoch,
      partitionMaxBytes: partition.partitionMaxBytes,
    }));
  });
  return hasRepeats(request) ? withoutRepeats(targets) : targets;
}

function hasRepeats({ topics }: FetchRequest): boolean {
  return (
    repeats(topics, ({ topic, topicId }) => `${topicId} ${topic}`) ||
    topics.some(({ partitions }) => repeats(partitions, ({ partition }) => partition))
  );
}

/** Of what a request says of one partition the last counts, in the place of the first. */
function withoutRepeats(targets: readonly FetchTarget[]): FetchTarget[] {
  const keyOf = ({ topic, topicId, partition }: FetchTarget) => `${topicId} ${topic} ${partition}`;
  return [...new Map(targets.map((target) => [keyOf(target), target])).values()];
}

function replicaIdOf(request: FetchRequest, apiVersion: number): number {
  return apiVersion >= REPLICA_STATE_SINCE ? request.replicaState.replicaId : request.replicaId;
}

/** A request that makes no sense is answered as Kafka does: as a whole and, in versions with names, for each partition. */
function refusal({ topics }: FetchRequest, usesTopicIds: boolean): Response {
  const errorCode = ErrorCode.UNKNOWN_SERVER_ERROR;
  const responses = topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition: partitionIndex }) => ({
      partitionIndex,
      errorCode,
      highWatermark: -1,
      lastStableOffset: -1,
      logStartOffset: -1,
      abortedTransactions: [],
      records: Buffer.alloc(0),
    })),
  }));
  return { errorCode, sessionId: 0, responses: usesTopicIds ? [] : responses };
}

function forgottenOf(request: FetchRequest, partitions: Partitions, usesTopicIds: boolean): FetchTarget[] {
  return request.forgottenTopicsData.flatMap((each) => {
    const { topic, topicId } = partitions.identify(each, usesTopicIds);
    return each.partitions.map((partition) => ({
      topic,
      topicId,
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: 0,
      lastFetchedEpoch: -1,
      partitionMaxBytes: 0,
    }));
  });
}

type Response = Encodable<typeof fetchResponse>;
type PartitionData = Response['responses'][number]['partitions'][number];

interface Answerer {
  readonly nodeId: number;
  readonly apiVersion: number;
}

function responseOf(context: FetchContext, results: readonly FetchResult[], answerer: Answerer): Response {
  const { sessionId, results: told } = context.finish(unknownLast(results));
  const responses: { topic: string; topicId: string; partitions: PartitionData[] }[] = [];
  for (const result of told) {
    const { topic, topicId } = result.target;
    // As Kafka has it, in the order of the partitions: a topic is told of again when another came between.
    let last = responses.at(-1);
    if (last === undefined || last.topicId !== topicId || (topicId === ZERO_UUID && last.topic !== topic)) {
      last = { topic, topicId, partitions: [] };
      responses.push(last);
    }
    last.partitions.push(partitionData(result, answerer));
  }
  return { errorCode: ErrorCode.NONE, sessionId, responses };
}

/** In Kafka's order, which is that of a new session as well: what there is no topic or no partition of comes last. */
function unknownLast(results: readonly FetchResult[]): readonly FetchResult[] {
  if (results.every((result) => rankOf(result) === 0)) return results;
  return results.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ errorCode }: FetchResult): number {
  return unknownErrors.indexOf(errorCode) + 1;
}

function partitionData(result: FetchResult, { nodeId, apiVersion }: Answerer): PartitionData {
  return {
    partitionIndex: result.target.partition,
    errorCode: errorFor(result.errorCode, apiVersion),
    highWatermark: result.highWatermark,
    lastStableOffset: result.lastStableOffset,
    logStartOffset: result.logStartOffset,
    abortedTransactions: result.abortedTransactions,
    records: result.records,
    ...(apiVersion >= 12 && result.divergingEpoch !== undefined && { divergingEpoch: result.divergingEpoch }),
    ...(apiVersion >= CURRENT_LEADER_SINCE &&
      result.leaderEpoch !== undefined && {
        currentLeader: { leaderId: nodeId, leaderEpoch: result.leaderEpoch },
      }),
  };
}

/** KAFKA_STORAGE_ERROR is newer than Fetch v5: clients of that time know NOT_LEADER_OR_FOLLOWER. */
function errorFor(errorCode: number, apiVersion: number): number {
  return errorCode === ErrorCode.KAFKA_STORAGE_ERROR && apiVersion <= 5
    ? ErrorCode.NOT_LEADER_OR_FOLLOWER
    : errorCode;
}
