import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../schema-registry/json-text/parser.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonTree,
} from '../../schema-registry/json-text/tree.ts';

const folder = join(
  process.env['GOLDEN_DIR'] ?? join(import.meta.dirname, '..', 'golden'),
  'schema-registry',
);

/** The golden file without loss of numbers, or undefined when the folder does not have it. */
export function golden(file: string): JsonTree | undefined {
  const path = join(folder, file);
  return existsSync(path) ? parseJson(readFileSync(path, 'utf8')) : undefined;
}

/** The objects of a golden file that is an array of cases. */
export function goldenCases(file: string): readonly JsonObject[] {
  const cases = golden(file);
  return isJsonArray(cases) ? cases.filter(isJsonObject) : [];
}

export function textIn(tree: JsonObject, key: string): string {
  const value = tree.get(key);
  if (typeof value !== 'string') throw new TypeError(`${key} is not text`);
  return value;
}

/** Runs every case, prints the score, and returns what failed as `name: what happened`. */
export function score(
  file: string,
  cases: readonly JsonObject[],
  name: (item: JsonObject) => string,
  run: (item: JsonObject) => void,
): string[] {
  const failures: string[] = [];
  for (const item of cases) {
    try {
      run(item);
    } catch (error) {
      failures.push(`${name(item)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.info(`${file}: ${cases.length - failures.length} of ${cases.length} cases passed`);
  return failures;
}
