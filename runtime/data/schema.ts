import { SchemaBuilderError } from './errors.ts';
import type { Value } from './value.ts';

/** Connect's schema types, by the names Kafka's schemas use in lower case. */
export type SchemaType = PrimitiveType | 'array' | 'map' | 'struct';

export type PrimitiveType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float32'
  | 'float64'
  | 'boolean'
  | 'string'
  | 'bytes';

/** One field of a struct; `index` is its position in {@link Schema.fields}. */
export interface Field {
  readonly name: string;
  readonly index: number;
  readonly schema: Schema;
}

/**
 * Connect's schema: immutable, made by {@link schemas}, compared by content with `schemasEqual`. Keep and reuse schema
 * objects: transforms and converters cache their work by the identity of the schema, so a new object for every record
 * costs that work again.
 */
export interface Schema {
  readonly type: SchemaType;
  /** True when null is a legal value. */
  readonly optional: boolean;
  readonly name: string | undefined;
  /** An int32. */
  readonly version: number | undefined;
  readonly doc: string | undefined;
  readonly parameters: Readonly<Record<string, string>> | undefined;
  /** What null stands for; undefined: none. */
  readonly default: Value;
  /** Of a struct, in order; empty otherwise. */
  readonly fields: readonly Field[];
  /** Of a map. Undefined in a map that was parsed without entries. */
  readonly keySchema: Schema | undefined;
  /** Of an array's items or a map's values. Undefined where nothing is known about them. */
  readonly valueSchema: Schema | undefined;
}

/** A value with the schema that describes it; `schema` undefined means schemaless. */
export interface SchemaAndValue {
  readonly schema: Schema | undefined;
  readonly value: Value;
}

/** What every schema may say about itself. */
export interface SchemaOptions {
  readonly optional?: boolean | undefined;
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly doc?: string | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly default?: Value;
}

/** The parts a composite schema has beside its {@link SchemaOptions}. */
export interface SchemaParts {
  readonly fields?: readonly (readonly [name: string, schema: Schema])[];
  readonly keySchema?: Schema | undefined;
  readonly valueSchema?: Schema | undefined;
}

/** Makes a schema of any type. Throws {@link SchemaBuilderError} on a duplicate or empty field name. */
export function makeSchema(type: SchemaType, options: SchemaOptions = {}, parts: SchemaParts = {}): Schema {
  return {
    type,
    optional: options.optional ?? false,
    name: options.name,
    version: options.version,
    doc: options.doc,
    parameters: options.parameters,
    default: options.default ?? undefined,
    fields: parts.fields === undefined ? noFields : toFields(parts.fields),
    keySchema: parts.keySchema,
    valueSchema: parts.valueSchema,
  };
}

const noFields: readonly Field[] = [];

function toFields(entries: readonly (readonly [string, Schema])[]): Field[] {
  const seen = new Set<string>();
  return entries.map(([name, schema], index) => {
    if (name === '') throw new SchemaBuilderError('fieldName cannot be null.');
    if (seen.has(name)) {
      throw new SchemaBuilderError(`Cannot create field because of field name duplication ${name}`);
    }
    seen.add(name);
    return { name, index, schema };
  });
}

const fieldsByName = new WeakMap<Schema, ReadonlyMap<string, Field>>();

/** The field with that name; undefined when there is none, or `schema` is not a struct. */
export function fieldOf(schema: Schema, name: string): Field | undefined {
  if (schema.fields.length <= 8) return schema.fields.find((field) => field.name === name);
  let index = fieldsByName.get(schema);
  if (index === undefined) {
    index = new Map(schema.fields.map((field) => [field.name, field]));
    fieldsByName.set(schema, index);
  }
  return index.get(name);
}

/** The fields as entries, for building another struct from this one. */
export function fieldEntries(schema: Schema): [string, Schema][] {
  return schema.fields.map((field) => [field.name, field.schema]);
}

/** A copy with other options; what `change` does not name stays. */
export function withOptions(schema: Schema, change: SchemaOptions): Schema {
  return { ...schema, ...change, optional: change.optional ?? schema.optional };
}

/** As users and logs see a schema: `Schema{name:TYPE}`, or `Schema{TYPE}`. */
export function describeSchema(schema: Schema): string {
  return `Schema{${schema.name === undefined ? '' : `${schema.name}:`}${schema.type.toUpperCase()}}`;
}
