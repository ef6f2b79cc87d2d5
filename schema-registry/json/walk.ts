import { equalTrees } from '../json-text/tree.ts';
import { compareArrays } from './array-walk.ts';
import { compareCombined, compareWithCombined } from './combined-walk.ts';
import type { Comparison } from './comparison.ts';
import { dereferenced, type JsonModel } from './model.ts';
import { compareObjects } from './object-walk.ts';
import { compareConsts, compareEnums, compareNots, compareNumbers, compareStrings } from './scalar-walk.ts';

type Resolved = ReturnType<typeof dereferenced>;

/** Notes every difference between two schemas, references followed. The order is part of the messages' format. */
export function compareSchemas(comparison: Comparison, original: JsonModel, update: JsonModel): void {
  const [before, after] = [dereferenced(original), dereferenced(update)];
  if (compareWithCombined(comparison, before, after)) return;
  if (before.kind !== after.kind) {
    if (!isWidening(before, after)) comparison.note('TYPE_CHANGED');
    return;
  }
  compareDescriptions(comparison, before, after);
  compareTyped(comparison, before, after);
}

/** From nothing, or to anything. Two that Connect both took for bytes are the same to it. */
function isWidening(original: Resolved, update: Resolved): boolean {
  const isBytes = (model: Resolved) => model.rest.get('connect.type') === 'bytes';
  const isAnything = update.kind === 'empty' || update.kind === 'true';
  return original.kind === 'false' || isAnything || (isBytes(original) && isBytes(update));
}

function compareDescriptions(comparison: Comparison, original: Resolved, update: Resolved): void {
  if (original.id !== update.id) comparison.note('ID_CHANGED');
  if (original.title !== update.title) comparison.note('TITLE_CHANGED');
  if (original.description !== update.description) comparison.note('DESCRIPTION_CHANGED');
  if (!equalTrees(original.default, update.default)) comparison.note('DEFAULT_CHANGED');
}

function compareTyped(comparison: Comparison, original: Resolved, update: Resolved): void {
  if (original.kind === 'object' && update.kind === 'object') compareObjects(comparison, original, update);
  else if (original.kind === 'array' && update.kind === 'array') compareArrays(comparison, original, update);
  else if (original.kind === 'string' && update.kind === 'string')
    compareStrings(comparison, original, update);
  else if (original.kind === 'number' && update.kind === 'number')
    compareNumbers(comparison, original, update);
  else if (original.kind === 'enum' && update.kind === 'enum') compareEnums(comparison, original, update);
  else if (original.kind === 'const' && update.kind === 'const') compareConsts(comparison, original, update);
  else if (original.kind === 'not' && update.kind === 'not') compareNots(comparison, original, update);
  else if (original.kind === 'combined' && update.kind === 'combined') {
    compareCombined(comparison, original, update);
  }
}
