import {
  DataError,
  Decimal,
  describeValue,
  getField,
  isPlainObject,
  logicalNames,
  numberToText,
  quoted,
  type Schema,
  type Value,
} from '../data/index.ts';
import { chosenMember, jsonUnionName } from './json-union.ts';
import { fromLogical } from './logical-types.ts';

/** How a value is written. */
export interface JsonWriting {
  /** Decimals as JSON numbers; else as base64 of their unscaled bytes. */
  readonly isNumericDecimal: boolean;
  readonly replaceNullWithDefault: boolean;
  /** True where the struct that stands for several types is written as the JSON of the one it has. */
  readonly hasUnions?: boolean;
  /** For schemas: whether objects may have no other properties than those that are named. */
  readonly isClosed?: boolean;
}

/**
 * A value as JSON text, as Connect's JsonConverter writes it: floats with a fraction, bytes in base64, maps with other
 * keys than strings as pairs. Throws {@link DataError} when the value does not fit the schema.
 */
export function writeJsonValue(schema: Schema | undefined, value: Value, writing: JsonWriting): string {
  if (value === null || value === undefined) return writeNull(schema, writing);
  if (schema === undefined) return writeSchemaless(value, writing);
  if (schema.name?.startsWith('org.apache.kafka.connect.data.')) {
    const logical = writeLogical(schema, value, writing);
    if (logical !== undefined) return logical;
  }
  if (writing.hasUnions === true && schema.name === jsonUnionName) {
    const member = chosenMember(schema, value);
    return writeJsonValue(member.schema, member.value, writing);
  }
  const text = writers[schema.type](schema, value, writing);
  if (text === undefined) {
    throw new DataError(`Invalid type for ${schema.type.toUpperCase()}: ${describeValue(value)}`);
  }
  return text;
}

/** A JSON string with escapes as Jackson writes them: hexadecimal digits are upper case. */
function quoteJson(text: string): string {
  const json = quoted(text);
  if (!json.includes('\\u00')) return json;
  return json.replaceAll(/\\(?:\\|u00[0-9a-f]{2})/g, (found) =>
    found.startsWith('\\u') ? `\\u${found.slice(2).toUpperCase()}` : found,
  );
}

function writeNull(schema: Schema | undefined, writing: JsonWriting): string {
  if (schema === undefined) return 'null';
  if (schema.default !== undefined && writing.replaceNullWithDefault) {
    return writeJsonValue(schema, schema.default, writing);
  }
  if (schema.optional) return 'null';
  throw new DataError('Conversion error: null value for field that is required and has no default value');
}

function writeLogical(schema: Schema, value: Value, writing: JsonWriting): string | undefined {
  if (schema.name === logicalNames.decimal && writing.isNumericDecimal && value instanceof Decimal) {
    return value.toString();
  }
  const raw = fromLogical(schema, value);
  if (raw === undefined) return undefined;
  return raw instanceof Uint8Array ? writeBytes(raw) : String(raw);
}

/** Returns undefined when the value has the wrong type. */
type Writer = (schema: Schema, value: Value, writing: JsonWriting) => string | undefined;

const writeInteger: Writer = (_schema, value) =>
  Number.isInteger(value) || typeof value === 'bigint' ? String(value) : undefined;

const writeFloat: Writer = (schema, value) => {
  if (typeof value !== 'number') return undefined;
  const text = numberToText(schema, value);
  return Number.isFinite(value) ? text : `"${text}"`;
};

const writers: Readonly<Record<Schema['type'], Writer>> = {
  int8: writeInteger,
  int16: writeInteger,
  int32: writeInteger,
  int64: writeInteger,
  float32: writeFloat,
  float64: writeFloat,
  boolean: (_schema, value) => (typeof value === 'boolean' ? String(value) : undefined),
  string: (_schema, value) => (typeof value === 'string' ? quoteJson(value) : undefined),
  bytes: (_schema, value) => (value instanceof Uint8Array ? writeBytes(value) : undefined),
  array: ({ valueSchema }, value, writing) =>
    Array.isArray(value)
      ? `[${value.map((item) => writeJsonValue(valueSchema, item, writing)).join(',')}]`
      : undefined,
  map: writeMap,
  struct: writeStruct,
};

function writeBytes(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;
}

function writeMap(
  { keySchema, valueSchema }: Schema,
  value: Value,
  writing: JsonWriting,
): string | undefined {
  if (!(value instanceof Map) && !isPlainObject(value)) return undefined;
  const entries: [Value, Value][] = value instanceof Map ? [...value] : Object.entries(value);
  if (keySchema === undefined || keySchema.type === 'string') {
    const parts = entries.map(
      ([key, item]) => `${quoteJson(String(key))}:${writeJsonValue(valueSchema, item, writing)}`,
    );
    return `{${parts.join(',')}}`;
  }
  const pairs = entries.map(
    ([key, item]) =>
      `[${writeJsonValue(keySchema, key, writing)},${writeJsonValue(valueSchema, item, writing)}]`,
  );
  return `[${pairs.join(',')}]`;
}

/** `"name":` of every field, per struct schema. */
const fieldPrefixes = new WeakMap<Schema, readonly string[]>();

function writeStruct(schema: Schema, value: Value, writing: JsonWriting): string | undefined {
  if (!isPlainObject(value)) return undefined;
  let prefixes = fieldPrefixes.get(schema);
  if (prefixes === undefined) {
    prefixes = schema.fields.map(({ name }) => `${quoteJson(name)}:`);
    fieldPrefixes.set(schema, prefixes);
  }
  let text = '{';
  for (const [index, field] of schema.fields.entries()) {
    if (index > 0) text += ',';
    text += prefixes[index] + writeJsonValue(field.schema, getField(value, field.name), writing);
  }
  return `${text}}`;
}

function writeSchemaless(value: Value, writing: JsonWriting): string {
  switch (typeof value) {
    case 'string':
      return quoteJson(value);
    case 'number':
      return Number.isFinite(value) ? numberToText(undefined, value) : `"${numberToText(undefined, value)}"`;
    case 'bigint':
    case 'boolean':
      return String(value);
  }
  if (Array.isArray(value))
    return `[${value.map((item) => writeJsonValue(undefined, item, writing)).join(',')}]`;
  if (value instanceof Uint8Array) return writeBytes(value);
  if (value instanceof Map && ![...value.keys()].every((key) => typeof key === 'string')) {
    return `[${[...value].map((pair) => writeSchemaless(pair, writing)).join(',')}]`;
  }
  if (value instanceof Map) return writeEntries([...value] as [string, Value][], writing);
  if (isPlainObject(value)) return writeEntries(Object.entries(value), writing);
  throw new DataError(`Without a schema JSON cannot hold ${describeValue(value)}: give the record a schema.`);
}

function writeEntries(entries: readonly (readonly [string, Value])[], writing: JsonWriting): string {
  return `{${entries.map(([key, item]) => `${quoteJson(key)}:${writeJsonValue(undefined, item, writing)}`).join(',')}}`;
}
