export {
  type ConnectRecord,
  connectRecord,
  DataError,
  Decimal,
  dateOf,
  describeSchema,
  epochMsOf,
  type Field,
  type Fields,
  fieldEntries,
  fieldOf,
  getField,
  type Header,
  int64,
  isPlainObject,
  lastHeader,
  logicalNames,
  makeHeader,
  makeSchema,
  newRecord,
  type PrimitiveType,
  type RecordChange,
  type Schema,
  type SchemaAndValue,
  SchemaBuilderError,
  type SchemaOptions,
  SchemaProjectorError,
  type SchemaType,
  type SinkRecord,
  type SourceRecord,
  type StructShape,
  schemas,
  setField,
  structShape,
  toJsonText,
  UnknownNameError,
  type Value,
  withOptions,
} from '../data/index.ts';
export {
  type ConfigKey,
  type ConfigKeyReport,
  type ConfigKeyValue,
  configKeys,
  validateConfig,
} from './config-keys.ts';
export {
  type ParsedConfig,
  parsePluginConfig,
  type RawConfig,
  requirePluginConfig,
} from './config-parser.ts';
export { type ConfigProblem, problemText } from './config-problem.ts';
export type { ConfigFormat, ConfigOf, ConfigProperty, ConfigSchema, ConfigType } from './config-schema.ts';
export {
  type Conformance,
  type ConformancePlace,
  describeSink,
  describeSource,
  type FlatConfig,
  isConformance,
  type SinkConformance,
  type SinkInput,
  type SourceConformance,
  type WrittenRow,
} from './conformance.ts';
export type { PluginContext, SinkContext, SourceContext } from './context.ts';
export { type ContextParts, createContext } from './context.ts';
export type {
  ConverterPlugin,
  ConverterSubject,
  ConverterTest,
  ConverterUse,
  HeaderConverterPlugin,
} from './converter.ts';
export {
  type DefinedConverter,
  type DefinedHeaderConverter,
  type DefinedPredicate,
  type DefinedSink,
  type DefinedSource,
  type DefinedTransform,
  defineConverter,
  defineHeaderConverter,
  definePredicate,
  defineSink,
  defineSource,
  defineTransform,
  type Plugin,
  type PluginKind,
} from './define.ts';
export { ConfigError, FatalError, PluginError, RecordError, RetriableError } from './errors.ts';
export { lazyPlugin } from './lazy-plugin.ts';
export { compilePattern, type Pattern, patternProblem } from './pattern.ts';
export {
  canLoadNow,
  type FoundPlugin,
  type ImportModule,
  loadConformanceFile,
  loadPluginFile,
  loadPluginFolder,
  loadPluginNow,
  loadPluginPackages,
  type ModuleLoading,
  packageManifest,
  pluginKeyword,
} from './plugin-loader.ts';
export type { ManifestEntry, PluginManifest } from './plugin-manifest.ts';
export { classNameOf, PluginRegistry } from './plugin-registry.ts';
export { checkPlugin, isPlugin } from './plugin-shape.ts';
export { Secret } from './secret.ts';
export type { SinkBatch, SinkPlugin } from './sink.ts';
export type {
  JsonObject,
  JsonValue,
  ReadFrom,
  SourceBatch,
  SourcePartition,
  SourcePlugin,
  UnreadableRecord,
} from './source.ts';
export type { OffsetChange, PartitionOffset, TopicPartition } from './topic-partition.ts';
export type {
  PredicatePlugin,
  PredicateTest,
  Transformed,
  TransformPlugin,
  TransformTest,
} from './transform.ts';
