import { type CompatibilityRule, checkCompatibility } from '../compatibility.ts';
import { conflicts, reservedFields } from '../reserved-fields.ts';
import type { CanonicalDefinition } from './definition.ts';
import type { SchemaDefinition, SchemaVersion } from './entity.ts';
import { rejection } from './rejection.ts';
import type { SchemaReader } from './schema-reader.ts';
import { configInScope } from './settings.ts';
import type { RegistryState } from './state.ts';

/** The versions of the subject that a new schema is compared with, by the setting in scope. */
export function comparedVersions(
  state: RegistryState,
  subject: string,
  definition: SchemaDefinition,
): readonly SchemaVersion[] {
  const { compatibilityGroup } = configInScope(state, subject);
  const versions = state.versions(subject, false);
  if (compatibilityGroup === undefined) return versions;
  const groupOf = ({ metadata }: SchemaDefinition) => metadata?.properties?.[compatibilityGroup];
  return versions.filter(({ content }) => groupOf(content) === groupOf(definition));
}

/** The level and policy in scope, and what the definition reserves when fields are validated. */
export function ruleInScope(
  state: RegistryState,
  subject: string,
  { metadata }: SchemaDefinition,
): CompatibilityRule {
  const { compatibilityLevel, compatibilityPolicy, validateFields } = configInScope(state, subject);
  const reserved = validateFields === true ? reservedFields(metadata?.properties) : undefined;
  return { level: compatibilityLevel, policy: compatibilityPolicy ?? 'STRICT', reserved };
}

/** Throws 409 with the reasons. */
export function checkHistory(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  wanted: CanonicalDefinition,
): void {
  const rule = ruleInScope(state, subject, wanted);
  if (rule.level === 'NONE') return;
  const history = reader.history(state, comparedVersions(state, subject, wanted));
  const candidate = reader.parse(state, wanted, { subject, strict: false });
  const messages = checkCompatibility(reader.language(wanted.schemaType), candidate, history, rule);
  if (messages.length > 0) throw rejection.incompatible(subject, messages);
}

/**
 * For subjects that validate fields. Throws 42201 for properties of a JSON Schema that begin with `$$`, and for fields that
 * the schema itself reserves where no compatibility check is going to say so.
 */
export function checkFields(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  wanted: SchemaDefinition,
): void {
  const fields = reader
    .language(wanted.schemaType)
    .topFields(reader.parse(state, wanted, { subject, strict: false }));
  const hidden = wanted.schemaType === 'JSON' ? fields.find((name) => name.startsWith('$$')) : undefined;
  if (hidden !== undefined)
    throw rejection.invalidSchema(
      `Invalid schema of type JSON, details: the property ${hidden} begins with $$`,
    );
  const isCompared =
    configInScope(state, subject).compatibilityLevel !== 'NONE' &&
    comparedVersions(state, subject, wanted).length > 0;
  const reserved = reservedFields(wanted.metadata?.properties);
  const [conflict] = isCompared ? [] : conflicts({ fields, reserved });
  if (conflict === undefined) return;
  const details = `the field ${conflict} is reserved by the schema's own metadata`;
  throw rejection.invalidSchema(`Invalid schema of type ${wanted.schemaType}, details: ${details}`);
}
