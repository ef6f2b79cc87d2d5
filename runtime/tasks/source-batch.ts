import { classNameOf, type DefinedSource, PluginError, type SourceBatch } from '../plugin/index.ts';

/**
 * Sees that what a source yielded is a batch: `{ records, position }`, with a position that can be stored as JSON. Throws
 * PluginError that says what it was instead.
 */
export function requireBatch(plugin: DefinedSource, batch: unknown): asserts batch is SourceBatch {
  const problem = problemOf(batch);
  if (problem === undefined) return;
  throw new PluginError(
    `The source ${classNameOf(plugin)} yielded ${problem}: yield { records: [{ value }], position } from read.`,
  );
}

function problemOf(batch: unknown): string | undefined {
  if (!isObject(batch)) return `${shown(batch)} instead of a batch`;
  const { records, unreadable, position } = batch;
  if (!Array.isArray(records)) return `a batch whose records are ${shown(records)}`;
  for (const record of records) {
    if (!isObject(record)) return `a batch with ${shown(record)} among its records`;
  }
  if (unreadable !== undefined && !Array.isArray(unreadable))
    return `a batch whose unreadable is ${shown(unreadable)}`;
  for (const each of unreadable ?? []) {
    if (!isObject(each) || !(each['raw'] instanceof Uint8Array))
      return `a batch with ${shown(each)} among its unreadable, where { error, raw } belongs`;
  }
  return isStorable(position) ? undefined : `a batch whose position is ${shown(position)}, which is no JSON`;
}

function isStorable(position: unknown): boolean {
  if (position === null || typeof position === 'string' || typeof position === 'boolean') return true;
  if (typeof position === 'number') return Number.isFinite(position);
  if (Array.isArray(position)) return position.every(isStorable);
  if (!isObject(position) || isForeign(position)) return false;
  return Object.values(position).every((each) => each === undefined || isStorable(each));
}

/** A Date, a Map and the like: JSON would make something else of it. */
function isForeign(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
