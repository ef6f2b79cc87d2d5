import { createHash, type Hash } from 'node:crypto';
import type { Metadata, OpaqueJson, SchemaDefinition } from './entity.ts';

/**
 * The GUID of a schema: MD5 of text, references, metadata and rules in Confluent's order, written as a UUID.
 * Two definitions with the same GUID are the same schema and share an id.
 */
export function schemaGuid(definition: SchemaDefinition): string {
  const hash = createHash('md5').update(definition.schema, 'utf8');
  for (const { name, subject, version } of definition.references) {
    const number = Buffer.alloc(4);
    number.writeInt32BE(version);
    hash.update(name).update(subject).update(number);
  }
  if (definition.metadata !== undefined) addMetadata(hash, definition.metadata);
  if (definition.ruleSet !== undefined) addRuleSet(hash, definition.ruleSet);
  return hash.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const present = Buffer.of(1);

function addMetadata(hash: Hash, { tags = {}, properties = {}, sensitive = [] }: Metadata): void {
  hash.update(present);
  for (const [path, names] of sortedEntries(tags)) addTexts(hash, [path, ...names]);
  for (const [key, value] of sortedEntries(properties)) addTexts(hash, [key, value]);
  addTexts(hash, sensitive);
}

function addRuleSet(hash: Hash, ruleSet: OpaqueJson): void {
  hash.update(present);
  for (const phase of ['migrationRules', 'domainRules', 'encodingRules']) {
    for (const rule of listOf(ruleSet[phase])) addRule(hash, recordOf(rule));
  }
  addTexts(hash, [ruleSet['enableAt']]);
}

function addRule(hash: Hash, rule: OpaqueJson): void {
  addTexts(hash, [rule['name'], rule['doc'], rule['kind'], rule['mode'], rule['type']]);
  addTexts(hash, listOf(rule['tags']));
  for (const [key, value] of sortedEntries(recordOf(rule['params']))) addTexts(hash, [key, value]);
  addTexts(hash, [rule['expr'], rule['onSuccess'], rule['onFailure']]);
  if (rule['disabled'] === true) hash.update(present);
}

function addTexts(hash: Hash, values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'string') hash.update(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): OpaqueJson {
  return typeof value === 'object' && value !== null ? (value as OpaqueJson) : {};
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}
