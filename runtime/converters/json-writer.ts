import {
  bufferOf,
  DataError,
  Decimal,
  describeValue,
  type Field,
  getField,
  isPlainObject,
  isPlainText,
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

/** Writes values of one schema that are not null. Throws {@link DataError} when a value does not fit it. */
type Write = (value: Value) => string;

/**
 * A value as JSON text, as Connect's JsonConverter writes it: floats with a fraction, bytes in base64, maps with other
 * keys than strings as pairs. Throws {@link DataError} when the value does not fit the schema.
 */
export function writeJsonValue(schema: Schema | undefined, value: Value, writing: JsonWriting): string {
  if (schema === undefined) return writeSchemaless(value);
  return value === null || value === undefined
    ? writeNull(schema, writing)
    : writerOf(schema, writing)(value);
}

const knownWriters = new WeakMap<Schema, (Write | undefined)[]>();

function writerOf(schema: Schema, writing: JsonWriting): Write {
  let writers = knownWriters.get(schema);
  if (writers === undefined) {
    writers = [];
    knownWriters.set(schema, writers);
  }
  const { isNumericDecimal, replaceNullWithDefault, hasUnions = false } = writing;
  const mode = (isNumericDecimal ? 1 : 0) + (replaceNullWithDefault ? 2 : 0) + (hasUnions ? 4 : 0);
  let write = writers[mode];
  if (write === undefined) {
    write = newWriter(schema, writing);
    writers[mode] = write;
  }
  return write;
}

function newWriter(schema: Schema, writing: JsonWriting): Write {
  if (schema.name?.startsWith('org.apache.kafka.connect.data.')) {
    const plain = writers[schema.type](schema, writing);
    return (value) => writeLogical(schema, value, writing) ?? plain(value);
  }
  if (writing.hasUnions === true && schema.name === jsonUnionName) {
    return (value) => {
      const member = chosenMember(schema, value);
      return writeJsonValue(member.schema, member.value, writing);
    };
  }
  return writers[schema.type](schema, writing);
}

/** A JSON string with escapes as Jackson writes them: upper case, and for characters beyond 16 bits too. */
export function quoteJson(text: string): string {
  return isPlainText(text) ? `"${text}"` : escaped(text);
}

function escaped(text: string): string {
  const json = quoted(text);
  return unlikeJackson.test(json) ? json.replaceAll(escapeOrSurrogate, upperCaseEscape) : json;
}

const unlikeJackson = /\\u|[\ud800-\udfff]/;
const escapeOrSurrogate = /\\(?:\\|u[0-9a-f]{4})|[\ud800-\udfff]/g;

function upperCaseEscape(found: string): string {
  if (found === '\\\\') return found;
  const hex = found.length === 1 ? found.charCodeAt(0).toString(16) : found.slice(2);
  return `\\u${hex.toUpperCase()}`;
}

function writeNull(schema: Schema, writing: JsonWriting): string {
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

type NewWriter = (schema: Schema, writing: JsonWriting) => Write;

const integerWriter: NewWriter = (schema) => (value) =>
  Number.isInteger(value) || typeof value === 'bigint' ? String(value) : misfit(schema, value);

const floatWriter: NewWriter = (schema) => (value) => {
  if (typeof value !== 'number') return misfit(schema, value);
  const text = numberToText(schema, value);
  return Number.isFinite(value) ? text : `"${text}"`;
};

const writers: Readonly<Record<Schema['type'], NewWriter>> = {
  int8: integerWriter,
  int16: integerWriter,
  int32: integerWriter,
  int64: integerWriter,
  float32: floatWriter,
  float64: floatWriter,
  boolean: (schema) => (value) => (typeof value === 'boolean' ? String(value) : misfit(schema, value)),
  string: (schema) => (value) => (typeof value === 'string' ? quoteJson(value) : misfit(schema, value)),
  bytes: (schema) => (value) => (value instanceof Uint8Array ? writeBytes(value) : misfit(schema, value)),
  array: (schema, writing) => (value) =>
    Array.isArray(value)
      ? `[${value.map((item) => writeJsonValue(schema.valueSchema, item, writing)).join(',')}]`
      : misfit(schema, value),
  map: (schema, writing) => (value) => writeMap(schema, value, writing),
  struct: structWriter,
};

function misfit({ type }: Schema, value: Value): never {
  throw new DataError(`Invalid type for ${type.toUpperCase()}: ${describeValue(value)}`);
}

function writeBytes(bytes: Uint8Array): string {
  return `"${bufferOf(bytes).toString('base64')}"`;
}

function writeMap(schema: Schema, value: Value, writing: JsonWriting): string {
  const { keySchema, valueSchema } = schema;
  if (!(value instanceof Map) && !isPlainObject(value)) return misfit(schema, value);
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

function structWriter(schema: Schema, writing: JsonWriting): Write {
  const { fields } = schema;
  if (fields.length === 0) return (value) => (isPlainObject(value) ? '{}' : misfit(schema, value));
  const prefixes = fields.map(({ name }, index) => `${index === 0 ? '{' : ','}${quoteJson(name)}:`);
  // Filled when they are needed: a schema may lead back to itself.
  const members: Write[] = [];
  return (value) => {
    if (!isPlainObject(value)) return misfit(schema, value);
    let text = '';
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as Field;
      const item = getField(value, field.name);
      let member = members[index];
      if (member === undefined) {
        member = writerOf(field.schema, writing);
        members[index] = member;
      }
      text += prefixes[index] + (item === null ? writeNull(field.schema, writing) : member(item));
    }
    return `${text}}`;
  };
}

function writeSchemaless(value: Value): string {
  switch (typeof value) {
    case 'undefined':
      return 'null';
    case 'string':
      return quoteJson(value);
    case 'number':
      return Number.isFinite(value) ? numberToText(undefined, value) : `"${numberToText(undefined, value)}"`;
    case 'bigint':
    case 'boolean':
      return String(value);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(writeSchemaless).join(',')}]`;
  if (value instanceof Uint8Array) return writeBytes(value);
  if (value instanceof Map && ![...value.keys()].every((key) => typeof key === 'string')) {
    return `[${[...value].map(writeSchemaless).join(',')}]`;
  }
  if (value instanceof Map) return writeEntries([...value] as [string, Value][]);
  if (isPlainObject(value)) return writeEntries(Object.entries(value));
  throw new DataError(`Without a schema JSON cannot hold ${describeValue(value)}: give the record a schema.`);
}

function writeEntries(entries: readonly (readonly [string, Value])[]): string {
  return `{${entries.map(([key, item]) => `${quoteJson(key)}:${writeSchemaless(item)}`).join(',')}}`;
}
