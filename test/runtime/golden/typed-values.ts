// Reads the typed JSON of the golden vectors: schemas and values as Kafka Connect's own classes had them.
import {
  Decimal,
  dateOf,
  type Fields,
  int64,
  logicalNames,
  makeSchema,
  type Schema,
  type SchemaType,
  schemas,
  type Value,
} from '../../../runtime/data/index.ts';

/** Any JSON of a vector; whole numbers beyond 2^53 are bigint. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonFields;
export interface JsonFields {
  [key: string]: Json;
}

type Reviver = (key: string, value: Json, context: { readonly source?: string }) => Json;
const parse = JSON.parse as (text: string, reviver: Reviver) => Json;

export function parseExact(text: string): JsonFields {
  const exact: Reviver = (_key, value, { source = '' }) =>
    typeof value === 'number' && /^-?\d{16,}$/.test(source) ? int64(BigInt(source)) : value;
  return fieldsOf(parse(text, exact));
}

/** Throws when `json` is not an object. */
export function fieldsOf(json: Json | undefined): JsonFields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not an object');
  return json;
}

export function listOf(json: Json | undefined): Json[] {
  return Array.isArray(json) ? json : [];
}

const textOf = (json: Json | undefined): string | undefined => (typeof json === 'string' ? json : undefined);

/** A schema as the vectors' inputs (`field` inside the schema) and outputs (`field` beside it) write it. */
export function readSchema(json: Json | undefined, readDefault = readInput): Schema | undefined {
  if (json === null || json === undefined) return undefined;
  const it = fieldsOf(json);
  const type = textOf(it['type']) as SchemaType;
  const parts = {
    fields: listOf(it['fields']).map((field): [string, Schema] => {
      const inner = fieldsOf(field);
      const schema = readSchema(inner['schema'] ?? inner, readDefault);
      return [textOf(inner['field']) ?? '', schema ?? schemas.string()];
    }),
    keySchema: readSchema(it['keys'], readDefault),
    valueSchema: readSchema(it['items'] ?? it['values'], readDefault),
  };
  const options = {
    optional: it['optional'] === true,
    name: textOf(it['name']),
    version: typeof it['version'] === 'number' ? it['version'] : undefined,
    doc: textOf(it['doc']),
    parameters: it['parameters'] === undefined ? undefined : (it['parameters'] as Record<string, string>),
  };
  const bare = makeSchema(type, options, parts);
  return it['default'] === undefined ? bare : { ...bare, default: readDefault(it['default'], bare) };
}

/** A value in a vector's input: plain JSON that the schema gives its type, or `{$t, v}` without a schema. */
export function readInput(json: Json | undefined, schema?: Schema): Value {
  if (json === null || json === undefined) return null;
  if (Array.isArray(json)) return json.map((item) => readInput(item, schema?.valueSchema));
  if (typeof json === 'object') return '$t' in json ? readTagged(json) : readFields(json, schema);
  if (schema?.name === logicalNames.decimal) return Decimal.parse(String(json));
  if (schema?.type === 'bytes') return Buffer.from(String(json), 'base64');
  const isMoment = [logicalNames.date, logicalNames.time, logicalNames.timestamp].some(
    (name) => name === schema?.name,
  );
  return isMoment && typeof json !== 'string' ? dateOf(Number(json)) : json;
}

function readFields(json: JsonFields, schema: Schema | undefined): Value {
  const result: Fields = {};
  for (const [name, value] of Object.entries(json)) {
    const field = schema?.fields.find((candidate) => candidate.name === name);
    result[name] = readInput(value, field?.schema ?? schema?.valueSchema);
  }
  return result;
}

function readTagged(json: JsonFields): Value {
  const value = json['v'];
  if (json['$t'] === 'bytes') return Buffer.from(String(value), 'base64');
  if (json['$t'] === 'decimal') return Decimal.parse(String(value));
  if (json['$t'] === 'date') return new Date(Number(value));
  return readInput(value);
}

/** A value in a vector's output: `{int8: 1}`, `{struct: {...}}`, `{map: [[k, v]]}`, ... */
export function readOutput(json: Json | undefined): Value {
  if (json === null || json === undefined) return null;
  const it = fieldsOf(json);
  const [tag = '', value] = Object.entries(it)[0] ?? [];
  switch (tag) {
    case 'int64':
      return int64(BigInt(String(value)));
    case 'float32':
      return Math.fround(Number(value));
    case 'float64':
      return Number(value);
    case 'decimal':
      return Decimal.parse(String(value)).withScale(Number(it['scale']));
    case 'date':
      return dateOf(int64(BigInt(String(value))));
    case 'bytes':
      return Buffer.from(String(value), 'base64');
    case 'array':
      return listOf(value).map(readOutput);
    case 'struct':
      return Object.fromEntries(
        Object.entries(fieldsOf(value)).map(([name, item]) => [name, readOutput(item)]),
      );
    case 'map':
      return readMap(listOf(value).map((pair) => listOf(pair).map(readOutput)));
    default:
      return value as Value;
  }
}

function readMap(pairs: Value[][]): Value {
  if (pairs.every(([key]) => typeof key === 'string')) {
    return Object.fromEntries(pairs.map(([key, value]) => [String(key), value]));
  }
  return new Map(pairs.map(([key, value]) => [key, value] as const));
}
