// Connect's schemas, values and records as JSON that loses nothing: what goes between here and ConnectDescription.java.
import {
  type ConnectRecord,
  connectRecord,
  Decimal,
  dateOf,
  epochMsOf,
  type Fields,
  fieldOf,
  getField,
  int64,
  isPlainObject,
  javaFloat,
  logicalNames,
  makeSchema,
  newRecord,
  type Schema,
  type SchemaType,
  setField,
  type Value,
} from '../../../runtime/data/index.ts';

/** A schema. Whatever it does not have is not there. `values` are those of a map or the items of an array. */
export interface SchemaJson {
  readonly type: SchemaType;
  readonly optional?: boolean;
  readonly name?: string;
  readonly version?: number;
  readonly doc?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly default?: ValueJson;
  readonly fields?: readonly { readonly name: string; readonly schema: SchemaJson }[];
  readonly keys?: SchemaJson;
  readonly values?: SchemaJson;
}

/** A value with the type that it has: numbers as text, of which NaN and -0 are two. Null is null. */
export type ValueJson =
  | null
  | { readonly boolean: boolean }
  | { readonly [T in NumberType]?: string }
  | { readonly string: string }
  | { readonly bytes: string }
  | { readonly decimal: string; readonly scale: number }
  | { readonly date: string }
  | { readonly array: readonly ValueJson[] }
  | { readonly map: readonly (readonly [ValueJson, ValueJson])[] }
  | { readonly struct: readonly (readonly [string, ValueJson])[] };

type NumberType = 'int8' | 'int16' | 'int32' | 'int64' | 'float32' | 'float64';

export interface HeaderJson {
  readonly key: string;
  readonly schema: SchemaJson | null;
  readonly value: ValueJson;
}

/** A sink's record has an offset, a source's has none. */
export interface RecordJson {
  readonly topic: string;
  readonly partition?: number;
  readonly timestamp?: string;
  readonly keySchema: SchemaJson | null;
  readonly key: ValueJson;
  readonly valueSchema: SchemaJson | null;
  readonly value: ValueJson;
  readonly headers: readonly HeaderJson[];
  readonly offset?: string;
}

export function readSchema(json: SchemaJson | null): Schema | undefined {
  if (json === null) return undefined;
  const { type, optional, name, version, doc, parameters, keys = null, values = null } = json;
  const parts = {
    ...(type === 'struct' && {
      fields: (json.fields ?? []).map((field) => [field.name, requireSchema(field.schema)] as const),
    }),
    keySchema: readSchema(keys),
    valueSchema: readSchema(values),
  };
  const schema = makeSchema(type, { optional, name, version, doc, parameters }, parts);
  return json.default === undefined ? schema : { ...schema, default: readValue(json.default, schema) };
}

function requireSchema(json: SchemaJson): Schema {
  const schema = readSchema(json);
  if (schema === undefined) throw new Error('a field has no schema');
  return schema;
}

export function readValue(json: ValueJson, schema: Schema | undefined): Value {
  if (json === null) return null;
  if ('boolean' in json) return json.boolean;
  if ('string' in json) return json.string;
  if ('bytes' in json) return Buffer.from(json.bytes, 'base64');
  if ('decimal' in json) return new Decimal(BigInt(json.decimal), json.scale);
  if ('date' in json) return dateOf(int64(BigInt(json.date)));
  if ('array' in json) return json.array.map((item) => readValue(item, schema?.valueSchema));
  if ('map' in json) return readMap(json.map, schema);
  if ('struct' in json) return readStruct(json.struct, schema);
  const [type = '', text = ''] = Object.entries(json)[0] ?? [];
  return type.startsWith('int') ? int64(BigInt(text)) : Number(text);
}

function readMap(pairs: readonly (readonly [ValueJson, ValueJson])[], schema: Schema | undefined): Value {
  const entries = pairs.map(
    ([key, item]) => [readValue(key, schema?.keySchema), readValue(item, schema?.valueSchema)] as const,
  );
  const isText = entries.every(([key]) => typeof key === 'string');
  return isText ? fieldsOf(entries.map(([key, item]) => [String(key), item])) : new Map(entries);
}

function readStruct(pairs: readonly (readonly [string, ValueJson])[], schema: Schema | undefined): Value {
  return fieldsOf(
    pairs.map(([name, item]) => {
      const field = schema === undefined ? undefined : fieldOf(schema, name);
      return [name, readValue(item, field?.schema)];
    }),
  );
}

function fieldsOf(entries: readonly (readonly [string, Value])[]): Fields {
  const fields: Fields = {};
  for (const [name, value] of entries) setField(fields, name, value);
  return fields;
}

export function readRecord(json: RecordJson): ConnectRecord {
  const [keySchema, valueSchema] = [readSchema(json.keySchema), readSchema(json.valueSchema)];
  const record = connectRecord({
    topic: json.topic,
    partition: json.partition,
    timestamp: json.timestamp === undefined ? undefined : Number(json.timestamp),
    keySchema,
    valueSchema,
    key: readValue(json.key, keySchema),
    value: readValue(json.value, valueSchema),
    headers: json.headers.map(({ key, schema: schemaJson, value }) => {
      const schema = readSchema(schemaJson);
      return { key, schema, value: readValue(value, schema) };
    }),
  });
  return json.offset === undefined ? record : newRecord(record, { offset: Number(json.offset) });
}

export function describeSchema(schema: Schema | undefined): SchemaJson | null {
  if (schema === undefined) return null;
  const { type, optional, name, version, doc, parameters, keySchema, valueSchema } = schema;
  return {
    type,
    optional,
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(doc !== undefined && { doc }),
    ...(parameters !== undefined && { parameters }),
    ...(schema.default !== undefined && { default: describeValue(schema.default, schema) }),
    ...(type === 'struct' && {
      fields: schema.fields.map((field) => ({ name: field.name, schema: requireJson(field.schema) })),
    }),
    ...(keySchema !== undefined && { keys: requireJson(keySchema) }),
    ...(valueSchema !== undefined && { values: requireJson(valueSchema) }),
  };
}

function requireJson(schema: Schema): SchemaJson {
  const json = describeSchema(schema);
  if (json === null) throw new Error('a schema in a schema is none');
  return json;
}

const momentNames: readonly (string | undefined)[] = [
  logicalNames.date,
  logicalNames.time,
  logicalNames.timestamp,
];

/** The type of a number comes from the schema; without one it is an INT64 when it is whole, and else a FLOAT64. */
export function describeValue(value: Value, schema: Schema | undefined): ValueJson {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return { boolean: value };
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'number' || typeof value === 'bigint') return describeNumber(value, schema);
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Decimal) return { decimal: value.unscaled.toString(), scale: value.scale };
  if (value instanceof Date) return { date: String(epochMsOf(value)) };
  if (Array.isArray(value))
    return { array: value.map((item: Value) => describeValue(item, schema?.valueSchema)) };
  if (schema?.type === 'struct' && isPlainObject(value)) {
    return {
      struct: schema.fields.map((field) => [
        field.name,
        describeValue(getField(value, field.name), field.schema),
      ]),
    };
  }
  const entries: [Value, Value][] =
    value instanceof Map ? [...value] : Object.entries(isPlainObject(value) ? value : {});
  return {
    map: entries.map(([key, item]) => [
      describeValue(key, schema?.keySchema),
      describeValue(item, schema?.valueSchema),
    ]),
  };
}

function describeNumber(value: number | bigint, schema: Schema | undefined): ValueJson {
  const isBeyondDates = typeof dateOf(value) !== 'object';
  if (isBeyondDates && momentNames.includes(schema?.name)) return { date: String(value) };
  const type =
    schema !== undefined && isNumeric(schema.type) ? schema.type : isWhole(value) ? 'int64' : 'float64';
  return { [type]: Object.is(value, -0) && type.startsWith('float') ? '-0' : String(value) };
}

function isWhole(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

export function describeRecord(record: ConnectRecord): RecordJson {
  const { topic, partition, timestamp, keySchema, key, valueSchema, value, headers, offset } = record;
  return {
    topic,
    ...(partition !== undefined && { partition }),
    ...(timestamp !== undefined && { timestamp: String(timestamp) }),
    keySchema: describeSchema(keySchema),
    key: describeValue(key, keySchema),
    valueSchema: describeSchema(valueSchema),
    value: describeValue(value, valueSchema),
    headers: headers.map((header) => ({
      key: header.key,
      schema: describeSchema(header.schema),
      value: describeValue(header.value, header.schema),
    })),
    ...(offset !== undefined && { offset: String(offset) }),
  };
}

/**
 * A description in the one form that both sides can be brought to: floats as JavaScript prints them, maps in the order of
 * their keys, and numbers without a schema as the types that these have here. `schema`: null for none.
 */
export function canonicalValue(json: ValueJson, schema: SchemaJson | null): ValueJson {
  if (json === null) return null;
  if ('array' in json) {
    return { array: json.array.map((item) => canonicalValue(item, schema?.values ?? null)) };
  }
  if ('map' in json) {
    const pairs = json.map.map(
      ([key, item]) =>
        [canonicalValue(key, schema?.keys ?? null), canonicalValue(item, schema?.values ?? null)] as const,
    );
    return { map: pairs.sort(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
  }
  if ('struct' in json) {
    const schemaOf = (name: string) => schema?.fields?.find((field) => field.name === name)?.schema ?? null;
    return { struct: json.struct.map(([name, item]) => [name, canonicalValue(item, schemaOf(name))]) };
  }
  const [type = '', text = ''] = Object.entries(json)[0] ?? [];
  if (type === 'date' && schema === null && typeof dateOf(Number(text)) !== 'object') return { int64: text };
  if (!/^(?:int|float)\d/.test(type)) return json;
  if (schema === null || !isNumeric(schema.type)) {
    return describeNumber(withoutType(type, text, schema !== null), undefined);
  }
  // The type of a number is here what its schema says.
  if (type.startsWith('int')) return { [schema.type]: text };
  const value = schema.type === 'float32' ? Math.fround(Number(text)) : Number(text);
  return { [schema.type]: Object.is(value, -0) ? '-0' : String(value) };
}

function isNumeric(type: SchemaType): boolean {
  return /^(?:int|float)\d/.test(type);
}

/** A FLOAT32 without a schema is the double that is printed alike; so is one whose schema is of something else. */
function withoutType(type: string, text: string, isMisplaced: boolean): number | bigint {
  if (type.startsWith('int')) return int64(BigInt(text));
  return type === 'float32' || isMisplaced ? Number(javaFloat(Number(text))) : Number(text);
}

export function canonicalSchema(json: SchemaJson | null): SchemaJson | null {
  if (json === null) return null;
  const { keys, values, fields } = json;
  return {
    ...json,
    optional: json.optional ?? false,
    ...(json.default !== undefined && { default: canonicalValue(json.default, json) }),
    ...(fields !== undefined && {
      fields: fields.map((field) => ({ ...field, schema: canonicalSchema(field.schema) ?? field.schema })),
    }),
    ...(keys !== undefined && { keys: canonicalSchema(keys) ?? keys }),
    ...(values !== undefined && { values: canonicalSchema(values) ?? values }),
  };
}

export function canonicalRecord(json: RecordJson): RecordJson {
  return {
    ...json,
    keySchema: canonicalSchema(json.keySchema),
    key: canonicalValue(json.key, json.keySchema),
    valueSchema: canonicalSchema(json.valueSchema),
    value: canonicalValue(json.value, json.valueSchema),
    headers: json.headers.map((header) => ({
      key: header.key,
      schema: canonicalSchema(header.schema),
      value: canonicalValue(header.value, header.schema),
    })),
  };
}
