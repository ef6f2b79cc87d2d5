import { expect, test } from 'vitest';
import { incompatibilities } from '../../schema-registry/avro/compatibility.ts';
import { avroLanguage } from '../../schema-registry/avro/language.ts';
import { parseAvro } from '../../schema-registry/avro/parser.ts';
import { printAvro } from '../../schema-registry/avro/printer.ts';
import { type CompatibilityLevel, checkCompatibility } from '../../schema-registry/compatibility.ts';
import { printJson } from '../../schema-registry/json-text/printer.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  plainValue,
} from '../../schema-registry/json-text/tree.ts';
import { golden, goldenCases, score, textIn } from './golden.ts';

function schemaText(item: JsonObject, key = 'schema'): string {
  const tree = item.get(key);
  if (tree === undefined) throw new TypeError(`no ${key}`);
  return printJson(tree, 'decimal');
}

function checkParse(item: JsonObject): void {
  const parse = () => parseAvro(schemaText(item), { references: [], strict: item.get('strict') === true });
  if (item.get('java_ok') === true) {
    expect(printAvro(parse(), { normalize: false })).toBe(textIn(item, 'java_canonical'));
  } else {
    expect(parse).toThrow(expect.objectContaining({ code: 'SCHEMA_REGISTRY_INVALID_SCHEMA' }));
  }
}

for (const [kind, file] of [
  ['parse', 'avro-1.12.1-parse-cases.json'],
  ['canonical', 'avro-1.12.1-canonical-cases.json'],
] as const) {
  const cases = goldenCases(file);
  test.runIf(cases.length > 0)(`Avro ${kind} cases have the outcome and text of Avro 1.12`, () => {
    expect(score(file, cases, (item) => textIn(item, 'name'), checkParse)).toEqual([]);
  });
}

function checkPair(item: JsonObject): void {
  const [reader, writer] = ['reader', 'writer'].map((key) =>
    parseAvro(schemaText(item, key), { references: [], strict: false }),
  );
  if (reader === undefined || writer === undefined) throw new TypeError('no pair');
  if (item.get('java_ok') === false) {
    const message = textIn(item, 'java_error').replace(/^\w+: /, '');
    expect(() => incompatibilities(reader.root, writer.root)).toThrow(message);
    return;
  }
  const found = incompatibilities(reader.root, writer.root);
  const compared = found.map(({ type, path, info }) => ({ type, location: path, message: info }));
  expect(compared).toEqual(plainValue(item.get('java_incompatibilities') ?? null));
}

const pairs = 'avro-1.12.1-reader-writer-pairs.json';
const pairCases = goldenCases(pairs);
test.runIf(pairCases.length > 0)('Avro reader and writer pairs are judged as Avro 1.12 does', () => {
  expect(score(pairs, pairCases, (item) => textIn(item, 'name'), checkPair)).toEqual([]);
});

const levels = 'avro-registry-level-cases.json';
const levelFile = golden(levels);
test.runIf(levelFile !== undefined)('every compatibility level looks at the versions it should', () => {
  if (!isJsonObject(levelFile)) throw new TypeError('not an object');
  const schemas = levelFile.get('schemas');
  const cases = levelFile.get('cases');
  if (!isJsonObject(schemas) || !isJsonArray(cases)) throw new TypeError('no cases');
  const parsed = (name: unknown) =>
    avroLanguage.parse(schemaText(schemas, String(name)), { references: [], strict: true });
  const run = (item: JsonObject) => {
    const history = (plainValue(item.get('history') ?? []) as string[]).map((name, index) => ({
      version: index + 1,
      schema: parsed(name),
    }));
    const level = textIn(item, 'level') as CompatibilityLevel;
    const messages = checkCompatibility(avroLanguage, parsed(item.get('new')), history, {
      level,
      policy: 'STRICT',
    });
    expect(messages.length === 0).toBe(item.get('compatible'));
  };
  const name = (item: JsonObject) => printJson(item, 'double');
  expect(score(levels, cases.filter(isJsonObject), name, run)).toEqual([]);
});
