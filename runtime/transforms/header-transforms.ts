import {
  type ConnectRecord,
  DataError,
  describeSchema,
  type Fields,
  fieldEntries,
  fieldOf,
  getField,
  type Header,
  makeHeader,
  newRecord,
  parseHeaderValue,
  type Schema,
  setField,
} from '../data/index.ts';
import { ConfigError, defineTransform } from '../plugin/index.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { putField, readField, replaceNullWithDefault, schemaCache, structLike } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';

const nameList = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string' },
    importance: 'HIGH',
    description,
    check: (names: unknown) => (Array.isArray(names) && names.length > 0 ? undefined : 'Empty list'),
  }) as const;

/** Adds a fixed header. */
export const insertHeader = defineTransform({
  ...namesOf('InsertHeader'),
  version: '1.0.0',
  description: 'Adds a header with a fixed value.',
  config: {
    type: 'object',
    required: ['header', 'value.literal'],
    properties: {
      header: {
        type: 'string',
        importance: 'HIGH',
        description: 'Name of the header.',
        whenMissing: 'Invalid value null for configuration header: entry must be non null',
      },
      'value.literal': {
        type: 'string',
        importance: 'HIGH',
        description: 'Its value: numbers, dates, lists and maps are recognised.',
        whenMissing: 'Invalid value null for configuration value.literal: entry must be non null',
      },
    },
  },
  open: (config) => makeHeader(config.header, parseHeaderValue(config['value.literal'])),
  map: (record, header) => newRecord(record, { headers: [...record.headers, header] }),
});

/** Removes headers by name. */
export const dropHeaders = defineTransform({
  ...namesOf('DropHeaders'),
  version: '1.0.0',
  description: 'Removes headers by name.',
  config: {
    type: 'object',
    required: ['headers'],
    properties: {
      headers: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        uniqueItems: true,
        importance: 'HIGH',
        description: 'Names of the headers to remove.',
      },
    },
  },
  open: (config) => new Set(config.headers),
  map: (record, names) => newRecord(record, { headers: record.headers.filter(({ key }) => !names.has(key)) }),
});

/** Copies or moves fields into headers. */
export const headerFrom = sides.map((side) =>
  defineTransform({
    ...namesOf('HeaderFrom', side),
    version: '1.0.0',
    description: `Copies or moves fields of the record's ${side.name.toLowerCase()} into headers.`,
    config: {
      type: 'object',
      required: ['fields', 'headers', 'operation'],
      properties: {
        fields: { ...nameList('Fields to take.'), whenMissing: emptyList('fields') },
        headers: {
          ...nameList('Headers to put them in, in the same order.'),
          whenMissing: emptyList('headers'),
        },
        operation: {
          type: 'string',
          enum: ['move', 'copy'],
          importance: 'HIGH',
          description: 'Whether the fields go or stay.',
        },
        'replace.null.with.default': replaceNullWithDefault,
      },
    },
    validate: ({ fields, headers }) => {
      if (fields.length === headers.length) return;
      throw new ConfigError("'fields' config must have the same number of elements as 'headers' config.");
    },
    open: ({ fields, headers, operation, 'replace.null.with.default': replaceNull }) => ({
      fields,
      headers,
      operation,
      replaceNull,
      schemaOf: schemaCache((schema) => without(schema, fields)),
    }),
    map: (record, handle) => {
      const isStruct = side.schemaOf(record) !== undefined;
      return isStruct ? fromStruct(record, handle, side) : fromMap(record, handle, side);
    },
  }),
);

interface Handle {
  readonly fields: readonly string[];
  readonly headers: readonly string[];
  readonly operation: 'move' | 'copy';
  readonly replaceNull: boolean;
  readonly schemaOf: (schema: Schema) => Schema;
}

function without(schema: Schema, names: readonly string[]): Schema {
  return structLike(
    schema,
    fieldEntries(schema).filter(([name]) => !names.includes(name)),
  );
}

function fromStruct(record: ConnectRecord, handle: Handle, side: Side): ConnectRecord {
  const schema = side.schemaOf(record);
  if (schema === undefined) return record;
  const struct = requireStruct(schema, side.valueOf(record), `header ${handle.operation}`);
  // What stays comes first, as in Kafka: of two errors it is the one that is told.
  const rest = handle.operation === 'copy' ? record : withoutFields(record, schema, struct, handle, side);
  const added = handle.fields.map((name, index) => headerOf(schema, struct, name, handle, index));
  return newRecord(rest, { headers: [...record.headers, ...added] });
}

function headerOf(schema: Schema, struct: Fields, name: string, handle: Handle, index: number): Header {
  const field = fieldOf(schema, name);
  if (field === undefined) throw new DataError(`${name} is not a valid field name`);
  const value = readField(struct, field, handle.replaceNull);
  if (value === null && !field.schema.optional) {
    const described = describeSchema(field.schema);
    throw new DataError(`A null value requires an optional schema but was ${described}`);
  }
  return { key: handle.headers[index] ?? name, schema: field.schema, value };
}

function withoutFields(
  record: ConnectRecord,
  schema: Schema,
  struct: Fields,
  handle: Handle,
  side: Side,
): ConnectRecord {
  const smaller = handle.schemaOf(schema);
  const target: Fields = {};
  for (const field of smaller.fields) {
    putField(target, field.name, field.schema, readField(struct, field, handle.replaceNull));
  }
  return side.replace(record, smaller, target);
}

function fromMap(record: ConnectRecord, handle: Handle, side: Side): ConnectRecord {
  const map = requireMap(side.valueOf(record), `header ${handle.operation}`);
  const added = handle.fields.map(
    (name, index): Header => ({
      key: handle.headers[index] ?? name,
      schema: undefined,
      value: getField(map, name),
    }),
  );
  const headers = [...record.headers, ...added];
  if (handle.operation === 'copy') return newRecord(record, { headers });
  const target: Fields = {};
  for (const [name, value] of Object.entries(map)) {
    if (!handle.fields.includes(name)) setField(target, name, value);
  }
  return newRecord(side.replace(record, undefined, target), { headers });
}

function emptyList(key: string): string {
  return `Invalid value null for configuration ${key}: Empty list`;
}
