import type { Cluster } from '../cluster/cluster.ts';
import type { Admin } from './admin.ts';
import { alterConfigs, describeConfigs, incrementalAlterConfigs } from './configs.ts';
import { alterGroupOffsets, deleteGroupOffsets, listGroupOffsets } from './group-offsets.ts';
import { deleteGroups, describeGroups, listGroups, removeMembers } from './groups.ts';
import { deleteRecords, describeCluster, queryOffsets } from './records.ts';
import { createPartitions, createTopics, deleteTopics, describeTopics, listTopics } from './topics.ts';

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

  describeCluster: Admin['describeCluster'] = () => describeCluster(this.#cluster);

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
