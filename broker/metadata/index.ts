export { type MetadataAccess, unrestrictedAccess } from './answers/access.ts';
export { answerDescribeCluster } from './answers/cluster-answer.ts';
export { type ClusterView, onListener } from './answers/cluster-view.ts';
export {
  answerDescribeConfigs,
  answerListConfigResources,
} from './answers/configs-answer.ts';
export { answerMetadata } from './answers/metadata-answer.ts';
export { answerTopicPartitions } from './answers/topic-partitions-answer.ts';
export {
  alterConfigOperations,
  decideAlterConfigs,
  decideIncrementalAlterConfigs,
} from './controller/alter-configs.ts';
export { bootstrapRecords } from './controller/bootstrap.ts';
export {
  cordonRecords,
  directoryFailureRecords,
  directoryRecords,
  type IsOffline,
  leadershipRecords,
  registrationRecords,
} from './controller/broker-registration.ts';
export { decideCreatePartitions } from './controller/create-partitions.ts';
export { type CreatableTopic, decideCreateTopics } from './controller/create-topics.ts';
export type { ControllerContext, Decision } from './controller/decision.ts';
export { decideDeleteTopics } from './controller/delete-topics.ts';
export { decideElectLeaders } from './controller/elect-leaders.ts';
export { kafkaFeatures } from './controller/features.ts';
export { autoCreatedTopic } from './controller/internal-topics.ts';
export { decideAllocateProducerIds } from './controller/producer-ids.ts';
export { decideUnregisterBroker } from './controller/unregister-broker.ts';
export { decideUpdateFeatures, type FeatureSupport } from './controller/update-features.ts';
export { type ConfigResource, MetadataDelta, type TopicPartition } from './delta.ts';
export { MetadataRecordError } from './errors.ts';
export {
  type BrokerImage,
  brokerLayers,
  type Endpoint,
  MetadataImage,
  type PartitionImage,
  partitionsInOrder,
  resourceTypes,
  type TopicImage,
  unassignedDirectory,
  zeroUuid,
} from './image.ts';
export { imageRecords } from './image-records.ts';
export type { MetadataRecord } from './record.ts';
export { decodeMetadataRecord, encodeMetadataRecord } from './record-frame.ts';
export { replay, replayAll } from './replay.ts';
export { isInternalTopic, topicNameProblem } from './topic-name.ts';
