import {
  type Element,
  type Encodable,
  type FetchResponse,
  fetchRequest,
  fetchResponse,
  zeroUuid,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { MetadataCache } from '../cluster/metadata-cache.ts';
import { partitionKey } from '../topic-partition.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { PartitionState } from './partition-state.ts';

/** Topics go by id from the next version on. */
const LAST_VERSION_WITH_NAMES = 12;
/** How much longer than the broker may wait we wait for its answer. */
const WAIT_MARGIN_MS = 5_000;

/** What the broker says of one partition. */
export type PartitionAnswer = Element<Element<FetchResponse['responses']>['partitions']>;

/** An answer to Fetch. */
export interface FetchAnswer {
  readonly errorCode: number;
  /** In the order in which they were asked for; undefined when the broker left one out. */
  readonly partitions: readonly (PartitionAnswer | undefined)[];
}

/** Sends one Fetch without a session for these partitions, from their `fetchOffset` on. */
export async function fetchFrom(
  connection: BrokerConnection,
  settings: ConsumerSettings,
  metadata: MetadataCache,
  states: readonly PartitionState[],
): Promise<FetchAnswer> {
  const names = new Map<string, string>();
  const topics = topicsOf(settings, metadata, states, names);
  const body: Encodable<typeof fetchRequest> = {
    replicaId: -1,
    maxWaitMs: settings.fetchMaxWaitMs,
    minBytes: settings.fetchMinBytes,
    maxBytes: settings.fetchBytesMax,
    isolationLevel: settings.isolationLevel === 'read_committed' ? 1 : 0,
    rackId: settings.rackId,
    topics,
    forgottenTopicsData: [],
  };
  const newestVersion = names.has(zeroUuid) ? LAST_VERSION_WITH_NAMES : Number.POSITIVE_INFINITY;
  const timeoutMs = Math.max(settings.requestTimeoutMs, settings.fetchMaxWaitMs + WAIT_MARGIN_MS);
  const response = await connection.send(fetchRequest, fetchResponse, body, { newestVersion, timeoutMs });
  learn(metadata, response, names);
  const answers = new Map<string, PartitionAnswer>();
  for (const { topic, topicId, partitions } of response.responses) {
    const name = topic === '' ? (names.get(topicId) ?? '') : topic;
    for (const answer of partitions) answers.set(partitionKey(name, answer.partitionIndex), answer);
  }
  const partitions = states.map(({ topic, partition }) => answers.get(partitionKey(topic, partition)));
  return { errorCode: response.errorCode, partitions };
}

function topicsOf(
  { partitionFetchBytesMax }: ConsumerSettings,
  metadata: MetadataCache,
  states: readonly PartitionState[],
  names: Map<string, string>,
) {
  return [...Map.groupBy(states, ({ topic }) => topic)].map(([topic, group]) => {
    const topicId = metadata.topic(topic)?.topicId ?? zeroUuid;
    names.set(topicId, topic);
    const partitions = group.map(({ partition, fetchOffset }) => ({
      partition,
      currentLeaderEpoch: metadata.partition(topic, partition)?.leaderEpoch ?? -1,
      fetchOffset,
      partitionMaxBytes: partitionFetchBytesMax,
    }));
    return { topic, topicId, partitions };
  });
}

/** An answer may name new leaders and where they are (KIP-951). */
function learn(metadata: MetadataCache, response: FetchResponse, names: ReadonlyMap<string, string>): void {
  for (const { nodeId, host, port } of response.nodeEndpoints) metadata.learnBroker(nodeId, host, port);
  for (const { topic, topicId, partitions } of response.responses) {
    const name = topic === '' ? (names.get(topicId) ?? '') : topic;
    for (const { partitionIndex, currentLeader } of partitions) {
      if (currentLeader.leaderId < 0) continue;
      metadata.learnLeader(name, partitionIndex, currentLeader.leaderId, currentLeader.leaderEpoch);
    }
  }
}
