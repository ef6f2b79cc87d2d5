import { afterAll, describe, expect, test } from 'vitest';
import { openConverter } from '../../../runtime/converters/index.ts';
import { jsonConverter } from '../../../runtime/converters/json-converter.ts';
import { schemasEqual, valuesEqual } from '../../../runtime/data/index.ts';
import { fieldsOf, type JsonFields, readInput, readOutput, readSchema } from '../golden/typed-values.ts';
import { expectSameError, readVectors, Tally } from '../golden/vectors.ts';

const vectors = readVectors('connect/data-model.jsonl');
const tally = new Tally();
const subject = { topic: 't', headers: [] };
afterAll(() => tally.print('connect JSON converter'));

describe.runIf(vectors.length > 0)('as Kafka Connect does', () => {
  test.each(ofKind('json_to'))('JSON is read: %s', async (_name, vector) => {
    const converter = await open(vector);
    const text = vector['in'];
    const read = () => converter.toConnectData(subject, typeof text === 'string' ? Buffer.from(text) : null);
    await judge(vector, read, ({ schema, value }, wanted) => {
      const out = fieldsOf(wanted);
      const wantedSchema = readSchema(out['schema'], readOutput);
      if (!schemasEqual(schema, wantedSchema)) expect(schema).toEqual(wantedSchema);
      if (!valuesEqual(value, readOutput(out['value']))) expect(value).toEqual(readOutput(out['value']));
    });
    tally.pass('json_to');
  });

  test.each(ofKind('json_from'))('JSON is written: %s', async (_name, vector) => {
    const converter = await open(vector);
    const schema = readSchema(vector['schema']);
    const write = () => converter.fromConnectData(subject, schema, readInput(vector['value'], schema));
    await judge(vector, write, (bytes, wanted) => {
      expect(bytes === null ? null : Buffer.from(bytes).toString()).toBe(wanted);
    });
    tally.pass('json_from');
  });
});

function ofKind(kind: string): [string, JsonFields][] {
  const nameOf = ({ kind, expect, ...rest }: JsonFields): string =>
    JSON.stringify(rest, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
  return vectors.filter((vector) => vector['kind'] === kind).map((vector) => [nameOf(vector), vector]);
}

function open(vector: JsonFields) {
  const use = { isKey: false, signal: new AbortController().signal };
  return openConverter(jsonConverter, fieldsOf(vector['config']), use);
}

async function judge<T>(
  vector: JsonFields,
  run: () => T | Promise<T>,
  check: (result: T, wanted: JsonFields[string]) => void,
): Promise<void> {
  const wanted = fieldsOf(vector['expect']);
  let result: T;
  try {
    result = await run();
  } catch (error) {
    expectSameError(error, fieldsOf(wanted['error'] ?? null));
    return;
  }
  expect(wanted).toHaveProperty('out');
  check(result, wanted['out'] ?? null);
}
