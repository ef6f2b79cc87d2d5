import { compatibilityLevels } from '../compatibility.ts';
import type { SchemaReference, SchemaType } from '../language.ts';
import {
  type Metadata,
  type OpaqueJson,
  type RegistryConfig,
  type RegistryMode,
  registryModes,
  type SchemaDefinition,
  type SchemaVersion,
} from './entity.ts';
import { isPositive32 } from './record-key.ts';

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
  return json({ ...(subject !== null && { subject }), ...config });
}

export function modeValue(subject: string | null, mode: RegistryMode): Buffer {
  return json({ ...(subject !== null && { subject }), mode });
}

export function deleteSubjectValue(subject: string, version: number): Buffer {
  return json({ subject, version });
}

/**
 * The highest id ever given, kept under the NOOP key: other registries skip the value of a NOOP, and compaction keeps
 * it, so that an id does not come back after its schema was deleted for good.
 */
export function highWaterValue(idMax: number): Buffer {
  return json({ idMax });
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
    ...(isJson(metadata) && { metadata: metadata as Metadata }),
    ...(isJson(ruleSet) && { ruleSet }),
  };
  return { id, definition, isDeleted: deleted === true };
}

export function readConfigValue(value: Json): RegistryConfig {
  const { subject, compatibilityLevel, ...rest } = value;
  const level = compatibilityLevels.find((known) => known === compatibilityLevel);
  const known = { ...rest, ...(level && { compatibilityLevel: level }) } as Record<string, unknown>;
  for (const key of ['normalize', 'validateNewSchemas'])
    if (typeof known[key] !== 'boolean') delete known[key];
  if (known['compatibilityPolicy'] !== 'LENIENT' && known['compatibilityPolicy'] !== 'STRICT') {
    delete known['compatibilityPolicy'];
  }
  if (typeof known['compatibilityGroup'] !== 'string') delete known['compatibilityGroup'];
  return known;
}

export function readModeValue(value: Json): RegistryMode | undefined {
  return registryModes.find((mode) => mode === value['mode']);
}

export function readDeletedVersion(value: Json): number | undefined {
  return isPositive32(value['version']) ? value['version'] : undefined;
}

export function readHighWater(value: Json): number | undefined {
  return isPositive32(value['idMax']) ? value['idMax'] : undefined;
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

function isJson(value: unknown): value is OpaqueJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
