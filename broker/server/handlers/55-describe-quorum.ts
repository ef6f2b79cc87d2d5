import {
  type DescribeQuorumRequest,
  describeQuorumRequest,
  describeQuorumResponse,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import type { BrokerConfig } from '../../config/index.ts';
import { zeroUuid } from '../../metadata/index.ts';
import type { ClusterMetadata } from '../../quorum/cluster-metadata.ts';
import { METADATA_TOPIC } from '../../quorum/metadata-log.ts';
import { type Api, api } from '../api.ts';

const DIRECTORIES_SINCE = 2;

/** What DescribeQuorum tells of. */
export interface QuorumView {
  readonly metadata: ClusterMetadata;
  readonly nodeId: number;
  readonly directoryId: string;
  readonly config: () => BrokerConfig;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** DescribeQuorum: the leader, the voters and the observers of the metadata log; with one node, that node. */
export function describeQuorumApi(view: QuorumView): Api {
  return api(describeQuorumRequest, describeQuorumResponse, (request, { apiVersion }) =>
    isAboutMetadata(request) ? answer(view, apiVersion) : unknown(request),
  );
}

function isAboutMetadata({ topics }: DescribeQuorumRequest): boolean {
  const [topic] = topics;
  return (
    topics.length === 1 &&
    topic?.topicName === METADATA_TOPIC &&
    topic.partitions.length === 1 &&
    topic.partitions[0]?.partitionIndex === 0
  );
}

function answer({ metadata, nodeId, directoryId, config, now }: QuorumView, version: number) {
  const hasDirectories = version >= DIRECTORIES_SINCE;
  const nowMs = now();
  const voter = {
    replicaId: nodeId,
    replicaDirectoryId: hasDirectories && metadata.voters.kraftVersion > 0 ? directoryId : zeroUuid,
    logEndOffset: metadata.endOffset,
    lastFetchTimestamp: nowMs,
    lastCaughtUpTimestamp: nowMs,
  };
  const partition = {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    leaderId: nodeId,
    leaderEpoch: metadata.epoch,
    highWatermark: metadata.endOffset,
    currentVoters: [voter],
    observers: [],
  };
  const listeners = config().controllerListeners.map(({ name, host, port }) => ({ name, host, port }));
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }],
    nodes: hasDirectories ? [{ nodeId, listeners }] : [],
  };
}

function unknown({ topics }: DescribeQuorumRequest) {
  const errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const errorMessage = 'This server does not host this topic-partition.';
  const nothing = { leaderId: 0, leaderEpoch: 0, highWatermark: 0, currentVoters: [], observers: [] };
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    nodes: [],
    topics: topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) => {
        return { partitionIndex, errorCode, errorMessage, ...nothing };
      }),
    })),
  };
}
