import { afterAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../../platform/clock.ts';
import { silentLogger } from '../../../platform/logger.ts';
import {
  type ConnectRecord,
  connectRecord,
  type Header,
  newRecord,
  schemasEqual,
  type Value,
  valuesEqual,
} from '../../../runtime/data/index.ts';
import { createContext, PluginRegistry, requirePluginConfig } from '../../../runtime/plugin/index.ts';
import { builtInPredicates } from '../../../runtime/predicates/index.ts';
import {
  builtInTransforms,
  openTransformChain,
  TransformationError,
} from '../../../runtime/transforms/index.ts';
import {
  fieldsOf,
  type JsonFields,
  listOf,
  readInput,
  readOutput,
  readSchema,
} from '../golden/typed-values.ts';
import { expectSameError, readVectors, Tally } from '../golden/vectors.ts';

const vectors = readVectors('connect/data-model.jsonl');
const tally = new Tally();
afterAll(() => tally.print('connect transforms'));

const registry = new PluginRegistry();
for (const plugin of [...builtInTransforms, ...builtInPredicates]) registry.add(plugin);

const clock: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  monotonic: () => 0,
  timer: () => ({ cancel() {} }),
};
const ctx = createContext({
  connector: 'golden',
  signal: new AbortController().signal,
  log: silentLogger,
  clock,
});

describe.runIf(vectors.length > 0)('as Kafka Connect does', () => {
  test.each(ofKind('smt'))('%s', async (_name, vector) => {
    const className = String(vector['class']);
    const plugin = registry.find('transform', className);
    if (plugin === undefined) return tally.notApplicable(className, 'no such transform yet');
    if (needsBoxedType(vector)) return tally.notApplicable(className, 'the Java type of a schemaless number');
    const input = readRecord(fieldsOf(vector['in'] ?? null));
    const wanted = fieldsOf(vector['expect'] ?? null);
    const results = await outcome(async () => {
      const stage = { alias: 'a', plugin, raw: fieldsOf(vector['config'] ?? null) };
      return (await openTransformChain([stage], ctx)).apply(input);
    });
    const error = wanted['configure_error'] ?? wanted['apply_error'];
    if (error !== undefined) expectSameError(results.error, fieldsOf(error));
    else expectRecord(results, wanted['out'] ?? null, input);
    tally.pass(className);
  });

  test.each(ofKind('pred'))('%s', async (_name, vector) => {
    const plugin = registry.require('predicate', String(vector['class']));
    const topic = vector['topic'];
    const headers = listOf(vector['headers']).map(
      (key): Header => ({ key: String(key), schema: undefined, value: 1 }),
    );
    const value = readInput(vector['value']);
    const record = connectRecord({ value, headers, topic: typeof topic === 'string' ? topic : '' });
    const wanted = fieldsOf(vector['expect'] ?? null);
    const { result, error } = await outcome(async () => {
      const config = requirePluginConfig(plugin, fieldsOf(vector['config'] ?? null));
      return plugin.test(record, plugin.open === undefined ? config : await plugin.open(config, ctx));
    });
    if (wanted['error'] === undefined) expect(result).toBe(wanted['out']);
    else expectSameError(error, fieldsOf(wanted['error']));
    tally.pass(String(vector['class']));
  });
});

function ofKind(kind: string): [string, JsonFields][] {
  const nameOf = ({ kind, expect, ...rest }: JsonFields): string =>
    JSON.stringify(rest, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
  return vectors.filter((vector) => vector['kind'] === kind).map((vector) => [nameOf(vector), vector]);
}

/** Java refuses an Integer, Short, Byte or Float where it takes a Long; without a schema a number is a number here. */
function needsBoxedType(vector: JsonFields): boolean {
  const error = fieldsOf(vector['expect'] ?? null)['apply_error'];
  return (
    error !== undefined &&
    /class java\.lang\.(Integer|Short|Byte|Float)/.test(String(fieldsOf(error)['message']))
  );
}

async function outcome<T>(run: () => Promise<T>): Promise<{ result?: T; error?: unknown }> {
  try {
    return { result: await run() };
  } catch (error) {
    return { error: error instanceof TransformationError ? error.cause : error };
  }
}

function readRecord(json: JsonFields): ConnectRecord {
  const [keySchema, valueSchema] = [readSchema(json['keySchema']), readSchema(json['valueSchema'])];
  const record = connectRecord({
    topic: typeof json['topic'] === 'string' ? json['topic'] : 'test',
    partition: typeof json['partition'] === 'number' ? json['partition'] : undefined,
    timestamp: typeof json['timestamp'] === 'number' ? json['timestamp'] : undefined,
    keySchema,
    valueSchema,
    key: readInput(json['key'], keySchema),
    value: readInput(json['value'], valueSchema),
    headers: listOf(json['headers']).map((header) => readHeader(fieldsOf(header), readInput)),
  });
  return json['sink'] === true ? newRecord(record, { offset: Number(json['offset']) }) : record;
}

function readHeader(json: JsonFields, read: typeof readInput | typeof readOutput): Header {
  const schema = readSchema(json['schema'], read);
  return { key: String(json['key']), schema, value: read(json['value'], schema) };
}

function expectRecord(
  { result, error }: { result?: readonly ConnectRecord[]; error?: unknown },
  json: JsonFields[string],
  input: ConnectRecord,
): void {
  if (error !== undefined) throw error;
  if (json === null) {
    expect(result).toEqual([]);
    return;
  }
  const wanted = fieldsOf(json ?? null);
  const [record] = result ?? [];
  if (record === undefined) throw new Error('the record was dropped');
  if (wanted['same_instance'] === true) expect(record).toBe(input);
  expect(record.topic).toBe(wanted['topic']);
  expect(record.partition).toBe(wanted['partition']);
  expect(record.timestamp).toBe(wanted['timestamp']);
  expectSame(record.keySchema, readSchema(wanted['keySchema'], readOutput), schemasEqual);
  expectSame(record.valueSchema, readSchema(wanted['valueSchema'], readOutput), schemasEqual);
  expectSame(record.key, readOutput(wanted['key']), valuesEqual);
  expectSame(record.value, readOutput(wanted['value']), valuesEqual);
  const headers = listOf(wanted['headers']).map((header) => readHeader(fieldsOf(header), readOutput));
  expect(record.headers.map(({ key }) => key)).toEqual(headers.map(({ key }) => key));
  for (const [index, header] of headers.entries()) {
    expectSame(record.headers[index]?.schema, header.schema, schemasEqual);
    expectSame(record.headers[index]?.value, header.value, valuesEqual);
  }
}

function expectSame<T extends Value | ConnectRecord['valueSchema']>(
  actual: T,
  wanted: T,
  isSame: (a: T, b: T) => boolean,
): void {
  if (!isSame(actual, wanted)) expect(actual).toEqual(wanted);
}
