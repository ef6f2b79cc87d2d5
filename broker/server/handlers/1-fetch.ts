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

const TOPIC_IDS_SINCE = 13;
const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Fetch: reads whole batches, waits for `minBytes`, keeps incremental sessions. */
export function fetchApi(
  partitions: Partitions,
  sessions: FetchSessions,
  clock: Clock,
  limits: { readonly fetchMaxBytes: number },
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
    const wish = {
      targets: context.targets,
      isolationLevel: request.isolationLevel,
      minBytes: request.minBytes,
      maxBytes: Math.min(request.maxBytes, limits.fetchMaxBytes),
      maxWaitMs: request.maxWaitMs,
      allocate: requestContext.allocate,
    };
    let release: (() => void) | undefined;
    const fetch = DelayedFetch.start(
      wish,
      (target) => partitions.lookup(target, usesTopicIds),
      clock,
      (results) => {
        release?.();
        respond(responseOf(context, results, requestContext.apiVersion));
      },
    );
    if (!fetch.isDone) release = requestContext.onDisconnect(() => fetch.cancel());
  });
}

function targetsOf(request: FetchRequest, partitions: Partitions, usesTopicIds: boolean): FetchTarget[] {
  return request.topics.flatMap((each) => {
    const { topic, topicId } = partitions.identify(each, usesTopicIds);
    return each.partitions.map((partition) => ({
      topic,
      topicId,
      partition: partition.partition,
      currentLeaderEpoch: partition.currentLeaderEpoch,
      fetchOffset: partition.fetchOffset,
      lastFetchedEpoch: partition.lastFetchedEpoch,
      partitionMaxBytes: partition.partitionMaxBytes,
    }));
  });
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

function responseOf(context: FetchContext, results: readonly FetchResult[], apiVersion: number): Response {
  const { sessionId, results: told } = context.finish(results);
  const topics = new Map<string, { topic: string; topicId: string; partitions: PartitionData[] }>();
  for (const result of told) {
    const { topic, topicId } = result.target;
    const key = topicId === ZERO_UUID ? topic : topicId;
    let entry = topics.get(key);
    if (entry === undefined) {
      entry = { topic, topicId, partitions: [] };
      topics.set(key, entry);
    }
    entry.partitions.push(partitionData(result, apiVersion));
  }
  return { errorCode: ErrorCode.NONE, sessionId, responses: [...topics.values()] };
}

function partitionData(result: FetchResult, apiVersion: number): PartitionData {
  return {
    partitionIndex: result.target.partition,
    errorCode: errorFor(result.errorCode, apiVersion),
    highWatermark: result.highWatermark,
    lastStableOffset: result.lastStableOffset,
    logStartOffset: result.logStartOffset,
    abortedTransactions: result.abortedTransactions,
    records: result.records,
    ...(apiVersion >= 12 && result.divergingEpoch !== undefined && { divergingEpoch: result.divergingEpoch }),
  };
}

/** KAFKA_STORAGE_ERROR is newer than Fetch v5: clients of that time know NOT_LEADER_OR_FOLLOWER. */
function errorFor(errorCode: number, apiVersion: number): number {
  return errorCode === ErrorCode.KAFKA_STORAGE_ERROR && apiVersion <= 5
    ? ErrorCode.NOT_LEADER_OR_FOLLOWER
    : errorCode;
}
