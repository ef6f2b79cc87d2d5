import { expect, test } from 'vitest';
import { isCompatible } from '../../schema-registry/json/difference.ts';
import { jsonDifferences, jsonLanguage } from '../../schema-registry/json/language.ts';
import { printJson } from '../../schema-registry/json-text/printer.ts';
import { type JsonObject, plainValue } from '../../schema-registry/json-text/tree.ts';
import { goldenCases, score, textIn } from './golden.ts';

function parsed(item: JsonObject, key: string) {
  const text = printJson(item.get(key) ?? null, 'decimal');
  return jsonLanguage.parse(text, { references: [], strict: true });
}

function checkProbe(item: JsonObject): void {
  const [original, update] = [parsed(item, 'original_schema'), parsed(item, 'update_schema')];
  const differences = jsonDifferences(original, update, 'STRICT');
  const isAccepted = differences.every((difference) => isCompatible(difference, 'STRICT'));
  // Where the reference crashes there is nothing to be equal to; refusing is the answer that loses no data.
  if (item.has('java_error')) {
    expect(isAccepted).toBe(false);
    return;
  }
  expect(differences.map(({ type, path }) => `${type} ${path}`)).toEqual(
    plainValue(item.get('java_changes') ?? []),
  );
  expect(isAccepted).toBe(item.get('java_compatible'));
  const lenient = jsonDifferences(original, update, 'LENIENT');
  expect(lenient.every((difference) => isCompatible(difference, 'LENIENT'))).toBe(
    item.get('java_compatible_lenient'),
  );
  const labels = { readerLabel: '%s', writerLabel: '%s', policy: 'STRICT' } as const;
  expect(jsonLanguage.compatibility(update, original, labels)).toEqual(
    plainValue(item.get('java_messages') ?? []),
  );
}

const file = 'json-schema-diff-draft7-probes.json';
const cases = goldenCases(file);
test.runIf(cases.length > 0)(
  'JSON Schema probes have the differences, verdicts and messages of the reference',
  () => {
    expect(score(file, cases, (item) => textIn(item, 'description'), checkProbe)).toEqual([]);
  },
);
