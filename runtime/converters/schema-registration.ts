import type { SchemaType } from '../../schema-registry/index.ts';
import {
  ConfigError,
  type DefinedConverter,
  type Plugin,
  type RawConfig,
  requirePluginConfig,
} from '../plugin/index.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';

/** A schema that a topic gets before its first record. */
export interface TopicSchema {
  readonly topic: string;
  readonly isKey: boolean;
  /** In the converter's own language. */
  readonly text: string;
}

const schemaTypes: ReadonlyMap<string, SchemaType> = new Map([
  ['avro', 'AVRO'],
  ['json-schema', 'JSON'],
  ['protobuf', 'PROTOBUF'],
]);

/** The language of the schemas that a converter keeps in a registry; undefined when it keeps none. */
export function schemaTypeOf(converter: Plugin): SchemaType | undefined {
  return schemaTypes.get(converter.name);
}

/**
 * Registers a schema where the converter, with these settings, will look for it: its registry, its subject. Throws
 * {@link ConfigError} for a converter without schemas, and what the registry says against the schema.
 */
export async function registerTopicSchema(
  converter: DefinedConverter,
  config: RawConfig,
  clientFor: ClientFor,
  { topic, isKey, text }: TopicSchema,
): Promise<void> {
  const schemaType = schemaTypeOf(converter);
  if (schemaType === undefined) throw new ConfigError(`The format ${converter.name} has no schemas.`);
  // Loaded when used: the registry is a large module that most workers do without.
  const [{ avroLanguage, jsonLanguage, protobufLanguage }, { registryOf }] = await Promise.all([
    import('../../schema-registry/index.ts'),
    import('./registry-access.ts'),
  ]);
  const settings = requirePluginConfig(converter, config) as unknown as RegistrySettings;
  const { client, options } = registryOf(settings, isKey, clientFor);
  const language = { AVRO: avroLanguage, JSON: jsonLanguage, PROTOBUF: protobufLanguage }[schemaType];
  const { name: recordName } = language.parse(text, { references: [], strict: true });
  const subject = (await options.subjectNameStrategy?.({ topic, isKey, recordName, client })) ?? '';
  const normalize = options.normalizeSchemas ?? false;
  await client.register(subject, { schemaType, schema: text, references: [] }, { normalize });
}
