import type { Cluster } from '../cluster/cluster.ts';
import type { Admin } from './admin.ts';
import { describeApiVersions, describeCluster, electLeaders, unregisterBroker } from './cluster.ts';
import { alterConfigs, describeConfigs, incrementalAlterConfigs, listConfigResources } from './configs.ts';
import { describeFeatures, updateFeatures } from './features.ts';
import { alterGroupOffsets, deleteGroupOffsets, listGroupOffsets } from './group-offsets.ts';
import { deleteGroups, describeGroups, listGroups, removeMembers } from './groups.ts';
import { alterReplicaLogDirs, describeLogDirs } from './log-dirs.ts';
import { describeQuorum, removeVoter } from './quorum.ts';
import { deleteRecords, queryOffsets } from './records.ts';
import { createPartitions, createTopics, deleteTopics, describeTopics, listTopics } from './topics.ts';
import {
  abortTransaction,
  describeProducers,
  describeTransactions,
  fenceProducer,
  listTransactions,
} from './transactions.ts';

/** {@link Admin} over a cluster. */
export class BrokerAdmin implements Admin {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  createTopics: Admin['createTopics'] = (topics, options = {}) =>
    createTopics(this.#cluster, topics, options);

  deleteTopics: Admin['deleteTopics'] = (names) => deleteTopics(this.#cluster, names);

  listTopics: Admin['listTopics'] = (options = {}) => listTopics(this.#cluster, options);

  describeTopics: Admin['describeTopics'] = (names) => describeTopics(this.#cluster, names);

  createPartitions: Admin['createPartitions'] = (topics, options = {}) =>
    createPartitions(this.#cluster, topics, options);

  describeConfigs: Admin['describeConfigs'] = (resources, options = {}) =>
    describeConfigs(this.#cluster, resources, options);

  incrementalAlterConfigs: Admin['incrementalAlterConfigs'] = (changes, options = {}) =>
    incrementalAlterConfigs(this.#cluster, changes, options);

  alterConfigs: Admin['alterConfigs'] = (replacements, options = {}) =>
    alterConfigs(this.#cluster, replacements, options);

  deleteRecords: Admin['deleteRecords'] = (offsets) => deleteRecords(this.#cluster, offsets);

  listOffsets: Admin['listOffsets'] = (queries, options = {}) =>
    queryOffsets(this.#cluster, queries, options);

  describeCluster: Admin['describeCluster'] = (options = {}) => describeCluster(this.#cluster, options);

  listConfigResources: Admin['listConfigResources'] = (types = []) =>
    listConfigResources(this.#cluster, types);

  describeApiVersions: Admin['describeApiVersions'] = (nodeId) => describeApiVersions(this.#cluster, nodeId);

  electLeaders: Admin['electLeaders'] = (type, partitions) => electLeaders(this.#cluster, type, partitions);

  unregisterBroker: Admin['unregisterBroker'] = (brokerId) => unregisterBroker(this.#cluster, brokerId);

  describeFeatures: Admin['describeFeatures'] = ({ nodeId } = {}) => describeFeatures(this.#cluster, nodeId);

  updateFeatures: Admin['updateFeatures'] = (updates, options = {}) =>
    updateFeatures(this.#cluster, updates, options);

  describeQuorum: Admin['describeQuorum'] = () => describeQuorum(this.#cluster);

  removeVoter: Admin['removeVoter'] = (voter) => removeVoter(this.#cluster, voter);

  describeLogDirs: Admin['describeLogDirs'] = (brokerIds) => describeLogDirs(this.#cluster, brokerIds);

  alterReplicaLogDirs: Admin['alterReplicaLogDirs'] = (places) => alterReplicaLogDirs(this.#cluster, places);

  describeProducers: Admin['describeProducers'] = (partitions, options = {}) =>
    describeProducers(this.#cluster, partitions, options);

  describeTransactions: Admin['describeTransactions'] = (transactionalIds) =>
    describeTransactions(this.#cluster, transactionalIds);

  listTransactions: Admin['listTransactions'] = (filter = {}) => listTransactions(this.#cluster, filter);

  abortTransaction: Admin['abortTransaction'] = (transaction) => abortTransaction(this.#cluster, transaction);

  fenceProducer: Admin['fenceProducer'] = (transactionalId) => fenceProducer(this.#cluster, transactionalId);

  listGroups: Admin['listGroups'] = (filter = {}) => listGroups(this.#cluster, filter);

  describeGroups: Admin['describeGroups'] = (groupIds) => describeGroups(this.#cluster, groupIds);

  deleteGroups: Admin['deleteGroups'] = (groupIds) => deleteGroups(this.#cluster, groupIds);

  listGroupOffsets: Admin['listGroupOffsets'] = (groupId, partitions) =>
    listGroupOffsets(this.#cluster, groupId, partitions);

  alterGroupOffsets: Admin['alterGroupOffsets'] = (groupId, offsets) =>
    alterGroupOffsets(this.#cluster, groupId, offsets);

  deleteGroupOffsets: Admin['deleteGroupOffsets'] = (groupId, partitions) =>
    deleteGroupOffsets(this.#cluster, groupId, partitions);

  removeMembers: Admin['removeMembers'] = (groupId, members) =>
    removeMembers(this.#cluster, groupId, members);
}
