/**
 * What a client may see and do, as far as answers about metadata depend on it. Operation masks have one bit for each
 * AclOperation the client may perform.
 */
export interface MetadataAccess {
  canDescribeTopic(name: string): boolean;
  canCreateTopic(name: string): boolean;
  topicOperations(name: string): number;
  clusterOperations(): number;
}

/** Marks operations that nobody asked for. */
export const operationsOmitted = -2_147_483_648;

/** READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
const allTopicOperations = 0b1101_1111_1000;

/** CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE. */
const allClusterOperations = 0b1_1111_1010_0000;

/** Everything is allowed: a broker without authorizer. */
export const unrestrictedAccess: MetadataAccess = {
  canDescribeTopic: () => true,
  canCreateTopic: () => true,
  topicOperations: () => allTopicOperations,
  clusterOperations: () => allClusterOperations,
};
