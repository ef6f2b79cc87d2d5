import type { RegistryConfig, SchemaContent, SchemaDefinition, SchemaVersion } from '../store/entity.ts';
import type { Personality } from './route.ts';

/** A version as most endpoints show it. `schema` replaces the stored text when a format was asked for. */
export function versionAnswer(version: SchemaVersion, personality: Personality, schema?: string): object {
  const { subject, version: number, content } = version;
  return { subject, version: number, id: content.id, ...contentFields(version, personality, schema) };
}

/** The answer to a registration: version 7 clients expect nothing but the id. */
export function registeredAnswer(version: SchemaVersion, personality: Personality): object {
  const { version: number, content } = version;
  if (personality === 7) return { id: content.id };
  return { id: content.id, version: number, ...contentFields(version, personality) };
}

/** A schema by id or GUID. `named` is the version to show when the request named its subject. */
export function schemaAnswer(
  content: SchemaContent,
  personality: Personality,
  options: {
    readonly named?: SchemaVersion | undefined;
    readonly schema?: string | undefined;
    readonly idMax?: number;
  } = {},
): object {
  const { named, schema, idMax } = options;
  const shown = named ?? shownVersion(content);
  return {
    ...(named && { subject: named.subject, version: named.version }),
    ...(idMax !== undefined && { maxId: idMax }),
    ...(shown ? contentFields(shown, personality, schema) : definitionFields(content, personality, schema)),
  };
}

/** Settings as `GET /config` shows them. */
export function configAnswer(config: RegistryConfig): object {
  return { ...config };
}

/** Settings as `PUT /config` echoes them: the level has another name there. */
export function configEcho({ compatibilityLevel, ...rest }: RegistryConfig): object {
  return { ...(compatibilityLevel !== undefined && { compatibility: compatibilityLevel }), ...rest };
}

function shownVersion({ versions }: SchemaContent): SchemaVersion | undefined {
  let first: SchemaVersion | undefined;
  for (const version of versions) {
    if (!version.isDeleted) return version;
    first ??= version;
  }
  return first;
}

function contentFields(
  { content, isDeleted, timestampMs }: SchemaVersion,
  personality: Personality,
  schema?: string,
): object {
  const fields = definitionFields(content, personality, schema);
  return personality === 7 ? fields : { guid: content.guid, ...fields, ts: timestampMs, deleted: isDeleted };
}

function definitionFields(definition: SchemaDefinition, personality: Personality, schema?: string): object {
  const { schemaType, references, metadata, ruleSet } = definition;
  return {
    ...((personality !== 7 || schemaType !== 'AVRO') && { schemaType }),
    ...(references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
    schema: schema ?? definition.schema,
  };
}
