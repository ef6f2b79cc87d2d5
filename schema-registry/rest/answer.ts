import {
  configKeys,
  type RegistryConfig,
  type SchemaContent,
  type SchemaDefinition,
  type SchemaVersion,
} from '../store/entity.ts';
import { contextOf, qualifiedSubject } from '../store/qualified-subject.ts';
import type { SchemaTags } from '../store/tags.ts';
import type { Personality } from './route.ts';

/** How a schema is shown. */
export interface ShownSchema {
  /** Replaces the stored text when a format was asked for. */
  readonly schema?: string | undefined;
  /** References with their context. */
  readonly qualifiesReferences?: boolean;
  /** The tags in the text, when they were asked for. */
  readonly schemaTags?: readonly SchemaTags[] | undefined;
}

/** A version as most endpoints show it. */
export function versionAnswer(
  version: SchemaVersion,
  personality: Personality,
  shown: ShownSchema = {},
): object {
  const { subject, version: number, content } = version;
  return { subject, version: number, id: content.id, ...contentFields(version, personality, shown) };
}

/**
 * The answer to a registration: version 7 clients expect nothing but the id, unless the registry made another schema of the
 * one it was given.
 */
export function registeredAnswer(
  version: SchemaVersion,
  personality: Personality,
  { schema, isChanged }: { readonly schema: string | undefined; readonly isChanged: boolean },
): object {
  const { version: number, content } = version;
  if (personality === 7 && !isChanged) return { id: content.id };
  return { id: content.id, version: number, ...contentFields(version, personality, { schema }) };
}

/** A schema by id or GUID. `named` is the version to show when the request named its subject. */
export function schemaAnswer(
  content: SchemaContent,
  personality: Personality,
  options: ShownSchema & { readonly named?: SchemaVersion | undefined; readonly idMax?: number } = {},
): object {
  const { named, idMax } = options;
  const shown = named ?? shownVersion(content);
  return {
    ...(named && { subject: named.subject, version: named.version }),
    ...(idMax !== undefined && { maxId: idMax }),
    ...(shown
      ? contentFields(shown, personality, options)
      : definitionFields(content, personality, options, '')),
  };
}

/** Settings as `GET /config` shows them. */
export function configAnswer(config: RegistryConfig): object {
  return Object.fromEntries(shownSettings(config));
}

/** Settings as `PUT /config` echoes them: the level has another name there. */
export function configEcho(config: RegistryConfig): object {
  return Object.fromEntries(
    shownSettings(config).map(([key, value]) => [
      key === 'compatibilityLevel' ? 'compatibility' : key,
      value,
    ]),
  );
}

/** What is empty is left out, as everywhere. */
function shownSettings(config: RegistryConfig): [key: string, value: unknown][] {
  return configKeys.flatMap((key): [string, unknown][] => {
    const value = config[key];
    return value === undefined || value === '' ? [] : [[key, value]];
  });
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
  { subject, content, isDeleted, timestampMs }: SchemaVersion,
  personality: Personality,
  shown: ShownSchema,
): object {
  const fields = definitionFields(content, personality, shown, subject);
  return personality === 7 ? fields : { guid: content.guid, ...fields, ts: timestampMs, deleted: isDeleted };
}

/** `subject` is whose references they are. */
function definitionFields(
  definition: SchemaDefinition,
  personality: Personality,
  { schema, schemaTags = [], qualifiesReferences = false }: ShownSchema,
  subject: string,
): object {
  const { schemaType, metadata, ruleSet } = definition;
  const references = qualifiesReferences
    ? definition.references.map((each) => ({
        ...each,
        subject: qualifiedSubject(contextOf(subject), each.subject),
      }))
    : definition.references;
  return {
    ...((personality !== 7 || schemaType !== 'AVRO') && { schemaType }),
    ...(references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
    ...(schemaTags.length > 0 && { schemaTags }),
    schema: schema ?? definition.schema,
  };
}
