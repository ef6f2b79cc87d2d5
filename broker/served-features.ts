import { kafkaFeatures } from './metadata/index.ts';

/** The features that this broker has. Others of Kafka's are added when what they stand for is served. */
export const servedFeatures = {
  'metadata.version': kafkaFeatures['metadata.version'],
  'transaction.version': kafkaFeatures['transaction.version'],
  'group.version': kafkaFeatures['group.version'],
  'eligible.leader.replicas.version': kafkaFeatures['eligible.leader.replicas.version'],
} as const;
