import type { Comparison } from './comparison.ts';
import type { Additional } from './model.ts';

/** Compares `additionalProperties` and its kin: what may be there besides what is named. */
export function compareRest(
  comparison: Comparison,
  name: 'ADDITIONAL_PROPERTIES' | 'ADDITIONAL_ITEMS' | 'UNEVALUATED_PROPERTIES' | 'UNEVALUATED_ITEMS',
  keyword: string,
  original: Additional,
  update: Additional,
): void {
  const [permitted, permits] = [original !== false, update !== false];
  if (permitted !== permits) comparison.note(`${name}_${permits ? 'ADDED' : 'REMOVED'}`, keyword);
  else if (typeof original !== 'boolean' && typeof update !== 'boolean')
    comparison.compare(original, update, keyword);
  else if (typeof update !== 'boolean') comparison.note(`${name}_NARROWED`, keyword);
  else if (typeof original !== 'boolean') comparison.note(`${name}_EXTENDED`, keyword);
}
