export { assignorNamed, isClientKey } from './client-schema.ts';
export { consumerOptions, producerOptions, sinkGroupId } from './client-settings.ts';
export {
  type ConnectorSettings,
  type ErrorSettings,
  type SinkSettings,
  sinkSettings,
  sourceSettings,
} from './connector-settings.ts';
export { WorkerConfigError } from './errors.ts';
export {
  type ExtensionSettings,
  extensionSettings,
  type IsolationSettings,
  type RestartSettings,
} from './extension-keys.ts';
export { type PropertyEntry, parseProperties, propertyEntries } from './java-properties.ts';
export { pluginConfig, type TransformSpec, transformSpecs } from './plugin-config.ts';
export { listOf, type Properties, withPrefix } from './properties.ts';
export { type ResolveReferences, referenceResolver } from './references.ts';
export { validateResolved } from './resolved-validation.ts';
export { Secrets } from './secrets.ts';
export {
  keyPair,
  type ReadFile,
  SslConfigError,
  tlsVersions,
  trustedCertificates,
} from './ssl-settings.ts';
export { type TopicCreationRules, topicCreationRules } from './topic-creation.ts';
export {
  type ConfigInfos,
  findConnector,
  type SentConfig,
  validateConnector,
} from './validation.ts';
export {
  type ConverterSpec,
  isWorkerKey,
  type StorageTopic,
  type WorkerSettings,
  workerSettings,
} from './worker-settings.ts';
