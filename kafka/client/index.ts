export { type Logger, silentLogger } from '../../platform/logger.ts';
export type { Platform } from '../../platform/platform.ts';
export { systemPlatform } from '../../platform/system-platform.ts';
export type { Admin } from './admin/admin.ts';
export type { ElectionType, ServedApi } from './admin/cluster.ts';
export type { FeatureDescription, FeatureRange, FeatureUpdate } from './admin/features.ts';
export type { LogDirDescription, LogDirReplica, ReplicaPlace } from './admin/log-dirs.ts';
export type { QuorumDescription, QuorumEndpoint, QuorumReplica, VoterId } from './admin/quorum.ts';
export type {
  BrokerDescription,
  ClusterDescription,
  ConfigChange,
  ConfigEntry,
  ConfigReplacement,
  ConfigResource,
  ConfigSource,
  CreatedTopic,
  GroupDescription,
  GroupListing,
  MemberDescription,
  NewTopic,
  OffsetQuery,
  PartitionDescription,
  Refusable,
  TopicDescription,
} from './admin/shapes.ts';
export type {
  PartitionTransaction,
  ProducerState,
  TransactionDescription,
  TransactionFilter,
  TransactionListing,
} from './admin/transactions.ts';
export { BrokerConnection, type ConnectionOptions } from './broker-connection.ts';
export type { KafkaClient } from './client.ts';
export type { ClientOptions } from './client-options.ts';
export type {
  AssignorName,
  AutoOffsetReset,
  Consumer,
  ConsumerGroupMetadata,
  ConsumerOptions,
  PolledRecords,
  RebalanceListener,
  Subscription,
  TopicPattern,
} from './consumer/consumer.ts';
export {
  ApiTimeoutError,
  BrokerConnectionError,
  ClientClosedError,
  CommitFailedError,
  ConfigurationError,
  DeliveryError,
  IllegalStateError,
  isRetriable,
  KafkaError,
  NoOffsetError,
  NotAssignedError,
  needsRefresh,
  ProducerFencedError,
  RebalanceInProgressError,
  RecordTooLargeError,
  RequestTimeoutError,
  TopicMissingError,
  TransactionAbortableError,
  UnsupportedApiError,
} from './errors.ts';
export type { Assignor, MemberSubscription } from './group/assignor.ts';
export type {
  AssignmentTask,
  GroupAssignment,
  GroupMember,
  GroupMembership,
  GroupOptions,
  GroupProtocol,
  ProtocolChoice,
} from './group/membership.ts';
export { createClient } from './kafka-client.ts';
export type {
  OnDone,
  Partitioner,
  Producer,
  ProducerOptions,
  ProducerRecord,
  RecordMetadata,
  TransactionGroup,
} from './producer/producer.ts';
export { TopicLog, type TopicLogOptions, type TopicLogRecord } from './topic-log.ts';
export type {
  CommittedOffset,
  TimestampedOffset,
  TopicPartition,
  TopicPartitionOffset,
} from './topic-partition.ts';
