import type { SQLInputValue } from 'node:sqlite';
import {
  DataError,
  Decimal,
  logicalNames,
  type Schema,
  schemas,
  toJsonText,
  type Value,
} from '../../runtime/plugin/index.ts';

/** How SQLite keeps the values of a column. */
export type Affinity = 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB' | 'NUMERIC';

/** Turns a value into what SQLite stores. Throws {@link DataError} when that would change it. */
export type Bind = (value: Value) => SQLInputValue;

/** The affinity of a declared type, by SQLite's rules. */
export function affinityOf(declaredType: string): Affinity {
  const type = declaredType.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

/**
 * The column type for values of a schema. Decimals and moments are text, because SQLite would round the first and has
 * no type for the second; arrays, maps and structs are JSON.
 */
export function columnTypeOf(schema: Schema): Affinity {
  if (logicalTypes.has(schema.name ?? '')) return 'TEXT';
  return columnTypes[schema.type];
}

const logicalTypes: ReadonlySet<string> = new Set(Object.values(logicalNames));

const columnTypes: Readonly<Record<Schema['type'], Affinity>> = {
  int8: 'INTEGER',
  int16: 'INTEGER',
  int32: 'INTEGER',
  int64: 'INTEGER',
  boolean: 'INTEGER',
  float32: 'REAL',
  float64: 'REAL',
  string: 'TEXT',
  bytes: 'BLOB',
  array: 'TEXT',
  map: 'TEXT',
  struct: 'TEXT',
};

/** The column type that fits a value without schema. */
export function columnTypeOfValue(value: Value): Affinity {
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'REAL';
  if (typeof value === 'bigint' || typeof value === 'boolean') return 'INTEGER';
  if (value === null || value === undefined || value instanceof Uint8Array) return 'BLOB';
  return 'TEXT';
}

/** How values of a schema get into a column. Null stands for the schema's default, if it has one. */
export function bindOf(schema: Schema | undefined, affinity: Affinity): Bind {
  if (schema === undefined) return (value) => bindLoosely(value, affinity);
  const fallback = schema.default;
  const bind = bindPresent(schema, affinity);
  return (value) => {
    const present = value ?? fallback;
    return present === null || present === undefined ? null : bind(present);
  };
}

function bindPresent(schema: Schema, affinity: Affinity): Bind {
  if (schema.name === logicalNames.decimal) return bindDecimal;
  if (logicalTypes.has(schema.name ?? '')) return (value) => momentText(schema, value);
  switch (columnTypes[schema.type]) {
    case 'INTEGER':
      return schema.type === 'boolean'
        ? (value) => (value === true ? 1 : 0)
        : (value) => bindNumber(value, affinity);
    case 'REAL':
      return (value) => bindNumber(value, affinity === 'BLOB' ? 'REAL' : affinity);
    case 'BLOB':
      return (value) => value as Uint8Array;
    default:
      return schema.type === 'string' ? bindText : (value) => toJsonText(schema, value);
  }
}

/** SQLite takes any JavaScript number for a float, and only the column's affinity makes it whole again. */
function bindNumber(value: Value, affinity: Affinity): SQLInputValue {
  if (typeof value === 'bigint') return affinity === 'TEXT' ? value.toString() : checkInt64(value);
  if (typeof value !== 'number') throw new DataError(`${typeof value} where a number is expected`);
  if (affinity === 'TEXT') return String(value);
  return affinity === 'BLOB' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function checkInt64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new DataError(`the number ${value} is too large for SQLite`);
}

function bindText(value: Value): string {
  if (typeof value === 'string') return value;
  throw new DataError(`${typeof value} where text is expected`);
}

function bindDecimal(value: Value): SQLInputValue {
  if (value instanceof Decimal) return value.toString();
  throw new DataError('a decimal number is expected');
}

/** Dates as ISO 8601 without quotes; moments that a Date cannot hold as their milliseconds. */
function momentText(schema: Schema, value: Value): string {
  const text = toJsonText(schema, value);
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

function bindLoosely(value: Value, affinity: Affinity): SQLInputValue {
  switch (typeof value) {
    case 'string':
      return checkText(value, affinity);
    case 'number':
    case 'bigint':
      return bindNumber(value, affinity);
    case 'boolean':
      return value ? 1 : 0;
    default:
      return bindObject(value);
  }
}

function bindObject(value: Value): SQLInputValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  if (value instanceof Decimal) return value.toString();
  return value instanceof Date ? momentText(timestamp, value) : toJsonText(undefined, value);
}

const timestamp = schemas.timestamp();

/** A column of numbers would turn '007' into 7. */
function checkText(text: string, affinity: Affinity): string {
  const isNumeric = affinity !== 'TEXT' && affinity !== 'BLOB';
  if (isNumeric && text.trim() !== '' && !Number.isNaN(Number(text)) && String(Number(text)) !== text) {
    throw new DataError(`the text ${JSON.stringify(text)} would be changed by a column of type ${affinity}`);
  }
  return text;
}
