import {
  DataError,
  type Fields,
  getField,
  isPlainObject,
  type Schema,
  type SinkRecord,
  schemas,
  type Value,
} from '../../runtime/plugin/index.ts';
import type { SqliteConfig } from './sqlite-config.ts';

/** A column as a record has it. */
export interface ShapeColumn {
  readonly name: string;
  readonly isKey: boolean;
  /** Undefined: the value says what it is. */
  readonly schema: Schema | undefined;
  readonly read: (record: SinkRecord) => Value;
}

type Config = Pick<SqliteConfig, 'pk.mode' | 'pk.fields' | 'fields.whitelist'>;

const kafkaFields = ['__connect_topic', '__connect_partition', '__connect_offset'] as const;

/** The columns of a record with a value, key columns first. Throws {@link DataError} when it has not what the config asks for. */
export function shapeOf(config: Config, record: SinkRecord): ShapeColumn[] {
  const values = valueColumns(config, record);
  const keys = keyColumns(config, record, values);
  const keyNames = new Set(keys.map(({ name }) => name.toLowerCase()));
  const columns = [...keys, ...values.filter(({ name }) => !keyNames.has(name.toLowerCase()))];
  const seen = new Set<string>();
  for (const { name } of columns) {
    const folded = name.toLowerCase();
    if (seen.has(folded))
      throw new DataError(`two fields are called "${name}" when upper and lower case are the same`);
    seen.add(folded);
  }
  if (columns.length === 0) throw new DataError('the record has no field to write');
  return columns;
}

/** The key columns of a tombstone. Throws {@link DataError}. */
export function keyShapeOf(config: Config, record: SinkRecord): ShapeColumn[] {
  return keyColumns(config, record, []);
}

/** Tells records without schema apart whose columns differ; equal texts mean the same columns. */
export function signatureOf({ key, keySchema, value, valueSchema }: SinkRecord): string {
  const names = (side: Value, schema: Schema | undefined) =>
    schema === undefined && isPlainObject(side) ? JSON.stringify(Object.keys(side)) : '';
  return `${names(key, keySchema)}/${names(value, valueSchema)}`;
}

function valueColumns(config: Config, { value, valueSchema }: SinkRecord): ShapeColumn[] {
  const wanted = new Set(config['fields.whitelist']);
  return fieldsOf('value', value, valueSchema)
    .filter(([name]) => wanted.size === 0 || wanted.has(name) || config['pk.fields'].includes(name))
    .map(([name, schema]) => ({
      name,
      schema,
      isKey: false,
      read: (record) => getField(record.value as Fields, name),
    }));
}

function keyColumns(config: Config, record: SinkRecord, values: readonly ShapeColumn[]): ShapeColumn[] {
  switch (config['pk.mode']) {
    case 'none':
      return [];
    case 'kafka':
      return kafkaColumns(config['pk.fields']);
    case 'record_key':
      return recordKeyColumns(config['pk.fields'], record);
    default:
      return chosen(config['pk.fields'], values, 'value').map((column) => ({ ...column, isKey: true }));
  }
}

function kafkaColumns(names: readonly string[]): ShapeColumn[] {
  const [topic, partition, offset] = names.length === 3 ? names : kafkaFields;
  return [
    { name: topic ?? '', isKey: true, schema: schemas.string(), read: (record) => record.topic },
    { name: partition ?? '', isKey: true, schema: schemas.int32(), read: (record) => record.partition },
    { name: offset ?? '', isKey: true, schema: schemas.int64(), read: (record) => record.offset },
  ];
}

function recordKeyColumns(names: readonly string[], { key, keySchema }: SinkRecord): ShapeColumn[] {
  if (key === null || key === undefined)
    throw new DataError('the record has no key, and pk.mode is record_key');
  const isPrimitive = keySchema === undefined ? !isPlainObject(key) : keySchema.type !== 'struct';
  if (isPrimitive) {
    const [name] = names;
    if (name === undefined || names.length > 1)
      throw new DataError('the key is one value: pk.fields must name one column for it');
    return [{ name, isKey: true, schema: keySchema, read: (record) => record.key }];
  }
  const columns = fieldsOf('key', key, keySchema).map(
    ([name, schema]): ShapeColumn => ({
      name,
      isKey: true,
      schema,
      read: (record) => getField(record.key as Fields, name),
    }),
  );
  return chosen(names, columns, 'key');
}

function chosen(
  names: readonly string[],
  columns: readonly ShapeColumn[],
  side: string,
): readonly ShapeColumn[] & ShapeColumn[] {
  if (names.length === 0) return [...columns];
  return names.map((name) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined)
      throw new DataError(`the ${side} has no field "${name}", which pk.fields names`);
    return column;
  });
}

function fieldsOf(side: string, value: Value, schema: Schema | undefined): [string, Schema | undefined][] {
  if (schema?.type === 'struct') return schema.fields.map((field) => [field.name, field.schema]);
  if (schema === undefined && isPlainObject(value))
    return Object.keys(value).map((name) => [name, undefined]);
  throw new DataError(
    `the ${side} must be a struct, or an object without schema; HoistField makes one of a single value`,
  );
}
