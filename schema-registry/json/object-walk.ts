import type { Comparison } from './comparison.ts';
import { hashOrder } from './hash-order.ts';
import { type LinearPattern, linearPattern } from './linear-pattern.ts';
import { dereferenced, type JsonModel, type ObjectModel } from './model.ts';
import { compareRest } from './rest-walk.ts';
import { compareBound } from './scalar-walk.ts';

export function compareObjects(comparison: Comparison, original: ObjectModel, update: ObjectModel): void {
  compareRequired(comparison, original, update);
  for (const key of hashOrder(original.properties.keys(), update.properties.keys())) {
    compareProperty(comparison, key, original, update);
  }
  compareDependencies(comparison, original, update);
  compareRest(
    comparison,
    'ADDITIONAL_PROPERTIES',
    'additionalProperties',
    original.additionalProperties,
    update.additionalProperties,
  );
  compareRest(
    comparison,
    'UNEVALUATED_PROPERTIES',
    'unevaluatedProperties',
    original.unevaluatedProperties,
    update.unevaluatedProperties,
  );
  compareBound(comparison, 'MAX_PROPERTIES', 'maxProperties', original.maxProperties, update.maxProperties);
  compareBound(comparison, 'MIN_PROPERTIES', 'minProperties', original.minProperties, update.minProperties);
}

/** Only properties that both schemas declare: names without a declaration are never compared. */
function compareRequired(comparison: Comparison, original: ObjectModel, update: ObjectModel): void {
  for (const key of hashOrder(original.required, update.required)) {
    const property = update.properties.get(key);
    if (property === undefined || !original.properties.has(key)) continue;
    const [before, after] = [original.required.has(key), update.required.has(key)];
    if (before === after) continue;
    const added = hasDefault(property) ? 'WITH_DEFAULT_ADDED' : 'ADDED';
    comparison.note(`REQUIRED_ATTRIBUTE_${after ? added : 'REMOVED'}`, 'required', key);
  }
}

function compareProperty(
  comparison: Comparison,
  key: string,
  original: ObjectModel,
  update: ObjectModel,
): void {
  const [before, after] = [original.properties.get(key), update.properties.get(key)];
  if (before !== undefined && after !== undefined) comparison.compare(before, after, 'properties', key);
  else if (before !== undefined) noteRemoved(comparison, key, before, update);
  else if (after !== undefined) noteAdded(comparison, key, after, original, update.required.has(key));
}

/** Whether the update still takes what the property held decides. */
function noteRemoved(comparison: Comparison, key: string, property: JsonModel, update: ObjectModel): void {
  const place = ['properties', key] as const;
  const covering = coveringSchema(comparison, update, key);
  if (covering === 'open') {
    comparison.note('PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL', ...place);
    return;
  }
  if (covering === 'closed') {
    const isNothing = dereferenced(property).kind === 'false';
    const type = isNothing ? 'PROPERTY_WITH_FALSE_REMOVED' : 'PROPERTY_REMOVED';
    comparison.note(`${type}_FROM_CLOSED_CONTENT_MODEL`, ...place);
    return;
  }
  const differences = comparison.attempt(property, covering, ...place);
  comparison.keep(differences);
  const isCovered = comparison.isCompatible(differences) ? 'IS' : 'NOT';
  comparison.note(`PROPERTY_REMOVED_${isCovered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`, ...place);
}

/** Whether the original let something else be under this name decides. */
function noteAdded(
  comparison: Comparison,
  key: string,
  property: JsonModel,
  original: ObjectModel,
  isRequired: boolean,
): void {
  const place = ['properties', key] as const;
  const covering = coveringSchema(comparison, original, key);
  const { kind } = dereferenced(property);
  const isMissing = isRequired && !hasDefault(property);
  if (covering === 'open' && !isMissing && (kind === 'empty' || kind === 'true')) {
    comparison.note('PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL', ...place);
    return;
  }
  if (typeof covering === 'object') {
    const differences = comparison.attempt(covering, property, ...place);
    comparison.keep(differences);
    const isCovered = comparison.isCompatible(differences) ? 'IS' : 'NOT';
    comparison.note(`PROPERTY_ADDED_${isCovered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`, ...place);
  }
  const what = isMissing
    ? 'REQUIRED_PROPERTY'
    : isRequired
      ? 'REQUIRED_PROPERTY_WITH_DEFAULT'
      : 'OPTIONAL_PROPERTY';
  comparison.note(`${what}_ADDED_TO_${covering === 'open' ? 'OPEN' : 'UNOPEN'}_CONTENT_MODEL`, ...place);
}

/** What an object takes under a name it does not declare: anything, nothing, or what a schema allows. */
function coveringSchema(
  comparison: Comparison,
  object: ObjectModel,
  key: string,
): 'open' | 'closed' | JsonModel {
  const { additionalProperties, unevaluatedProperties, patternProperties } = object;
  if (additionalProperties === true && unevaluatedProperties === true && patternProperties.size === 0)
    return 'open';
  for (const { pattern, schema } of compiledPatterns(comparison, object)) {
    comparison.step(1 + Math.floor(key.length / 256));
    if (pattern.test(key)) return schema;
  }
  if (typeof additionalProperties === 'object') return additionalProperties;
  return typeof unevaluatedProperties === 'object' ? unevaluatedProperties : 'closed';
}

interface PatternSchema {
  readonly pattern: LinearPattern;
  readonly schema: JsonModel;
}

/** What it takes to compile a pattern, compared with a look at a pair of schemas. */
const compileSteps = 8;

const compiled = new WeakMap<ObjectModel, readonly PatternSchema[]>();

/** Patterns are users': they run in linear time, and one that RE2 cannot run matches nothing. */
function compiledPatterns(comparison: Comparison, object: ObjectModel): readonly PatternSchema[] {
  const known = compiled.get(object);
  if (known !== undefined) return known;
  comparison.step(object.patternProperties.size * compileSteps);
  const patterns = [...object.patternProperties].flatMap(([text, schema]) => {
    const pattern = compilePattern(text);
    return pattern === undefined ? [] : [{ pattern, schema }];
  });
  compiled.set(object, patterns);
  return patterns;
}

function compilePattern(text: string): LinearPattern | undefined {
  try {
    return linearPattern(text);
  } catch {
    return undefined;
  }
}

function hasDefault(property: JsonModel): boolean {
  return dereferenced(property).default !== undefined;
}

function compareDependencies(comparison: Comparison, original: ObjectModel, update: ObjectModel): void {
  for (const key of hashOrder(original.requiredBy.keys(), update.requiredBy.keys())) {
    const [before, after] = [original.requiredBy.get(key), update.requiredBy.get(key)];
    const place = ['dependencies', key] as const;
    if (before === undefined) comparison.note('DEPENDENCY_ARRAY_ADDED', ...place);
    else if (after === undefined) comparison.note('DEPENDENCY_ARRAY_REMOVED', ...place);
    else compareDependents(comparison, key, before, after);
  }
  for (const key of hashOrder(original.schemasBy.keys(), update.schemasBy.keys())) {
    const [before, after] = [original.schemasBy.get(key), update.schemasBy.get(key)];
    if (before === undefined) comparison.note('DEPENDENCY_SCHEMA_ADDED', 'dependencies', key);
    else if (after === undefined) comparison.note('DEPENDENCY_SCHEMA_REMOVED', 'dependencies', key);
    else comparison.compare(before, after, 'dependencies', key);
  }
}

function compareDependents(
  comparison: Comparison,
  key: string,
  original: ReadonlySet<string>,
  update: ReadonlySet<string>,
): void {
  const isExtended = [...original].every((name) => update.has(name));
  const isNarrowed = [...update].every((name) => original.has(name));
  if (isExtended && isNarrowed) return;
  const change = isExtended ? 'EXTENDED' : isNarrowed ? 'NARROWED' : 'CHANGED';
  comparison.note(`DEPENDENCY_ARRAY_${change}`, 'dependencies', key);
}
