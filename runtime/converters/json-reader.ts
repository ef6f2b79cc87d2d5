import {
  DataError,
  Decimal,
  type Fields,
  int64,
  logicalNames,
  type Schema,
  setField,
  type Value,
  wrapInteger,
} from '../data/index.ts';
import type { Json } from './exact-json.ts';
import { jsonUnionName, readJsonUnion } from './json-union.ts';
import { toLogicalDate, toLogicalDecimal } from './logical-types.ts';

/** How a value is read. */
export interface JsonReading {
  readonly replaceNullWithDefault: boolean;
  /** True where the struct that stands for several types is read from the JSON of one of them. */
  readonly hasUnions?: boolean;
  /** True where a property that is absent is null even if its field is required; a null that is there is still wrong. */
  readonly isAbsentNull?: boolean;
}

/**
 * Reads JSON as `schema` says, as lenient as Connect's JsonConverter: numbers are truncated and wrapped to the type, a
 * wrong kind of value is 0, false or null. Throws {@link DataError} for a missing required value or a wrong structure.
 */
export function readJsonValue(
  schema: Schema | undefined,
  json: Json | undefined,
  reading: JsonReading,
): Value {
  if (schema === undefined) return readSchemaless(json);
  if (json === null || json === undefined) {
    if (schema.default !== undefined && reading.replaceNullWithDefault) return schema.default;
    if (schema.optional || (json === undefined && reading.isAbsentNull === true)) return null;
    throw new DataError(`Invalid null value for required ${schema.type.toUpperCase()} field`);
  }
  if (schema.name !== undefined && logicalReaders.has(schema.name)) {
    return logicalReaders.get(schema.name)?.(schema, json);
  }
  if (reading.hasUnions === true && schema.name === jsonUnionName) {
    return readJsonUnion(schema, json, (member, part) => readJsonValue(member, part, reading));
  }
  return readers[schema.type](schema, json, reading);
}

function readSchemaless(json: Json | undefined): Value {
  if (typeof json === 'bigint') return int64(BigInt.asIntN(64, json));
  if (json instanceof Decimal) return json.toNumber();
  if (typeof json !== 'object' || json === null) return json ?? null;
  if (Array.isArray(json)) return json.map(readSchemaless);
  const fields: Fields = {};
  for (const [name, value] of Object.entries(json)) setField(fields, name, readSchemaless(value));
  return fields;
}

/** What kind of JSON it is, in the words of the messages that users look up. */
function kindOf(json: Json): string {
  if (json === null) return 'NULL';
  if (Array.isArray(json)) return 'ARRAY';
  if (typeof json === 'string') return 'STRING';
  if (typeof json === 'boolean') return 'BOOLEAN';
  return typeof json === 'object' && !(json instanceof Decimal) ? 'OBJECT' : 'NUMBER';
}

type Reader = (schema: Schema, json: Json, reading: JsonReading) => Value;

const integerReader =
  (bits: 8 | 16 | 32): Reader =>
  (_schema, json) =>
    wrapInteger(wholeOf(json), bits);

const readers: Readonly<Record<Schema['type'], Reader>> = {
  int8: integerReader(8),
  int16: integerReader(16),
  int32: integerReader(32),
  int64: (_schema, json) => int64(BigInt.asIntN(64, wholeOf(json))),
  float32: (_schema, json) => Math.fround(numberOf(json)),
  float64: (_schema, json) => numberOf(json),
  boolean: (_schema, json) => json === true,
  string: (_schema, json) => (typeof json === 'string' ? json : null),
  bytes: (_schema, json) => (typeof json === 'string' ? readBase64(json, 'Invalid bytes field') : null),
  array: readArray,
  map: readMap,
  struct: readStruct,
};

function wholeOf(json: Json): bigint {
  if (typeof json === 'bigint') return json;
  if (json instanceof Decimal) return json.toInt64();
  // A whole number as large as 1e20 loses its high bits, as Java's BigDecimal does; what is infinite has no low bits.
  return typeof json === 'number' && Number.isFinite(json) ? BigInt(Math.trunc(json)) : 0n;
}

function numberOf(json: Json): number {
  if (json instanceof Decimal) return json.toNumber();
  // Java has no minus zero here: its decimals have none. Adding 0 takes the sign away.
  return typeof json === 'number' || typeof json === 'bigint' ? Number(json) + 0 : 0;
}

/** Jackson lets blanks stand between units of four, and units with padding before others. */
const base64Unit = /[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==)/g;
const base64Units = /^(?:[^!-\uffff]*[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==))*[^!-\uffff]*$/;

function readBase64(text: string, problem: string): Buffer {
  if (!base64Units.test(text)) throw new DataError(problem);
  const padding = text.indexOf('=');
  const isPlain = padding < 0 || padding >= text.length - 2;
  if (isPlain) return Buffer.from(text, 'base64');
  return Buffer.concat((text.match(base64Unit) ?? []).map((unit) => Buffer.from(unit, 'base64')));
}

function readArray({ valueSchema }: Schema, json: Json, reading: JsonReading): Value {
  const items =
    typeof json === 'object' && json !== null && !(json instanceof Decimal) ? Object.values(json) : [];
  return items.map((item) => readJsonValue(valueSchema, item, reading));
}

function readMap({ keySchema, valueSchema }: Schema, json: Json, reading: JsonReading): Value {
  if (keySchema === undefined || keySchema.type === 'string') {
    if (kindOf(json) !== 'OBJECT') {
      throw new DataError(
        `Maps with string fields should be encoded as JSON objects, but found ${kindOf(json)}`,
      );
    }
    const fields: Fields = {};
    for (const [key, item] of Object.entries(json as Record<string, Json>)) {
      setField(fields, key, readJsonValue(valueSchema, item, reading));
    }
    return fields;
  }
  if (!Array.isArray(json)) {
    throw new DataError(
      `Maps with non-string fields should be encoded as JSON array of tuples, but found ${kindOf(json)}`,
    );
  }
  return new Map(
    json.map((pair) => {
      if (!Array.isArray(pair))
        throw new DataError(`Found invalid map entry instead of array tuple: ${kindOf(pair)}`);
      if (pair.length !== 2) {
        throw new DataError(`Found invalid map entry, expected length 2 but found :${pair.length}`);
      }
      return [
        readJsonValue(keySchema, pair[0], reading),
        readJsonValue(valueSchema, pair[1], reading),
      ] as const;
    }),
  );
}

function readStruct(schema: Schema, json: Json, reading: JsonReading): Value {
  if (kindOf(json) !== 'OBJECT') {
    throw new DataError(`Structs should be encoded as JSON objects, but found ${kindOf(json)}`);
  }
  const source = json as Record<string, Json>;
  const fields: Fields = {};
  for (const { name, schema: fieldSchema } of schema.fields) {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    const read = readJsonValue(fieldSchema, value, reading);
    if (value !== undefined) requireNoNull(fieldSchema, read, `field: "${name}"`);
    setField(fields, name, read);
  }
  return fields;
}

/** JSON of another type than the schema's may be read as null: in a struct that is wrong for what is required. */
function requireNoNull(schema: Schema | undefined, value: Value, place: string): void {
  if (schema === undefined) return;
  if (value === null || value === undefined) {
    if (schema.optional) return;
    throw new DataError(
      `Invalid value: null used for required ${place}, schema type: ${schema.type.toUpperCase()}`,
    );
  }
  if (schema.type === 'array' && Array.isArray(value)) {
    for (const item of value) requireNoNull(schema.valueSchema, item, `element of array ${place}`);
  } else if (schema.type === 'map') {
    for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
      requireNoNull(schema.keySchema, key, `key of map ${place}`);
      requireNoNull(schema.valueSchema, item, `value of map ${place}`);
    }
  }
}

const isInt32 = (json: Json): json is number => typeof json === 'number' && json === (json | 0);

const logicalReaders = new Map<string, (schema: Schema, json: Json) => Value>([
  [logicalNames.decimal, readDecimal],
  [logicalNames.date, (schema, json) => readMoment(schema, json, 'Date', 'integer', isInt32(json))],
  [logicalNames.time, (schema, json) => readMoment(schema, json, 'Time', 'integer', isInt32(json))],
  [
    logicalNames.timestamp,
    (schema, json) =>
      readMoment(schema, json, 'Timestamp', 'integral', Number.isInteger(json) || typeof json === 'bigint'),
  ],
]);

function readDecimal(schema: Schema, json: Json): Value {
  if (json instanceof Decimal) return json;
  if (typeof json === 'number' || typeof json === 'bigint') return Decimal.parse(String(json));
  if (typeof json === 'string') {
    return readDecimalBytes(schema, json);
  }
  throw new DataError(
    `Invalid type for Decimal, underlying representation should be numeric or bytes but was ${kindOf(json)}`,
  );
}

function readDecimalBytes(schema: Schema, text: string): Value {
  const problem = 'Invalid bytes for Decimal field';
  const bytes = readBase64(text, problem);
  try {
    if (bytes.length > 0) return toLogicalDecimal(schema, bytes);
  } catch (cause) {
    throw new DataError(problem, { cause });
  }
  throw new DataError(problem);
}

function readMoment(schema: Schema, json: Json, type: string, wanted: string, isValid: boolean): Value {
  if (!isValid) {
    throw new DataError(
      `Invalid type for ${type}, underlying representation should be ${wanted} but was ${kindOf(json)}`,
    );
  }
  return toLogicalDate(schema, typeof json === 'bigint' ? int64(BigInt.asIntN(64, json)) : Number(json));
}
