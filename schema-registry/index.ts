export type { UnionShape } from './avro/binary/union-shape.ts';
export { AvroCodec, type AvroCodecOptions, type AvroText } from './avro/codec.ts';
export { avroLanguage } from './avro/language.ts';
export { type CompatibilityLevel, checkCompatibility, compatibilityLevels } from './compatibility.ts';
export {
  RegistryError,
  SchemaCheckError,
  SchemaLimitError,
  SchemaParseError,
  SerializationError,
} from './errors.ts';
export { jsonLanguage } from './json/language.ts';
export type {
  CompatibilityOptions,
  CompatibilityPolicy,
  ParsedSchema,
  ParseOptions,
  ResolvedReference,
  SchemaLanguage,
  SchemaReference,
  SchemaType,
} from './language.ts';
export type { ElectionOptions, PrimaryRole } from './primary/election.ts';
export { protobufLanguage } from './protobuf/language.ts';
export { metaIn } from './protobuf/meta.ts';
export { type OptionValue, optionNamed } from './protobuf/syntax-tree.ts';
export { wellKnownText } from './protobuf/well-known/index.ts';
export { type HttpClientOptions, httpClient } from './rest/client.ts';
export type { Personality } from './rest/route.ts';
export {
  openRegistryStore,
  type RegistryOptions,
  type RunningRegistry,
  startRegistry,
} from './rest/server.ts';
export {
  AvroDeserializer,
  type AvroDeserializerOptions,
  AvroSerializer,
  type Encoder,
} from './serde/avro-serde.ts';
export type { Framing } from './serde/framing.ts';
export { inProcessClient } from './serde/in-process-client.ts';
export {
  type JsonDeserializerOptions,
  JsonSchemaDeserializer,
  JsonSchemaSerializer,
  type ValidationOptions,
} from './serde/json-serde.ts';
export { compileValidator, type Validate } from './serde/json-validator.ts';
export { type FieldPlan, type MessageDefinition, ProtobufMessages } from './serde/protobuf-messages.ts';
export {
  ProtobufDeserializer,
  type ProtobufDeserializerOptions,
  ProtobufSerializer,
  type ProtobufSerializerOptions,
  type ProtobufSource,
} from './serde/protobuf-serde.ts';
export { definitionOf, loadReferences } from './serde/reference-loader.ts';
export type { RegistryClient, SubjectVersion } from './serde/registry-client.ts';
export { checkReadable, type RuleExecutor, type RuleExecutors, type RuleMode } from './serde/rules.ts';
export type { SchemaSource, SerializerOptions } from './serde/schema-choice.ts';
export type { ReaderOptions } from './serde/schema-pair.ts';
export {
  associatedNameStrategy,
  associatedNameStrategyOf,
  defaultReferenceSubjectNameStrategy,
  qualifiedReferenceSubjectNameStrategy,
  type ReferenceSubjectNameStrategy,
  recordNameStrategy,
  type SubjectNameParts,
  type SubjectNameStrategy,
  topicNameStrategy,
  topicRecordNameStrategy,
} from './serde/subject-name.ts';
export { type Frame, frameId, framePrefix, type RecordHeader, readFrame } from './serde/wire-format.ts';
export type { Metadata, Rule, RuleSet, SchemaDefinition } from './store/entity.ts';
export { type LogRecord, MemorySchemaLog, type SchemaLog } from './store/log.ts';
export { RegistryStore, type StoreParts } from './store/registry-store.ts';
export { openSchemaTopic } from './store/topic-schema-log.ts';
