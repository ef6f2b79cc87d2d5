import type { PartitionMetadata } from '../cluster/metadata-cache.ts';
import type { KafkaError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';

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

/** A partition as brokers describe it. */
export type PartitionDescription = PartitionMetadata;

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
