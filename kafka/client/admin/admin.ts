import type { KafkaError } from '../errors.ts';
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
  PartitionTransaction,
  ProducerState,
  TransactionDescription,
  TransactionFilter,
  TransactionListing,
} from './transactions.ts';

/** An item that was refused: `error` says why. Items of one call fail independently of each other. */
export type Refusable<T> = T & { readonly error: KafkaError | undefined };

/** A topic to create. -1 or absent counts mean the broker's defaults. */
export interface NewTopic {
  readonly name: string;
  readonly partitionCount?: number;
  readonly replicationFactor?: number;
  /** Replicas of each partition, instead of the two numbers. */
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string>>;
}

/** A topic that was created. Numbers are -1 and the id '' when the broker is too old to say. */
export interface CreatedTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
}

export interface PartitionDescription {
  readonly partition: number;
  /** -1: none at present. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offlineReplicas: readonly number[];
}

export interface TopicDescription {
  readonly name: string;
  /** '' when the broker is too old to have one. */
  readonly topicId: string;
  readonly isInternal: boolean;
  /** In order of partition. */
  readonly partitions: readonly PartitionDescription[];
}

/** What configs belong to. */
export interface ConfigResource {
  readonly type: 'topic' | 'broker' | 'broker-logger' | 'client-metrics' | 'group';
  /** Topic, broker id (or '' for the cluster-wide default), group. */
  readonly name: string;
}

/** Where the value of a config comes from; Kafka's `ConfigSource`. */
export type ConfigSource =
  | 'UNKNOWN'
  | 'DYNAMIC_TOPIC_CONFIG'
  | 'DYNAMIC_BROKER_CONFIG'
  | 'DYNAMIC_DEFAULT_BROKER_CONFIG'
  | 'STATIC_BROKER_CONFIG'
  | 'DEFAULT_CONFIG'
  | 'DYNAMIC_BROKER_LOGGER_CONFIG'
  | 'DYNAMIC_CLIENT_METRICS_CONFIG'
  | 'DYNAMIC_GROUP_CONFIG';

export interface ConfigEntry {
  readonly name: string;
  /** Null when it is sensitive, or null. */
  readonly value: string | null;
  readonly source: ConfigSource;
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
  readonly synonyms: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly source: ConfigSource;
  }[];
  readonly documentation: string | null;
}

/** Changes of one resource's configs. */
export interface ConfigChange extends ConfigResource {
  readonly operations: readonly {
    readonly name: string;
    readonly operation: 'set' | 'delete' | 'append' | 'subtract';
    /** Ignored for `delete`. */
    readonly value?: string;
  }[];
}

/** All dynamic configs of one resource: those not named go back to their defaults. */
export interface ConfigReplacement extends ConfigResource {
  readonly configs: Readonly<Record<string, string>>;
}

export interface BrokerDescription {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  /** Registered, but not alive as far as the controller knows (KIP-1073). */
  readonly isFenced?: boolean;
}

export interface ClusterDescription {
  readonly clusterId: string | null;
  /** -1 when not known. */
  readonly controllerId: number;
  readonly brokers: readonly BrokerDescription[];
}

/** A question to {@link Admin.listOffsets}; a number is a time in ms: the first record at or after it. */
export interface OffsetQuery extends TopicPartition {
  readonly at:
    | 'earliest'
    | 'latest'
    | 'max-timestamp'
    | 'earliest-local'
    | 'latest-tiered'
    | 'earliest-pending-upload'
    | number;
}

export interface GroupListing {
  readonly groupId: string;
  /** '' for a group that only stores offsets. */
  readonly protocolType: string;
  /** `Stable`, `Empty`, ...; '' from brokers before 2.6. */
  readonly state: string;
  /** `classic`, `consumer`, ...; '' from brokers before 3.8. */
  readonly type: string;
}

export interface MemberDescription {
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
  readonly clientId: string;
  readonly clientHost: string;
  /** Of a consumer group; empty for other protocol types. */
  readonly assignment: readonly TopicPartition[];
  /** As the members exchanged it; empty unless the group is stable. */
  readonly metadata: Buffer;
  readonly assignmentBytes: Buffer;
  /** Of members of a `consumer` group (KIP-848). */
  readonly memberEpoch?: number | undefined;
  readonly targetAssignment?: readonly TopicPartition[] | undefined;
}

export interface GroupDescription {
  readonly groupId: string;
  readonly state: string;
  /** `classic` or `consumer`. */
  readonly type: string;
  readonly protocolType: string;
  /** The assignor that was chosen, for consumers. */
  readonly protocol: string;
  readonly members: readonly MemberDescription[];
  /** The broker that answered: the group's coordinator. */
  readonly coordinator?: BrokerDescription | undefined;
  /** Of a `consumer` group (KIP-848). */
  readonly groupEpoch?: number | undefined;
  readonly targetAssignmentEpoch?: number | undefined;
}

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
