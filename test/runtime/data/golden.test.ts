import { afterAll, describe, expect, test } from 'vitest';
import {
  convertValue,
  makeSchema,
  type PrimitiveType,
  parseHeaderValue,
  projectValue,
  type Schema,
  schemasEqual,
  type Value,
  valuesEqual,
  valueToText,
} from '../../../runtime/data/index.ts';
import { fieldsOf, type JsonFields, readInput, readOutput, readSchema } from '../golden/typed-values.ts';
import { expectSameError, readVectors, Tally } from '../golden/vectors.ts';

const vectors = readVectors('connect/data-model.jsonl');
const tally = new Tally();
afterAll(() => tally.print('connect data model'));

describe.runIf(vectors.length > 0)('as Kafka Connect does', () => {
  test.each(ofKind('parse'))('header text %s is parsed and printed', (_name, vector) => {
    const { schema, value } = parseHeaderValue(String(vector['in']));
    const wanted = fieldsOf(vector['expect'])['out'];
    if (wanted === null) expect(value).toBeNull();
    else {
      const out = fieldsOf(wanted ?? null);
      expectEqual(schema, readSchema(out['schema'], readOutput), value, readOutput(out['value']));
      expect(valueToText(schema, value)).toBe(out['convertToString']);
    }
    tally.pass('parse');
  });

  test.each(ofKind('convert'))('a value is converted: %s', (_name, vector) => {
    const target = makeSchema(vector['to'] as PrimitiveType, { optional: true });
    judge(vector, () => convertValue(target, undefined, readInput(vector['value'])));
    tally.pass('convert');
  });

  test.each(ofKind('project'))('a value is projected: %s', (_name, vector) => {
    const [source, target] = [readSchema(vector['source']), readSchema(vector['target'])];
    if (source === undefined || target === undefined) throw new Error('a projection needs two schemas');
    judge(vector, () => projectValue(source, readInput(vector['value'], source), target));
    tally.pass('project');
  });
});

function ofKind(kind: string): [string, JsonFields][] {
  return vectors.filter((vector) => vector['kind'] === kind).map((vector) => [nameOf(vector), vector]);
}

function nameOf({ kind, expect, ...rest }: JsonFields): string {
  return JSON.stringify(rest, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}

function judge(vector: JsonFields, run: () => Value): void {
  const wanted = fieldsOf(vector['expect']);
  if ('out' in wanted) expectEqual(undefined, undefined, run(), readOutput(wanted['out']));
  else {
    let thrown: unknown;
    try {
      run();
    } catch (error) {
      thrown = error;
    }
    expectSameError(thrown, fieldsOf(wanted['error']));
  }
}

function expectEqual(
  schema: Schema | undefined,
  wantedSchema: Schema | undefined,
  value: Value,
  wanted: Value,
) {
  if (!schemasEqual(schema, wantedSchema)) expect(schema).toEqual(wantedSchema);
  const isEmptyMap = value instanceof Map && value.size === 0;
  if (!valuesEqual(isEmptyMap ? {} : value, wanted)) expect(value).toEqual(wanted);
}
