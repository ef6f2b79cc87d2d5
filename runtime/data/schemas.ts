import { makeSchema, type PrimitiveType, type Schema, type SchemaOptions, withOptions } from './schema.ts';

const primitive =
  (type: PrimitiveType) =>
  (options?: SchemaOptions): Schema =>
    makeSchema(type, options);

/** Names of Connect's logical types. */
export const logicalNames = {
  decimal: 'org.apache.kafka.connect.data.Decimal',
  date: 'org.apache.kafka.connect.data.Date',
  time: 'org.apache.kafka.connect.data.Time',
  timestamp: 'org.apache.kafka.connect.data.Timestamp',
} as const;

/**
 * Constructors for every kind of schema:
 * `schemas.struct({ id: schemas.int64(), note: schemas.optional(schemas.string()) }, { name: 'order' })`.
 */
export const schemas = {
  int8: primitive('int8'),
  int16: primitive('int16'),
  int32: primitive('int32'),
  int64: primitive('int64'),
  float32: primitive('float32'),
  float64: primitive('float64'),
  boolean: primitive('boolean'),
  string: primitive('string'),
  bytes: primitive('bytes'),

  array: (items: Schema | undefined, options?: SchemaOptions): Schema =>
    makeSchema('array', options, { valueSchema: items }),

  map: (keys: Schema | undefined, values: Schema | undefined, options?: SchemaOptions): Schema =>
    makeSchema('map', options, { keySchema: keys, valueSchema: values }),

  /** Fields in order. Use entries when a name looks like a number: JavaScript would move it to the front. */
  struct: (
    fields: Readonly<Record<string, Schema>> | readonly (readonly [string, Schema])[],
    options?: SchemaOptions,
  ): Schema =>
    makeSchema('struct', options, {
      fields: Array.isArray(fields) ? fields : Object.entries(fields as Readonly<Record<string, Schema>>),
    }),

  /** Exact decimal numbers with a fixed number of digits behind the point. */
  decimal: (scale: number, options: SchemaOptions = {}): Schema =>
    makeSchema('bytes', {
      version: 1,
      ...options,
      name: logicalNames.decimal,
      parameters: { ...options.parameters, scale: String(scale) },
    }),

  /** A calendar day. */
  date: (options?: SchemaOptions): Schema => logical('int32', logicalNames.date, options),
  /** A time of day with milliseconds. */
  time: (options?: SchemaOptions): Schema => logical('int32', logicalNames.time, options),
  /** A moment with milliseconds. */
  timestamp: (options?: SchemaOptions): Schema => logical('int64', logicalNames.timestamp, options),

  optional: (schema: Schema): Schema => (schema.optional ? schema : withOptions(schema, { optional: true })),
  required: (schema: Schema): Schema => (schema.optional ? withOptions(schema, { optional: false }) : schema),
};

function logical(type: PrimitiveType, name: string, options: SchemaOptions = {}): Schema {
  return makeSchema(type, { version: 1, ...options, name });
}
