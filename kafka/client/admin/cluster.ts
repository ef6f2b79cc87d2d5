import {
  apiVersionsRequest,
  apiVersionsResponse,
  describeClusterRequest,
  describeClusterResponse,
  electLeadersRequest,
  electLeadersResponse,
  metadataRequest,
  metadataResponse,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { UnsupportedApiError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';
import { callBroker } from './broker-calls.ts';
import { checkAnswer, itemError } from './item-error.ts';
import type { ClusterDescription, Refusable } from './shapes.ts';

const FIRST_CLUSTER_WITH_FENCED = 2;
const ELECTION_TYPES = { preferred: 0, unclean: 1 } as const;
const FIRST_ELECTION_WITH_TYPE = 1;

/** KIP-460. */
export type ElectionType = keyof typeof ELECTION_TYPES;

/** Versions of one API that a broker serves. */
export interface ServedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** Asks any broker; brokers before 2.8 tell it in their metadata. */
export function describeCluster(
  cluster: Cluster,
  { hasFenced = false }: { readonly hasFenced?: boolean },
): Promise<ClusterDescription> {
  const what = 'describing the cluster';
  return cluster.retry(what, () =>
    cluster.any(async (connection) => {
      if (!connection.serves(describeClusterRequest)) return fromMetadata(connection);
      if (hasFenced && connection.versionOf(describeClusterRequest) < FIRST_CLUSTER_WITH_FENCED)
        throw new UnsupportedApiError('fenced brokers (DescribeCluster v2)');
      const response = await connection.send(describeClusterRequest, describeClusterResponse, {
        includeClusterAuthorizedOperations: false,
        includeFencedBrokers: hasFenced,
      });
      checkAnswer(response, what);
      const { clusterId, controllerId, brokers } = response;
      return {
        clusterId,
        controllerId,
        brokers: brokers.map(({ brokerId, host, port, rack, isFenced }) => ({
          nodeId: brokerId,
          host,
          port,
          rack,
          isFenced,
        })),
      };
    }),
  );
}

async function fromMetadata(connection: BrokerConnection): Promise<ClusterDescription> {
  const response = await connection.send(metadataRequest, metadataResponse, {
    topics: [],
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  });
  const { clusterId, controllerId, brokers } = response;
  return {
    clusterId,
    controllerId,
    brokers: brokers.map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack, isFenced: false })),
  };
}

/** Asks the broker itself. */
export function describeApiVersions(cluster: Cluster, nodeId: number): Promise<readonly ServedApi[]> {
  const what = `asking broker ${nodeId} for its API versions`;
  return callBroker(cluster, what, nodeId, async (connection) => {
    const response = await connection.send(apiVersionsRequest, apiVersionsResponse, connection.software);
    checkAnswer(response, what);
    return response.apiKeys;
  });
}

/** Through the controller. Without `partitions` all that can be elected, and the answer names only those. */
export function electLeaders(
  cluster: Cluster,
  type: ElectionType,
  partitions: readonly TopicPartition[] | undefined,
): Promise<Refusable<TopicPartition>[]> {
  const what = 'electing leaders';
  return cluster.retry(what, () =>
    cluster.controller(async (connection) => {
      if (type !== 'preferred' && connection.versionOf(electLeadersRequest) < FIRST_ELECTION_WITH_TYPE)
        throw new UnsupportedApiError('unclean elections (ElectLeaders v1)');
      const topics = Map.groupBy(partitions ?? [], ({ topic }) => topic);
      const response = await connection.send(electLeadersRequest, electLeadersResponse, {
        electionType: ELECTION_TYPES[type],
        topicPartitions:
          partitions === undefined
            ? null
            : [...topics].map(([topic, items]) => ({
                topic,
                partitions: items.map(({ partition }) => partition),
              })),
        timeoutMs: cluster.settings.requestTimeoutMs,
      });
      checkAnswer(response, what);
      return response.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
        partitionResult.map((result) => ({
          topic,
          partition: result.partitionId,
          error: itemError(result, `electing a leader of ${topic}-${result.partitionId}`),
        })),
      );
    }),
  );
}

/** Through the controller; the broker must be down. Throws its refusal. */
export async function unregisterBroker(cluster: Cluster, brokerId: number): Promise<void> {
  const what = `unregistering broker ${brokerId}`;
  await cluster.retry(what, () =>
    cluster.controller(async (connection) => {
      checkAnswer(
        await connection.send(unregisterBrokerRequest, unregisterBrokerResponse, { brokerId }),
        what,
      );
    }),
  );
}
