import {
  type ConnectRecord,
  DataError,
  dateOf,
  type Fields,
  fieldEntries,
  type Schema,
  schemas,
  setField,
  type Value,
} from '../data/index.ts';
import { ConfigError, defineTransform } from '../plugin/index.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { replaceNullWithDefault, schemaCache, structLike } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';
import { StructCopy } from './struct-copy.ts';

const purpose = 'field insertion';
const nameProperty = (description: string) =>
  ({ type: 'string', importance: 'MEDIUM', description }) as const;

/** Adds where a record came from, when, and fixed text to its fields. */
export const insertField = sides.map((side) =>
  defineTransform({
    ...namesOf('InsertField', side),
    version: '1.0.0',
    description: `Inserts fields into the record's ${side.name.toLowerCase()}: topic, partition, offset, time, fixed text.`,
    config: {
      type: 'object',
      properties: {
        'topic.field': nameProperty(
          'Field for the topic. Ends in ! when required, in ? when optional (the default).',
        ),
        'partition.field': nameProperty('Field for the partition. Same suffixes.'),
        'offset.field': nameProperty('Field for the offset, in sinks only. Same suffixes.'),
        'timestamp.field': nameProperty('Field for the timestamp. Same suffixes.'),
        'static.field': nameProperty('Field for the fixed text. Same suffixes.'),
        'static.value': nameProperty('The fixed text.'),
        'replace.null.with.default': replaceNullWithDefault,
      },
    },
    validate: (config) => {
      insertionsOf(config);
    },
    open: (config) => {
      const insertions = insertionsOf(config);
      const replaceNull = config['replace.null.with.default'];
      return {
        insertions,
        copyOf: schemaCache(
          (schema) =>
            new StructCopy({ source: schema.fields, target: extend(schema, insertions), replaceNull }),
        ),
      };
    },
    map: (record, handle) => insert(record, handle, side),
  }),
);

interface Insertion {
  readonly name: string;
  readonly schema: Schema;
  /** Null: nothing to insert. `isStruct`: the record has a schema. */
  read(record: ConnectRecord, isStruct: boolean): Value;
}

interface Handle {
  readonly insertions: readonly Insertion[];
  readonly copyOf: (schema: Schema) => StructCopy;
}

interface Config {
  readonly 'topic.field'?: string | undefined;
  readonly 'partition.field'?: string | undefined;
  readonly 'offset.field'?: string | undefined;
  readonly 'timestamp.field'?: string | undefined;
  readonly 'static.field'?: string | undefined;
  readonly 'static.value'?: string | undefined;
}

function insertionsOf(config: Config): Insertion[] {
  const { 'static.field': staticField, 'static.value': staticValue } = config;
  if (staticField !== undefined && staticValue === undefined) {
    throw new ConfigError([
      {
        key: 'static.value',
        message: `Invalid value null for configuration static.value: No value specified for static field: ${staticField}`,
      },
    ]);
  }
  const insertions = [
    insertion(config['topic.field'], schemas.string, (record) => record.topic),
    insertion(config['partition.field'], schemas.int32, (record) => record.partition),
    insertion(config['offset.field'], schemas.int64, offsetOf),
    insertion(config['timestamp.field'], schemas.timestamp, timestampOf),
    insertion(staticField, schemas.string, () => staticValue),
  ].filter((entry) => entry !== undefined);
  if (insertions.length === 0) throw new ConfigError('No field insertion configured');
  return insertions;
}

function insertion(
  text: string | undefined,
  make: typeof schemas.string,
  read: Insertion['read'],
): Insertion | undefined {
  if (text === undefined) return undefined;
  return { name: text.replace(/[!?]$/, ''), schema: make({ optional: !text.endsWith('!') }), read };
}

function offsetOf(record: ConnectRecord): Value {
  if (record.offset !== undefined) return record.offset;
  throw new DataError(`Only SinkRecord supported for [${purpose}]: a source record has no offset.`);
}

function timestampOf({ timestamp }: ConnectRecord, isStruct: boolean): Value {
  return timestamp !== undefined && isStruct ? dateOf(timestamp) : timestamp;
}

function extend(schema: Schema, insertions: readonly Insertion[]): Schema {
  return structLike(schema, [
    ...fieldEntries(schema),
    ...insertions.map(({ name, schema }) => [name, schema] as const),
  ]);
}

function insert(record: ConnectRecord, handle: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  if (value === null || value === undefined) return record;
  if (schema === undefined) {
    const target: Fields = { ...requireMap(value, purpose) };
    for (const { name, read } of handle.insertions) {
      const inserted = read(record, false);
      if (inserted !== undefined) setField(target, name, inserted);
    }
    return side.replace(record, undefined, target);
  }
  const struct = requireStruct(schema, value, purpose);
  const copy = handle.copyOf(schema);
  const values = copy.read(struct);
  let at = schema.fields.length;
  for (const { read } of handle.insertions) values[at++] = read(record, true) ?? null;
  return side.replace(record, copy.schema, copy.make(values));
}
