import {
  Decimal,
  getField,
  isPlainObject,
  numberToText,
  type Schema,
  simpleDateFormat,
  type Value,
} from '../data/index.ts';

const dateFormat = simpleDateFormat('EEE MMM dd HH:mm:ss zzz y');

/**
 * A value as Java's `toString` shows it, which is what Connect's StringConverter writes: `Struct{a=1,b=x}`, `{a=1, b=2}`,
 * `[1, 2]`. Bytes, for which Java shows an address, are base64.
 */
export function valueToString(schema: Schema | undefined, value: Value): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return numberToText(schema, value);
  if (typeof value === 'string' || typeof value === 'boolean' || value instanceof Decimal)
    return String(value);
  if (value instanceof Date) return dateFormat.format(value.getTime());
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value))
    return `[${value.map((item) => valueToString(schema?.valueSchema, item)).join(', ')}]`;
  if (schema?.type === 'struct') return structToString(schema, value);
  const entries: [Value, Value][] =
    value instanceof Map ? [...value] : Object.entries(isPlainObject(value) ? value : {});
  const parts = entries.map(
    ([key, item]) => `${valueToString(schema?.keySchema, key)}=${valueToString(schema?.valueSchema, item)}`,
  );
  return `{${parts.join(', ')}}`;
}

function structToString(schema: Schema, value: Value): string {
  const parts = schema.fields.flatMap((field) => {
    // A default does not stand for null here.
    const item = isPlainObject(value) ? getField(value, field.name) : null;
    return item === null ? [] : [`${field.name}=${valueToString(field.schema, item)}`];
  });
  return `Struct{${parts.join(',')}}`;
}
