import { compatibilityLevels } from '../compatibility.ts';
import type { SchemaReference, SchemaType } from '../language.ts';
import {
  type Metadata,
  type RegistryMode,
  type RuleSet,
  registryModes,
  type SchemaDefinition,
} from '../store/entity.ts';
import { isMetadata, isRuleSet, plainMetadata, plainRuleSet } from '../store/metadata-shape.ts';
import { rejection } from '../store/rejection.ts';
import type { ConfigChange } from '../store/setting-change.ts';
import type { TagRequest } from '../store/tag-version.ts';
import type { SchemaTags, TagChange } from '../store/tags.ts';
import { bodyError } from './http-error.ts';

/** The body of registration, look-up and compatibility check. */
export interface RegisterBody {
  readonly definition: SchemaDefinition;
  readonly version: number | undefined;
  readonly id: number | undefined;
  /** Undefined when the request says nothing about tags. */
  readonly tags: TagChange | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws 400, 422 and 42210. Unknown members do not matter. */
export function registerBody(body: unknown): RegisterBody {
  const fields = fieldsOf(body);
  const [metadata, ruleSet] = [fields['metadata'], fields['ruleSet']];
  const definition = {
    schemaType: (text(fields, 'schemaType') || 'AVRO') as SchemaType,
    schema: text(fields, 'schema') ?? '',
    references: referencesOf(fields),
    ...(isSet(metadata) && { metadata: metadataOf(metadata) }),
    ...(isSet(ruleSet) && { ruleSet: ruleSetOf(ruleSet) }),
  };
  return {
    definition,
    version: integer(fields, 'version'),
    id: positive(integer(fields, 'id')),
    tags: registrationTags(fields),
  };
}

/** The body of a request for another version with other tags. Throws 400 and 422. */
export function tagBody(body: unknown): Omit<TagRequest, 'subject' | 'version'> {
  const fields = fieldsOf(body);
  const setOf = (key: string) => (isSet(fields[key]) ? ruleSetOf(fields[key]) : undefined);
  const names = fields['rulesToRemove'] ?? [];
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string'))
    throw bodyError(400, 'rulesToRemove is not an array of texts');
  return {
    newVersion: integer(fields, 'newVersion'),
    tags: {
      add: schemaTagsOf(fields, 'tagsToAdd'),
      remove: schemaTagsOf(fields, 'tagsToRemove'),
      propagates: false,
    },
    metadata: isSet(fields['metadata']) ? metadataOf(fields['metadata']) : undefined,
    ruleSet: setOf('ruleSet'),
    rulesToMerge: setOf('rulesToMerge'),
    rulesToRemove: names as readonly string[],
  };
}

/** Throws 400, 422 and 42203. */
export function configBody(body: unknown): ConfigChange {
  const fields = fieldsOf(body);
  return {
    ...given(fields, 'compatibility', 'compatibilityLevel', levelOf),
    ...given(fields, 'alias', 'alias', textOf),
    ...given(fields, 'aliasForDeks', 'aliasForDeks', textOf),
    ...given(fields, 'normalize', 'normalize', booleanOf),
    ...given(fields, 'validateFields', 'validateFields', booleanOf),
    ...given(fields, 'validateNewSchemas', 'validateNewSchemas', booleanOf),
    ...given(fields, 'validateRules', 'validateRules', booleanOf),
    ...given(fields, 'compatibilityGroup', 'compatibilityGroup', textOf),
    ...given(fields, 'defaultMetadata', 'defaultMetadata', metadataOf),
    ...given(fields, 'overrideMetadata', 'overrideMetadata', metadataOf),
    ...given(fields, 'defaultRuleSet', 'defaultRuleSet', ruleSetOf),
    ...given(fields, 'overrideRuleSet', 'overrideRuleSet', ruleSetOf),
    ...given(fields, 'compatibilityPolicy', 'compatibilityPolicy', policyOf),
  };
}

/** The mode to set, null to clear it. Throws 400, 422 and 42204. */
export function modeBody(body: unknown): RegistryMode | null {
  const mode = text(fieldsOf(body), 'mode');
  if (mode === undefined) return null;
  const known = registryModes.find((each) => each === mode.toUpperCase());
  if (known === undefined) throw rejection.invalidMode();
  return known;
}

function fieldsOf(body: unknown): Fields {
  if (body === undefined || body === null) throw bodyError(422, 'The request has no body');
  if (typeof body !== 'object' || Array.isArray(body)) throw bodyError(400, 'The body is not a JSON object');
  return body as Fields;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function text(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw bodyError(400, `${key} is not text`);
}

function integer(fields: Fields, key: string): number | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value === (value | 0)) return value;
  throw bodyError(400, `${key} is not a 32-bit integer`);
}

function positive(id: number | undefined): number | undefined {
  return id !== undefined && id > 0 ? id : undefined;
}

function registrationTags(fields: Fields): TagChange | undefined {
  const add = schemaTagsOf(fields, 'schemaTagsToAdd');
  const remove = schemaTagsOf(fields, 'schemaTagsToRemove');
  const flag = fields['propagateSchemaTags'];
  const propagates = isSet(flag) && booleanOf(flag, 'propagateSchemaTags');
  return add.length + remove.length > 0 || propagates ? { add, remove, propagates } : undefined;
}

function schemaTagsOf(fields: Fields, key: string): SchemaTags[] {
  const list = fields[key];
  if (!isSet(list)) return [];
  if (!Array.isArray(list)) throw bodyError(400, `${key} is not an array`);
  return list.map((item: unknown) => {
    const { schemaEntity, tags } = fieldsOf(item);
    const entity = fieldsOf(schemaEntity);
    const entityPath = text(entity, 'entityPath');
    const entityType = text(entity, 'entityType')?.toLowerCase();
    const isTexts = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
    if (entityPath === undefined || !isTexts || (entityType !== 'sr_field' && entityType !== 'sr_record'))
      throw bodyError(422, `${key} needs tags and a schemaEntity with entityPath and entityType`);
    return { schemaEntity: { entityPath, entityType }, tags };
  });
}

function referencesOf(fields: Fields): SchemaReference[] {
  const list = fields['references'];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw bodyError(400, 'references is not an array');
  return list.map((item: unknown) => {
    const reference = fieldsOf(item);
    const [name, subject] = [text(reference, 'name'), text(reference, 'subject')];
    const version = integer(reference, 'version');
    if (name === undefined || subject === undefined || version === undefined) {
      throw bodyError(422, 'A reference needs name, subject and version');
    }
    return { name, subject, version };
  });
}

function metadataOf(value: unknown): Metadata {
  if (!isMetadata(value)) throw bodyError(400, 'The metadata is not as it should be');
  return plainMetadata(value);
}

function ruleSetOf(value: unknown): RuleSet {
  if (!isRuleSet(value)) throw bodyError(400, 'The rule set is not as it should be');
  return plainRuleSet(value);
}

/** A member that is absent stays absent, null stays null. */
function given<T>(
  fields: Fields,
  key: string,
  name: string,
  read: (value: unknown, key: string) => T,
): Readonly<Record<string, T | null>> {
  const value = fields[key];
  if (value === undefined) return {};
  return { [name]: value === null ? null : read(value, key) };
}

function textOf(value: unknown, key: string): string {
  if (typeof value === 'string') return value;
  throw bodyError(400, `${key} is not text`);
}

function booleanOf(value: unknown, key: string): boolean {
  if (typeof value === 'boolean') return value;
  throw bodyError(400, `${key} is not true or false`);
}

function levelOf(value: unknown): (typeof compatibilityLevels)[number] {
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  const level = compatibilityLevels.find((each) => each === name);
  if (level === undefined) throw rejection.invalidCompatibility();
  return level;
}

function policyOf(value: unknown): 'STRICT' | 'LENIENT' {
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  if (name === 'STRICT' || name === 'LENIENT') return name;
  throw bodyError(422, 'Invalid compatibility policy. Valid values are strict and lenient');
}
