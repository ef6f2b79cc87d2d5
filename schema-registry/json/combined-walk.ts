import type { Comparison } from './comparison.ts';
import type { Difference } from './difference.ts';
import type { CombinedModel, JsonModel } from './model.ts';

/**
 * The cases where one side is combined and the other is not; returns false when this is none of them. A combination of
 * one is that one. A choice takes what one of its parts takes; of a conjunction one part may remain.
 */
export function compareWithCombined(comparison: Comparison, original: JsonModel, update: JsonModel): boolean {
  if (original.kind !== 'combined' && update.kind === 'combined')
    return compareToCombined(comparison, original, update);
  if (original.kind === 'combined' && update.kind !== 'combined') {
    return compareFromCombined(comparison, original, update);
  }
  return false;
}

function compareToCombined(comparison: Comparison, original: JsonModel, update: CombinedModel): boolean {
  const [only] = update.parts;
  if (update.parts.length === 1 && only !== undefined) {
    comparison.compare(original, only);
    return true;
  }
  if (update.criterion === 'allOf') return false;
  for (const part of update.parts) {
    const differences = comparison.attempt(original, part);
    if (!comparison.isCompatible(differences)) continue;
    comparison.keep(differences);
    comparison.note('SUM_TYPE_EXTENDED');
    return true;
  }
  return false;
}

function compareFromCombined(comparison: Comparison, original: CombinedModel, update: JsonModel): boolean {
  const [only] = original.parts;
  if (original.parts.length === 1 && only !== undefined) {
    comparison.compare(only, update);
    return true;
  }
  if (original.criterion !== 'allOf') return false;
  for (const part of original.parts) {
    const differences = comparison.attempt(part, update);
    if (!comparison.isCompatible(differences)) continue;
    comparison.keep(differences);
    comparison.note('PRODUCT_TYPE_NARROWED');
    return true;
  }
  return false;
}

/** Two combinations: first what combines them, then how many parts, then which part goes with which. */
export function compareCombined(
  comparison: Comparison,
  original: CombinedModel,
  update: CombinedModel,
): void {
  if (original.criterion !== update.criterion) {
    if (!isExtendedCriterion(original, update)) {
      comparison.note('COMBINED_TYPE_CHANGED');
      return;
    }
    comparison.note('COMBINED_TYPE_EXTENDED');
  }
  const [before, after] = [original.parts.length, update.parts.length];
  if (before !== after) {
    const kind = update.criterion === 'allOf' ? 'PRODUCT_TYPE' : 'SUM_TYPE';
    comparison.note(`${kind}_${before < after ? 'EXTENDED' : 'NARROWED'}`);
  }
  const edges = original.parts.map((part, index) =>
    update.parts.map((other) => comparison.attempt(part, other, original.criterion, index)),
  );
  const matched = maximumMatching(edges, (differences) => comparison.isCompatible(differences));
  if (matched.length < Math.min(before, after)) comparison.note('COMBINED_TYPE_SUBSCHEMAS_CHANGED');
  else for (const differences of matched) comparison.keep(differences);
}

function isExtendedCriterion(original: CombinedModel, update: CombinedModel): boolean {
  const isSingleAfter = update.parts.length === 1 && original.criterion === 'allOf';
  return update.criterion === 'anyOf' || original.parts.length === 1 || isSingleAfter;
}

/** The differences of a largest set of pairs, each part in one pair at most, in the order of the original's parts. */
function maximumMatching(
  edges: readonly (readonly (readonly Difference[])[])[],
  isEdge: (differences: readonly Difference[]) => boolean,
): readonly (readonly Difference[])[] {
  const fits = edges.map((row) => row.map(isEdge));
  const partner = new Map<number, number>();
  const augment = (from: number, visited: Set<number>): boolean => {
    for (const [to, isFitting] of (fits[from] ?? []).entries()) {
      if (!isFitting || visited.has(to)) continue;
      visited.add(to);
      const taken = partner.get(to);
      if (taken !== undefined && !augment(taken, visited)) continue;
      partner.set(to, from);
      return true;
    }
    return false;
  };
  for (const from of edges.keys()) augment(from, new Set());
  const pairs = [...partner].sort(([, left], [, right]) => left - right);
  return pairs.map(([to, from]) => edges[from]?.[to] ?? []);
}
