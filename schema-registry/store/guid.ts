import { createHash, type Hash } from 'node:crypto';
import { type Metadata, type Rule, type RuleSet, rulePhases, type SchemaDefinition } from './entity.ts';

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

function addRuleSet(hash: Hash, ruleSet: RuleSet): void {
  hash.update(present);
  for (const phase of rulePhases) for (const rule of ruleSet[phase] ?? []) addRule(hash, rule);
  addTexts(hash, [ruleSet.enableAt]);
}

function addRule(hash: Hash, rule: Rule): void {
  addTexts(hash, [rule.name, rule.doc, rule.kind, rule.mode, rule.type]);
  addTexts(hash, rule.tags ?? []);
  for (const [key, value] of sortedEntries(rule.params ?? {})) addTexts(hash, [key, value]);
  addTexts(hash, [rule.expr, rule.onSuccess, rule.onFailure]);
  if (rule.disabled === true) hash.update(present);
}

function addTexts(hash: Hash, values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'string') hash.update(value);
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}
