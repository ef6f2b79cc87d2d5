import { equalTrees, type JsonNumber, type JsonTree, plainValue, sortedTree } from '../json-text/tree.ts';
import type { Comparison } from './comparison.ts';
import type { Bound } from './difference.ts';
import type { ConstModel, EnumModel, NotModel, NumberModel, StringModel } from './model.ts';

export function compareStrings(comparison: Comparison, original: StringModel, update: StringModel): void {
  compareBound(comparison, 'MAX_LENGTH', 'maxLength', original.maxLength, update.maxLength);
  compareBound(comparison, 'MIN_LENGTH', 'minLength', original.minLength, update.minLength);
  if (original.pattern === update.pattern) return;
  if (original.pattern === undefined) comparison.note('PATTERN_ADDED', 'pattern');
  else if (update.pattern === undefined) comparison.note('PATTERN_REMOVED', 'pattern');
  else comparison.note('PATTERN_CHANGED', 'pattern');
}

export function compareNumbers(comparison: Comparison, original: NumberModel, update: NumberModel): void {
  compareBound(comparison, 'MAXIMUM', 'maximum', original.maximum, update.maximum);
  compareBound(comparison, 'MINIMUM', 'minimum', original.minimum, update.minimum);
  compareExclusiveMaximum(comparison, original, update);
  compareBound(
    comparison,
    'EXCLUSIVE_MINIMUM',
    'exclusiveMinimum',
    original.exclusiveMinimum,
    update.exclusiveMinimum,
  );
  compareMultiples(comparison, original.multipleOf, update.multipleOf);
  if (original.isInteger && !update.isInteger) comparison.note('TYPE_EXTENDED');
  else if (!original.isInteger && update.isInteger) comparison.note('TYPE_NARROWED');
}

/**
 * Next to a `maximum` on both sides, Confluent compares the maxima in place of the exclusive ones; kept, because the
 * same registration has to have the same outcome. Without them its comparison crashes, and ours is the right one.
 */
function compareExclusiveMaximum(comparison: Comparison, original: NumberModel, update: NumberModel): void {
  const isBoth = original.exclusiveMaximum !== undefined && update.exclusiveMaximum !== undefined;
  const isShadowed = isBoth && original.maximum !== undefined && update.maximum !== undefined;
  const [before, after] = isShadowed
    ? [original.maximum, update.maximum]
    : [original.exclusiveMaximum, update.exclusiveMaximum];
  compareBound(comparison, 'EXCLUSIVE_MAXIMUM', 'exclusiveMaximum', before, after);
}

/** Notes how a bound has moved. */
export function compareBound(
  comparison: Comparison,
  bound: Bound,
  keyword: string,
  original: JsonNumber | undefined,
  update: JsonNumber | undefined,
): void {
  if (original === undefined && update === undefined) return;
  if (original === undefined) comparison.note(`${bound}_ADDED`, keyword);
  else if (update === undefined) comparison.note(`${bound}_REMOVED`, keyword);
  else if (original.toNumber() < update.toNumber()) comparison.note(`${bound}_INCREASED`, keyword);
  else if (original.toNumber() > update.toNumber()) comparison.note(`${bound}_DECREASED`, keyword);
}

function compareMultiples(
  comparison: Comparison,
  original: JsonNumber | undefined,
  update: JsonNumber | undefined,
): void {
  if (original === undefined && update === undefined) return;
  if (original === undefined) {
    comparison.note('MULTIPLE_OF_ADDED', 'multipleOf');
    return;
  }
  if (update === undefined) {
    comparison.note('MULTIPLE_OF_REMOVED', 'multipleOf');
    return;
  }
  const [before, after] = [original.toNumber(), update.toNumber()];
  if (before === after) return;
  const isMultiple = (value: number, unit: number) =>
    Math.abs(value / unit - Math.round(value / unit)) < 1e-9;
  if (isMultiple(after, before)) comparison.note('MULTIPLE_OF_EXPANDED', 'multipleOf');
  else if (isMultiple(before, after)) comparison.note('MULTIPLE_OF_REDUCED', 'multipleOf');
  else comparison.note('MULTIPLE_OF_CHANGED', 'multipleOf');
}

export function compareEnums(comparison: Comparison, original: EnumModel, update: EnumModel): void {
  const [before, after] = [byLooks(original.values), byLooks(update.values)];
  const isExtended = original.values.every((value) => isAmong(comparison, after, value));
  const isNarrowed = update.values.every((value) => isAmong(comparison, before, value));
  if (isExtended && isNarrowed) return;
  comparison.note(`ENUM_ARRAY_${isExtended ? 'EXTENDED' : isNarrowed ? 'NARROWED' : 'CHANGED'}`, 'enum');
}

type Alike = ReadonlyMap<string, readonly JsonTree[]>;

/** The values by what they look like with numbers as doubles: equal ones look alike, few others do. */
function byLooks(values: readonly JsonTree[]): Alike {
  return Map.groupBy(values, looksOf);
}

function isAmong(comparison: Comparison, alike: Alike, wanted: JsonTree): boolean {
  const candidates = alike.get(looksOf(wanted)) ?? [];
  if (candidates.length > 1) comparison.step(candidates.length);
  return candidates.some((value) => equalTrees(value, wanted));
}

function looksOf(value: JsonTree): string {
  return JSON.stringify(plainValue(sortedTree(value)));
}

export function compareConsts(comparison: Comparison, original: ConstModel, update: ConstModel): void {
  if (!equalTrees(original.value, update.value)) comparison.note('ENUM_ARRAY_CHANGED', 'const');
}

/** What must not match has to shrink, so the two change places. */
export function compareNots(comparison: Comparison, original: NotModel, update: NotModel): void {
  const differences = comparison.attempt(update.inner, original.inner, 'not');
  if (differences.length === 0) return;
  comparison.note(`NOT_TYPE_${comparison.isCompatible(differences) ? 'NARROWED' : 'EXTENDED'}`, 'not');
}
