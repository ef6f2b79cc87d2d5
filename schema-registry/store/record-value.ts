import { compatibilityLevels } from '../compatibility.ts';
import type { SchemaReference, SchemaType } from '../language.ts';
import {
  configKeys,
  type RegistryConfig,
  type RegistryMode,
  registryModes,
  type SchemaDefinition,
  type SchemaVersion,
} from './entity.ts';
import { isMetadata, isRuleSet, plainMetadata, plainRuleSet } from './metadata-shape.ts';
import { defaultContext } from './qualified-subject.ts';
import { isPositive32, tenant } from './record-key.ts';

/** What the value of a SCHEMA record says, apart from subject and version, which the key says. */
export interface SchemaValue {
  readonly id: number;
  readonly definition: SchemaDefinition;
  readonly isDeleted: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** A SCHEMA value in Confluent's order; what is empty is left out. */
export function schemaValue(
  { subject, version, content }: Pick<SchemaVersion, 'subject' | 'version' | 'content'>,
  isDeleted: boolean,
): Buffer {
  const { id, guid, schemaType, schema, references, metadata, ruleSet } = content;
  const md5 = Buffer.from(guid.replaceAll('-', ''), 'hex').toString('base64');
  return json({
    subject,
    version,
    id,
    md5,
    schemaType,
    ...(references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
    schema,
    deleted: isDeleted,
  });
}

export function configValue(subject: string | null, config: RegistryConfig): Buffer {
  const ordered = configKeys.flatMap((key) =>
    config[key] === undefined ? [] : [[key, config[key]] as const],
  );
  return json({ ...(subject !== null && { subject }), ...Object.fromEntries(ordered) });
}

export function modeValue(subject: string | null, mode: RegistryMode): Buffer {
  return json({ ...(subject !== null && { subject }), mode });
}

export function deleteSubjectValue(subject: string, version: number): Buffer {
  return json({ subject, version });
}

export function contextValue(context: string): Buffer {
  return json({ tenant, context });
}

/**
 * The highest ids ever given, by context, kept under the NOOP key: other registries skip the value of a NOOP, and
 * compaction keeps it, so that an id does not come back after its schema was deleted for good.
 */
export function highWaterValue(idMaxes: ReadonlyMap<string, number>): Buffer {
  return json({ idMax: Object.fromEntries(idMaxes) });
}

/** Undefined when the value is not a schema this registry can hold. */
export function readSchemaValue(value: Json): SchemaValue | undefined {
  const { id, schema, schemaType, metadata, ruleSet, deleted } = value;
  if (!isPositive32(id) || typeof schema !== 'string') return undefined;
  const references = readReferences(value['references']);
  if (references === undefined || (schemaType !== undefined && typeof schemaType !== 'string'))
    return undefined;
  const definition = {
    // A language this registry does not know is kept and shown, and fails only when it has to be read.
    schemaType: (schemaType || 'AVRO') as SchemaType,
    schema,
    references,
    ...(isMetadata(metadata) && { metadata: plainMetadata(metadata) }),
    ...(isRuleSet(ruleSet) && { ruleSet: plainRuleSet(ruleSet) }),
  };
  return { id, definition, isDeleted: deleted === true };
}

/** What is not as it should be is left out. */
export function readConfigValue(value: Json): RegistryConfig {
  const known = configKeys.filter((key) => configShapes[key](value[key]));
  return Object.fromEntries(known.map((key) => [key, value[key]]));
}

const isBoolean = (value: unknown) => typeof value === 'boolean';
const isText = (value: unknown) => typeof value === 'string';

const configShapes: Readonly<Record<(typeof configKeys)[number], (value: unknown) => boolean>> = {
  alias: isText,
  aliasForDeks: isText,
  normalize: isBoolean,
  validateFields: isBoolean,
  validateNewSchemas: isBoolean,
  validateRules: isBoolean,
  compatibilityLevel: (value) => compatibilityLevels.some((level) => level === value),
  compatibilityPolicy: (value) => value === 'STRICT' || value === 'LENIENT',
  compatibilityGroup: isText,
  defaultMetadata: isMetadata,
  overrideMetadata: isMetadata,
  defaultRuleSet: isRuleSet,
  overrideRuleSet: isRuleSet,
};

export function readModeValue(value: Json): RegistryMode | undefined {
  return registryModes.find((mode) => mode === value['mode']);
}

export function readDeletedVersion(value: Json): number | undefined {
  return isPositive32(value['version']) ? value['version'] : undefined;
}

/** By context; empty when the value does not say. */
export function readHighWater({ idMax }: Json): readonly (readonly [context: string, idMax: number])[] {
  if (isPositive32(idMax)) return [[defaultContext, idMax]];
  if (!isJson(idMax)) return [];
  return Object.entries(idMax).flatMap(([context, id]) => (isPositive32(id) ? [[context, id] as const] : []));
}

function readReferences(value: unknown): SchemaReference[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const references: SchemaReference[] = [];
  for (const item of value as unknown[]) {
    if (!isJson(item)) return undefined;
    const { name, subject, version } = item;
    if (typeof name !== 'string' || typeof subject !== 'string' || !isPositive32(version)) return undefined;
    references.push({ name, subject, version });
  }
  return references;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
