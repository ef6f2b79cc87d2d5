export { consumerOptions, producerOptions, sinkGroupId } from './client-settings.ts';
export {
  type ConnectorSettings,
  type ErrorSettings,
  type SinkSettings,
  sinkSettings,
  sourceSettings,
} from './connector-settings.ts';
export {
  type ExtensionSettings,
  extensionSettings,
  type IsolationSettings,
  type RestartSettings,
} from './extension-keys.ts';
export { pluginConfig, type TransformSpec, transformSpecs } from './plugin-config.ts';
export type { Properties } from './properties.ts';
export { referenceResolver } from './references.ts';
export { type TopicCreationRules, topicCreationRules } from './topic-creation.ts';
export {
  type ConfigInfos,
  connectorClasses,
  findConnector,
  type SentConfig,
  validateConnector,
} from './validation.ts';
export {
  type ConverterSpec,
  type StorageTopic,
  type WorkerSettings,
  workerSettings,
} from './worker-settings.ts';
