import type {
  CommittedOffset,
  TimestampedOffset,
  TopicPartition,
  TopicPartitionOffset,
} from '../topic-partition.ts';
import type { ElectionType, ServedApi } from './cluster.ts';
import type { FeatureDescription, FeatureUpdate } from './features.ts';
import type { LogDirDescription, ReplicaPlace } from './log-dirs.ts';
import type { QuorumDescription, VoterId } from './quorum.ts';
import type {
  ClusterDescription,
  ConfigChange,
  ConfigEntry,
  ConfigReplacement,
  ConfigResource,
  CreatedTopic,
  GroupDescription,
  GroupListing,
  NewTopic,
  OffsetQuery,
  Refusable,
  TopicDescription,
} from './shapes.ts';
import type {
  PartitionTransaction,
  ProducerState,
  TransactionDescription,
  TransactionFilter,
  TransactionListing,
} from './transactions.ts';

/**
 * Administers a cluster. Errors of single items are in the answers; what concerns the whole call (no broker can be
 * reached, the time is up, authorization for the cluster) is thrown. Retriable errors are retried up to `apiTimeoutMs`.
 * Answers are in the order of the questions.
 */
export interface Admin {
  createTopics(
    topics: readonly NewTopic[],
    options?: { readonly isValidatedOnly?: boolean },
  ): Promise<readonly Refusable<CreatedTopic>[]>;
  deleteTopics(names: readonly string[]): Promise<readonly Refusable<{ readonly name: string }>[]>;
  /** All topics that may be seen, sorted by name; internal ones on request. */
  listTopics(options?: { readonly hasInternal?: boolean }): Promise<readonly TopicDescription[]>;
  /** Never creates topics. */
  describeTopics(names: readonly string[]): Promise<readonly Refusable<TopicDescription>[]>;
  /** `count` is the new total. */
  createPartitions(
    topics: readonly {
      readonly name: string;
      readonly count: number;
      readonly assignments?: readonly (readonly number[])[];
    }[],
    options?: { readonly isValidatedOnly?: boolean },
  ): Promise<readonly Refusable<{ readonly name: string }>[]>;
  /** All configs of each resource, or those in `names`. */
  describeConfigs(
    resources: readonly (ConfigResource & { readonly names?: readonly string[] })[],
    options?: { readonly hasSynonyms?: boolean; readonly hasDocumentation?: boolean },
  ): Promise<readonly Refusable<ConfigResource & { readonly configs: readonly ConfigEntry[] }>[]>;
  /** KIP-339. */
  incrementalAlterConfigs(
    changes: readonly ConfigChange[],
    options?: { readonly isValidatedOnly?: boolean },
  ): Promise<readonly Refusable<ConfigResource>[]>;
  /** Replaces all dynamic configs of each resource; prefer {@link incrementalAlterConfigs}. */
  alterConfigs(
    replacements: readonly ConfigReplacement[],
    options?: { readonly isValidatedOnly?: boolean },
  ): Promise<readonly Refusable<ConfigResource>[]>;
  /** Deletes what is before `offset`; -1: all. */
  deleteRecords(
    offsets: readonly TopicPartitionOffset[],
  ): Promise<readonly Refusable<TopicPartition & { readonly lowWatermark: number }>[]>;
  /** `offset` is -1 when no record fits the question. */
  listOffsets(
    queries: readonly OffsetQuery[],
    options?: { readonly isolationLevel?: 'read_uncommitted' | 'read_committed' },
  ): Promise<readonly Refusable<TimestampedOffset>[]>;
  /** With `hasFenced` also brokers that are registered and not alive. */
  describeCluster(options?: { readonly hasFenced?: boolean }): Promise<ClusterDescription>;
  /** Names of the resources that have configs of their own, of these types or of all. */
  listConfigResources(types?: readonly ConfigResource['type'][]): Promise<readonly ConfigResource[]>;
  /** The versions of APIs that one broker serves. */
  describeApiVersions(nodeId: number): Promise<readonly ServedApi[]>;
  /** Without `partitions` of all that can be elected. ELECTION_NOT_NEEDED: the leader is the right one already. */
  electLeaders(
    type: ElectionType,
    partitions?: readonly TopicPartition[],
  ): Promise<readonly Refusable<TopicPartition>[]>;
  /** Takes a broker that is down out of the cluster. */
  unregisterBroker(brokerId: number): Promise<void>;
  /** As one broker knows them, or any. */
  describeFeatures(options?: { readonly nodeId?: number }): Promise<FeatureDescription>;
  updateFeatures(
    updates: readonly FeatureUpdate[],
    options?: { readonly isValidatedOnly?: boolean },
  ): Promise<readonly Refusable<{ readonly feature: string }>[]>;
  describeQuorum(): Promise<QuorumDescription>;
  /** Takes a controller out of the metadata quorum. */
  removeVoter(voter: VoterId): Promise<void>;
  describeLogDirs(
    brokerIds: readonly number[],
  ): Promise<readonly { readonly brokerId: number; readonly logDirs: readonly LogDirDescription[] }[]>;
  /** Moves replicas to other directories of their brokers. */
  alterReplicaLogDirs(places: readonly ReplicaPlace[]): Promise<readonly Refusable<ReplicaPlace>[]>;
  /** As the leaders know them, or the replicas on one broker. */
  describeProducers(
    partitions: readonly TopicPartition[],
    options?: { readonly brokerId?: number },
  ): Promise<readonly Refusable<TopicPartition & { readonly producers: readonly ProducerState[] }>[]>;
  describeTransactions(
    transactionalIds: readonly string[],
  ): Promise<readonly Refusable<TransactionDescription>[]>;
  /** Asks every broker. */
  listTransactions(filter?: TransactionFilter): Promise<readonly TransactionListing[]>;
  /** Ends a transaction that hangs on a partition past its coordinator. Know what you do: atomicity is lost. */
  abortTransaction(transaction: PartitionTransaction): Promise<void>;
  /** Aborts what the producer of a transactional id has open, and shuts it out. */
  fenceProducer(transactionalId: string): Promise<void>;
  /** Asks every broker. `states` and `types` filter, in any case; brokers that know no filter list all. */
  listGroups(filter?: {
    readonly states?: readonly string[];
    readonly types?: readonly string[];
  }): Promise<readonly GroupListing[]>;
  /** A group that does not exist has the state `Dead`, or the error GROUP_ID_NOT_FOUND from newer brokers. */
  describeGroups(groupIds: readonly string[]): Promise<readonly Refusable<GroupDescription>[]>;
  deleteGroups(groupIds: readonly string[]): Promise<readonly Refusable<{ readonly groupId: string }>[]>;
  /** Stored offsets of the given partitions, or of all. Partitions without one are left out. Throws for the group. */
  listGroupOffsets(
    groupId: string,
    partitions?: readonly TopicPartition[],
  ): Promise<readonly Refusable<CommittedOffset>[]>;
  /** Stores offsets for a group without members. */
  alterGroupOffsets(
    groupId: string,
    offsets: readonly CommittedOffset[],
  ): Promise<readonly Refusable<TopicPartition>[]>;
  deleteGroupOffsets(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<readonly Refusable<TopicPartition>[]>;
  /** Removes members by static instance id or by member id, or all when none are given. */
  removeMembers(
    groupId: string,
    members?: readonly ({ readonly groupInstanceId: string } | { readonly memberId: string })[],
  ): Promise<
    readonly Refusable<{ readonly memberId: string; readonly groupInstanceId: string | undefined }>[]
  >;
}
