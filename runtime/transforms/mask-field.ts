import {
  type ConnectRecord,
  convertValue,
  DataError,
  Decimal,
  describeValue,
  type Fields,
  getField,
  isPlainObject,
  logicalNames,
  makeSchema,
  type Schema,
  setField,
  type Value,
} from '../data/index.ts';
import { defineTransform } from '../plugin/index.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { putField, readField, replaceNullWithDefault } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';

const purpose = 'mask fields';

/** Replaces the values of fields by an empty value of their type, or by a given one. */
export const maskField = sides.map((side) =>
  defineTransform({
    ...namesOf('MaskField', side),
    version: '1.0.0',
    description: `Replaces fields of the record's ${side.name.toLowerCase()} by an empty or a given value.`,
    config: {
      type: 'object',
      required: ['fields'],
      properties: {
        fields: {
          type: 'array',
          items: { type: 'string' },
          minItems: 1,
          uniqueItems: true,
          importance: 'HIGH',
          description: 'Fields to mask.',
        },
        replacement: {
          type: 'string',
          minLength: 1,
          importance: 'LOW',
          description: 'What to put in their place; only for numbers and text. Default: 0, false, empty.',
        },
        'replace.null.with.default': replaceNullWithDefault,
      },
    },
    open: (config) => ({
      fields: new Set(config.fields),
      replacement: config.replacement,
      replaceNull: config['replace.null.with.default'],
    }),
    map: (record, handle) => mask(record, handle, side),
  }),
);

interface Handle {
  readonly fields: ReadonlySet<string>;
  readonly replacement: string | undefined;
  readonly replaceNull: boolean;
}

function mask(record: ConnectRecord, handle: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  if (schema === undefined) {
    const map = requireMap(value, purpose);
    const target = { ...map };
    for (const name of handle.fields) setField(target, name, masked(undefined, getField(map, name), handle));
    return side.replace(record, undefined, target);
  }
  const struct = requireStruct(schema, value, purpose);
  const target: Fields = {};
  for (const field of schema.fields) {
    const item = readField(struct, field, handle.replaceNull);
    const result = handle.fields.has(field.name) ? masked(field.schema, item, handle) : item;
    putField(target, field.name, field.schema, result);
  }
  return side.replace(record, schema, target);
}

function masked(schema: Schema | undefined, value: Value, { replacement }: Handle): Value {
  if (value === null || value === undefined) return null;
  return replacement === undefined ? emptyLike(schema, value) : replaced(schema, value, replacement);
}

function emptyLike(schema: Schema | undefined, value: Value): Value {
  if (value instanceof Decimal) return new Decimal(0n, 0);
  if (value instanceof Date || isLogicalMoment(schema)) return new Date(0);
  if (typeof value === 'string') return '';
  if (typeof value === 'boolean') return false;
  if (typeof value === 'number' || typeof value === 'bigint') return 0;
  if (Array.isArray(value)) return [];
  const isMap = value instanceof Map || (isPlainObject(value) && schema?.type !== 'struct');
  if (isMap) return value instanceof Map ? new Map() : {};
  throw new DataError(`Cannot mask value of type: ${describeValue(value)}`);
}

function isLogicalMoment(schema: Schema | undefined): boolean {
  return [logicalNames.date, logicalNames.time, logicalNames.timestamp].some((name) => name === schema?.name);
}

function replaced(schema: Schema | undefined, value: Value, replacement: string): Value {
  if (value instanceof Decimal) return Decimal.parse(replacement);
  const isReplaceable = ['string', 'number', 'bigint'].includes(typeof value) && !isLogicalMoment(schema);
  if (!isReplaceable)
    throw new DataError(`Cannot mask value of type ${describeValue(value)} with custom replacement.`);
  if (typeof value === 'string') return replacement;
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  const type = schema?.type ?? (isWhole ? 'int64' : 'float64');
  return convertValue(makeSchema(type), undefined, replacement);
}
