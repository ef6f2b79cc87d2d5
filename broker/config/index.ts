export { dynamicBrokerConfigProblems } from './broker-changes.ts';
export type { BrokerConfig } from './broker-config.ts';
export { brokerConfigDefinition, brokerConfigs } from './broker-configs.ts';
export { brokerConfig, brokerPropertyProblems } from './broker-properties.ts';
export { clientMetricsProblems } from './client-metrics.ts';
export type { BrokerConfigLayers, ConfigTexts } from './config-layers.ts';
export { listenerConfigText, staticLayers } from './config-layers.ts';
export type { ConfigDefinition } from './definition.ts';
export { clientMetricsConfigs } from './definitions/client-metrics-configs.ts';
export { clientQuotaConfigs } from './definitions/client-quota-configs.ts';
export { groupConfigs } from './definitions/group-configs.ts';
export { isReplicationThrottle } from './definitions/quota-configs.ts';
export { topicConfigs } from './definitions/topic-configs.ts';
export type { DescribedConfig } from './describe.ts';
export {
  describeBrokerConfigs,
  describeBrokerDefaults,
  describeClientMetricsConfigs,
  describeGroupConfigs,
  describeLoggers,
  describeTopicConfigs,
} from './describe.ts';
export { ConfigError } from './errors.ts';
export type { GroupConfig } from './group-config.ts';
export { groupConfig, groupConfigDefinition, groupConfigProblem } from './group-config.ts';
export type { Listener, SecurityProtocol } from './listener.ts';
export { securityProtocolIds } from './listener.ts';
export { examineProperties, type PropertyReport, singleNodeProperties } from './single-node.ts';
export type { CompressionType, TopicConfig } from './topic-config.ts';
export { topicConfig, topicConfigDefinition } from './topic-config.ts';
export { topicConfigProblems } from './topic-constraints.ts';
export { parseConfigValue, parseList } from './value.ts';
