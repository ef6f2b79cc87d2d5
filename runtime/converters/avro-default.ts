import { type Fields, getField, int64, type Schema, setField, type Value } from '../data/index.ts';
import { exactNumber } from './exact-json.ts';
import { fromLogical, toLogicalDate, toLogicalDecimal } from './logical-types.ts';
import { entriesOf, requireFields, requirePart } from './value-parts.ts';

/** How Connect's names and map keys become Avro's. */
export interface AvroNaming {
  name(name: string): string;
  /** Whether maps with such keys are maps in Avro. */
  isMapKey(schema: Schema): boolean;
}

/** The default of a field: its schema's, or null when it is optional. */
export function avroDefault(schema: Schema, naming: AvroNaming): { readonly default?: unknown } {
  if (schema.default !== undefined) return { default: defaultJson(schema, schema.default, naming) };
  return schema.optional ? { default: null } : {};
}

/** A default as Avro schemas write it: bytes as Latin-1 text, unions as their first branch. */
export function defaultJson(schema: Schema, value: Value, naming: AvroNaming): unknown {
  if (value === null || value === undefined) return null;
  const raw = schema.name === undefined ? undefined : fromLogical(schema, value);
  const plain = raw ?? value;
  if (plain instanceof Uint8Array) return Buffer.from(plain).toString('latin1');
  if (typeof plain === 'bigint') return exactNumber(plain.toString());
  if (Array.isArray(plain)) {
    const items = requirePart(schema.valueSchema, 'items of an array');
    return plain.map((item) => defaultJson(items, item, naming));
  }
  if (schema.type === 'struct') {
    const fields = requireFields(schema, value);
    return Object.fromEntries(
      schema.fields.map((field) => [
        naming.name(field.name),
        defaultJson(field.schema, getField(fields, field.name) ?? field.schema.default, naming),
      ]),
    );
  }
  if (schema.type !== 'map') return plain;
  const values = requirePart(schema.valueSchema, 'values of a map');
  const entries = entriesOf(schema, value);
  const keys = requirePart(schema.keySchema, 'keys of a map');
  if (naming.isMapKey(keys)) {
    return Object.fromEntries(entries.map(([key, item]) => [String(key), defaultJson(values, item, naming)]));
  }
  return entries.map(([key, item]) => ({
    key: defaultJson(keys, key, naming),
    value: defaultJson(values, item, naming),
  }));
}

/** A default in Avro's JSON as Connect value; undefined when it is null, which is none. */
export function readDefault(schema: Schema, json: unknown): Value {
  if (json === null || json === undefined) return undefined;
  if (schema.type === 'bytes') {
    const bytes = Buffer.from(String(json), 'latin1');
    return schema.parameters?.['scale'] === undefined ? bytes : toLogicalDecimal(schema, bytes);
  }
  if (schema.type === 'array') return asList(json).map((item) => readPart(schema.valueSchema, item));
  if (schema.type === 'map') return readMap(schema, json);
  if (schema.type === 'struct') {
    const target: Fields = {};
    for (const { name, schema: part } of schema.fields)
      setField(target, name, readPart(part, getField(json as Fields, name)));
    return target;
  }
  const number = typeof json === 'bigint' ? int64(json) : json;
  return typeof number === 'number' ? (toLogicalDate(schema, number) ?? number) : (number as Value);
}

function readMap({ keySchema, valueSchema }: Schema, json: unknown): Value {
  if (Array.isArray(json)) {
    return new Map(
      json.map((entry: Fields) => [
        readPart(keySchema, getField(entry, 'key')),
        readPart(valueSchema, getField(entry, 'value')),
      ]),
    );
  }
  const target: Fields = {};
  for (const [key, item] of Object.entries(json as Fields))
    setField(target, key, readPart(valueSchema, item));
  return target;
}

function readPart(schema: Schema | undefined, json: Value): Value {
  return (schema === undefined ? json : readDefault(schema, json)) ?? null;
}

function asList(json: unknown): readonly Value[] {
  return Array.isArray(json) ? json : [];
}
