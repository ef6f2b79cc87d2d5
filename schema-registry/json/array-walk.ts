import type { Comparison } from './comparison.ts';
import { type ArrayModel, dereferenced, type JsonModel } from './model.ts';
import { compareRest } from './rest-walk.ts';
import { compareBound } from './scalar-walk.ts';

export function compareArrays(comparison: Comparison, original: ArrayModel, update: ArrayModel): void {
  if (original.items !== undefined && update.items !== undefined) {
    comparison.compare(original.items, update.items, 'items');
  } else if (update.items !== undefined) comparison.note('SCHEMA_ADDED', 'items');
  else if (original.items !== undefined) comparison.note('SCHEMA_REMOVED', 'items');
  compareTuples(comparison, original, update);
  compareRest(
    comparison,
    'ADDITIONAL_ITEMS',
    'additionalItems',
    original.additionalItems,
    update.additionalItems,
  );
  compareRest(
    comparison,
    'UNEVALUATED_ITEMS',
    'unevaluatedItems',
    original.unevaluatedItems,
    update.unevaluatedItems,
  );
  compareBound(comparison, 'MAX_ITEMS', 'maxItems', original.maxItems, update.maxItems);
  compareBound(comparison, 'MIN_ITEMS', 'minItems', original.minItems, update.minItems);
  compareBound(comparison, 'MAX_CONTAINS', 'maxContains', original.maxContains, update.maxContains);
  compareBound(comparison, 'MIN_CONTAINS', 'minContains', original.minContains, update.minContains);
  if (original.uniqueItems === update.uniqueItems) return;
  comparison.note(update.uniqueItems ? 'UNIQUE_ITEMS_ADDED' : 'UNIQUE_ITEMS_REMOVED', 'uniqueItems');
}

function compareTuples(comparison: Comparison, original: ArrayModel, update: ArrayModel): void {
  const [before, after] = [original.tuple ?? [], update.tuple ?? []];
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const [old, fresh] = [before[index], after[index]];
    if (old !== undefined && fresh !== undefined) comparison.compare(old, fresh, 'items', index);
    else if (old !== undefined) noteRemoved(comparison, old, update, index);
    else if (fresh !== undefined) noteAdded(comparison, fresh, original, index);
  }
}

/** What the update allows behind its tuple decides. */
function noteRemoved(comparison: Comparison, item: JsonModel, update: ArrayModel, index: number): void {
  const covering = restOf(update);
  if (covering === true) {
    comparison.note('ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL', 'items', index);
    return;
  }
  if (covering === false) {
    const isNothing = dereferenced(item).kind === 'false';
    const type = isNothing ? 'ITEM_WITH_FALSE_REMOVED_FROM_CLOSED' : 'ITEM_REMOVED_FROM_CLOSED';
    comparison.note(`${type}_CONTENT_MODEL`, 'items', index);
    return;
  }
  const differences = comparison.attempt(item, covering, 'items', index);
  comparison.keep(differences);
  const isCovered = comparison.isCompatible(differences) ? 'IS' : 'NOT';
  comparison.note(`ITEM_REMOVED_${isCovered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`, 'items', index);
}

/** What the original allowed behind its tuple decides. */
function noteAdded(comparison: Comparison, item: JsonModel, original: ArrayModel, index: number): void {
  const covering = restOf(original);
  if (covering === false) {
    comparison.note('ITEM_ADDED_TO_CLOSED_CONTENT_MODEL', 'items', index);
    return;
  }
  if (covering === true) {
    const { kind } = dereferenced(item);
    const isAnything = kind === 'empty' || kind === 'true';
    const type = isAnything ? 'ITEM_WITH_EMPTY_SCHEMA_ADDED' : 'ITEM_ADDED';
    comparison.note(`${type}_TO_OPEN_CONTENT_MODEL`, 'items', index);
    return;
  }
  const differences = comparison.attempt(covering, item, 'items', index);
  comparison.keep(differences);
  const isCovered = comparison.isCompatible(differences) ? 'IS' : 'NOT';
  comparison.note(`ITEM_ADDED_${isCovered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`, 'items', index);
}

/** What may follow the tuple: anything, nothing, or what a schema allows. */
function restOf({ additionalItems, unevaluatedItems }: ArrayModel): boolean | JsonModel {
  return additionalItems === true ? unevaluatedItems : additionalItems;
}
