import {
  type DescribeQuorumResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  type Element,
  removeRaftVoterRequest,
  removeRaftVoterResponse,
} from '../../protocol/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { checkAnswer } from './item-error.ts';

const METADATA_TOPIC = '__cluster_metadata';

/** A controller or broker that follows the metadata log. Times are in ms; -1 when not known. */
export interface QuorumReplica {
  readonly nodeId: number;
  /** The zero id when the quorum does not use them (KIP-853). */
  readonly directoryId: string;
  readonly logEndOffset: number;
  readonly lastFetchTimestamp: number;
  readonly lastCaughtUpTimestamp: number;
}

/** Where a voter listens. */
export interface QuorumEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** The metadata quorum (KIP-595). */
export interface QuorumDescription {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly voters: readonly QuorumReplica[];
  readonly observers: readonly QuorumReplica[];
  /** Of voters, by node id; empty from older brokers. */
  readonly endpoints: ReadonlyMap<number, readonly QuorumEndpoint[]>;
}

/** A voter as KIP-853 knows it. */
export interface VoterId {
  readonly nodeId: number;
  readonly directoryId: string;
}

type ReplicaState = Element<
  Element<Element<DescribeQuorumResponse['topics']>['partitions']>['currentVoters']
>;

/** Any broker passes it on to the quorum's leader. */
export function describeQuorum(cluster: Cluster): Promise<QuorumDescription> {
  const what = 'describing the metadata quorum';
  return cluster.retry(what, () =>
    cluster.any(async (connection) => {
      const response = await connection.send(describeQuorumRequest, describeQuorumResponse, {
        topics: [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }],
      });
      checkAnswer(response, what);
      const partition = response.topics[0]?.partitions[0];
      checkAnswer(partition ?? { errorCode: -1 }, what);
      return {
        leaderId: partition?.leaderId ?? -1,
        leaderEpoch: partition?.leaderEpoch ?? -1,
        highWatermark: partition?.highWatermark ?? -1,
        voters: (partition?.currentVoters ?? []).map(replicaOf),
        observers: (partition?.observers ?? []).map(replicaOf),
        endpoints: new Map(response.nodes.map(({ nodeId, listeners }) => [nodeId, listeners])),
      };
    }),
  );
}

function replicaOf({ replicaId, replicaDirectoryId, ...times }: ReplicaState): QuorumReplica {
  return { nodeId: replicaId, directoryId: replicaDirectoryId, ...times };
}

/** Throws the quorum's refusal (KIP-853). */
export async function removeVoter(cluster: Cluster, voter: VoterId): Promise<void> {
  const what = `removing voter ${voter.nodeId}`;
  await cluster.retry(what, () =>
    cluster.any(async (connection) => {
      const response = await connection.send(removeRaftVoterRequest, removeRaftVoterResponse, {
        clusterId: null,
        voterId: voter.nodeId,
        voterDirectoryId: voter.directoryId,
      });
      checkAnswer(response, what);
    }),
  );
}
