import type { Clock } from '../../platform/clock.ts';
import type { Executor } from '../../platform/executor.ts';
import type { LoggerLevels } from '../../platform/logger-levels.ts';
import type { GroupCoordination } from '../coordinator/group-coordination.ts';
import type { TransactionCoordination } from '../coordinator/transaction-coordination.ts';
import type { LogDirectories } from '../log/index.ts';
import type { FetchSessions } from '../replica/fetch-sessions.ts';
import type { Partitions } from '../replica/partitions.ts';
import type { ProduceVerifier } from '../replica/produce-verifier.ts';
import type { ReplicaMoves } from '../replica/replica-moves.ts';
import type { Api } from './api.ts';
import type { Cluster } from './cluster.ts';
import { produceApi } from './handlers/0-produce.ts';
import { fetchApi } from './handlers/1-fetch.ts';
import { listOffsetsApi } from './handlers/2-list-offsets.ts';
import { metadataApi } from './handlers/3-metadata.ts';
import { offsetCommitApi } from './handlers/8-offset-commit.ts';
import { offsetFetchApi } from './handlers/9-offset-fetch.ts';
import { findCoordinatorApi } from './handlers/10-find-coordinator.ts';
import { joinGroupApi } from './handlers/11-join-group.ts';
import { heartbeatApi } from './handlers/12-heartbeat.ts';
import { leaveGroupApi } from './handlers/13-leave-group.ts';
import { syncGroupApi } from './handlers/14-sync-group.ts';
import { describeGroupsApi } from './handlers/15-describe-groups.ts';
import { listGroupsApi } from './handlers/16-list-groups.ts';
import { apiVersionsApi, type Features } from './handlers/18-api-versions.ts';
import { createTopicsApi } from './handlers/19-create-topics.ts';
import { deleteTopicsApi } from './handlers/20-delete-topics.ts';
import { deleteRecordsApi } from './handlers/21-delete-records.ts';
import { initProducerIdApi } from './handlers/22-init-producer-id.ts';
import { offsetForLeaderEpochApi } from './handlers/23-offset-for-leader-epoch.ts';
import { addPartitionsToTxnApi } from './handlers/24-add-partitions-to-txn.ts';
import { addOffsetsToTxnApi } from './handlers/25-add-offsets-to-txn.ts';
import { endTxnApi } from './handlers/26-end-txn.ts';
import { writeTxnMarkersApi } from './handlers/27-write-txn-markers.ts';
import { txnOffsetCommitApi } from './handlers/28-txn-offset-commit.ts';
import { describeConfigsApi } from './handlers/32-describe-configs.ts';
import { alterConfigsApi } from './handlers/33-alter-configs.ts';
import { alterReplicaLogDirsApi } from './handlers/34-alter-replica-log-dirs.ts';
import { describeLogDirsApi } from './handlers/35-describe-log-dirs.ts';
import { createPartitionsApi } from './handlers/37-create-partitions.ts';
import { deleteGroupsApi } from './handlers/42-delete-groups.ts';
import { electLeadersApi } from './handlers/43-elect-leaders.ts';
import { incrementalAlterConfigsApi } from './handlers/44-incremental-alter-configs.ts';
import { offsetDeleteApi } from './handlers/47-offset-delete.ts';
import { describeQuorumApi, type QuorumView } from './handlers/55-describe-quorum.ts';
import { updateFeaturesApi } from './handlers/57-update-features.ts';
import { describeClusterApi } from './handlers/60-describe-cluster.ts';
import { describeProducersApi } from './handlers/61-describe-producers.ts';
import { unregisterBrokerApi } from './handlers/64-unregister-broker.ts';
import { describeTransactionsApi } from './handlers/65-describe-transactions.ts';
import { listTransactionsApi } from './handlers/66-list-transactions.ts';
import { consumerGroupHeartbeatApi } from './handlers/68-consumer-group-heartbeat.ts';
import { consumerGroupDescribeApi } from './handlers/69-consumer-group-describe.ts';
import { listConfigResourcesApi } from './handlers/74-list-config-resources.ts';
import { describeTopicPartitionsApi } from './handlers/75-describe-topic-partitions.ts';

/** What the handlers work on. */
export interface HandlerEnvironment {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly cluster: Cluster;
  readonly partitions: Partitions;
  readonly produceVerifier: ProduceVerifier;
  readonly groups: GroupCoordination;
  readonly transactions: TransactionCoordination;
  readonly sessions: FetchSessions;
  /** Makes log start offsets durable. */
  readonly checkpoint: () => void;
  readonly directories: LogDirectories;
  readonly moves: ReplicaMoves;
  readonly features: () => Features;
  readonly featureSupport: Parameters<typeof updateFeaturesApi>[1];
  readonly quorum: QuorumView;
  readonly loggers: LoggerLevels;
}

/** Every API that this broker serves, by key. What is not here is not told to clients either. */
export function servedApis(environment: HandlerEnvironment): ReadonlyMap<number, Api> {
  const { clock, cluster, partitions, groups, transactions, sessions, checkpoint, features } = environment;
  const { directories, moves } = environment;
  const { featureSupport, quorum, loggers } = environment;
  const { config, nodeId } = cluster.context();
  const apis = new Map<number, Api>();
  const served = [
    produceApi(partitions, environment.produceVerifier, clock, environment.executor),
    fetchApi(partitions, sessions, clock, { nodeId, fetchMaxBytes: config.fetchMaxBytes }),
    listOffsetsApi(partitions),
    metadataApi(cluster),
    offsetCommitApi(groups.service),
    offsetFetchApi(groups.service),
    findCoordinatorApi(nodeId, {
      group: (groupId) => groups.topic.find(groupId),
      transaction: (transactionalId) => transactions.topic.find(transactionalId),
    }),
    joinGroupApi(groups.service),
    heartbeatApi(groups.service),
    leaveGroupApi(groups.service),
    syncGroupApi(groups.service),
    describeGroupsApi(groups.service),
    listGroupsApi(groups.service),
    apiVersionsApi(() => apis.values(), features),
    createTopicsApi(cluster),
    deleteTopicsApi(cluster),
    deleteRecordsApi(partitions, checkpoint),
    initProducerIdApi(transactions.service),
    offsetForLeaderEpochApi(partitions),
    addPartitionsToTxnApi(transactions.service),
    addOffsetsToTxnApi(transactions.service),
    endTxnApi(transactions.service),
    writeTxnMarkersApi(transactions.markers),
    txnOffsetCommitApi(groups.service),
    describeConfigsApi(cluster, loggers),
    alterConfigsApi(cluster),
    alterReplicaLogDirsApi(moves),
    describeLogDirsApi(directories, partitions, moves),
    createPartitionsApi(cluster),
    deleteGroupsApi(groups.service),
    electLeadersApi(cluster),
    incrementalAlterConfigsApi(cluster, loggers),
    offsetDeleteApi(groups.service),
    describeQuorumApi(quorum),
    updateFeaturesApi(cluster, featureSupport),
    describeClusterApi(cluster),
    describeProducersApi(partitions),
    unregisterBrokerApi(cluster),
    describeTransactionsApi(transactions.service),
    listTransactionsApi(transactions.service),
    consumerGroupHeartbeatApi(groups.service),
    consumerGroupDescribeApi(groups.service),
    listConfigResourcesApi(cluster),
    describeTopicPartitionsApi(cluster),
  ];
  for (const api of served) apis.set(api.request.apiKey, api);
  return apis;
}
