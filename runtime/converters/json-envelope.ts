import {
  DataError,
  makeSchema,
  type Schema,
  SchemaBuilderError,
  type SchemaOptions,
  type SchemaType,
  setField,
  type Value,
  validateValue,
  withOptions,
  wrapInteger,
} from '../data/index.ts';
import type { Json } from './exact-json.ts';
import { readJsonValue } from './json-reader.ts';
import { type JsonWriting, quoteJson, writeJsonValue } from './json-writer.ts';

const typeNames: Readonly<Record<SchemaType, string>> = {
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  float32: 'float',
  float64: 'double',
  boolean: 'boolean',
  string: 'string',
  bytes: 'bytes',
  array: 'array',
  map: 'map',
  struct: 'struct',
};

const typesByName = new Map(Object.entries(typeNames).map(([type, name]) => [name, type as SchemaType]));

/** A schema as JsonConverter puts it beside the payload: JSON text with Kafka's key order. `fieldName`: it is a field. */
export function writeJsonSchema(schema: Schema, writing: JsonWriting, fieldName?: string): string {
  const parts = [
    `"type":"${typeNames[schema.type]}"`,
    ...compositeParts(schema, writing),
    `"optional":${schema.optional}`,
    ...(schema.name === undefined ? [] : [`"name":${quoteJson(schema.name)}`]),
    ...(schema.version === undefined ? [] : [`"version":${schema.version}`]),
    ...(schema.doc === undefined ? [] : [`"doc":${quoteJson(schema.doc)}`]),
    ...(schema.parameters === undefined ? [] : [`"parameters":${parametersText(schema.parameters)}`]),
    ...(schema.default === undefined ? [] : [`"default":${writeJsonValue(schema, schema.default, writing)}`]),
    ...(fieldName === undefined ? [] : [`"field":${quoteJson(fieldName)}`]),
  ];
  return `{${parts.join(',')}}`;
}

function compositeParts({ type, fields, keySchema, valueSchema }: Schema, writing: JsonWriting): string[] {
  const nested = (schema: Schema | undefined): string =>
    schema === undefined ? 'null' : writeJsonSchema(schema, writing);
  if (type === 'array') return [`"items":${nested(valueSchema)}`];
  if (type === 'map') return [`"keys":${nested(keySchema)}`, `"values":${nested(valueSchema)}`];
  if (type !== 'struct') return [];
  return [`"fields":[${fields.map(({ name, schema }) => writeJsonSchema(schema, writing, name)).join(',')}]`];
}

function parametersText(parameters: Readonly<Record<string, string>>): string {
  return `{${Object.entries(parameters)
    .map(([key, value]) => `${quoteJson(key)}:${quoteJson(value)}`)
    .join(',')}}`;
}

/** Reads what {@link writeJsonSchema} writes; null is no schema. Throws {@link DataError} that says what is missing. */
export function readJsonSchema(json: Json | undefined): Schema | undefined {
  if (json === null || json === undefined) return undefined;
  const node = isObject(json) ? json : {};
  const typeName = node['type'];
  if (typeof typeName !== 'string') throw new DataError("Schema must contain 'type' field");
  const type = typesByName.get(typeName);
  if (type === undefined) throw new DataError(`Unknown schema type: ${typeName}`);
  // In Kafka's order: of two mistakes the first is told.
  const parts = partsOf(type, node);
  const schema = makeSchema(type, optionsOf(node), parts);
  const fallback = node['default'];
  if (fallback === undefined) return schema;
  const value = readJsonValue(schema, fallback, { replaceNullWithDefault: true });
  if (value === null && schema.optional) return schema;
  requireValidDefault(schema, value);
  return withOptions(schema, { default: value });
}

function requireValidDefault(schema: Schema, value: Value): void {
  try {
    validateValue(schema, value);
  } catch (cause) {
    throw new SchemaBuilderError('Invalid default value', { cause });
  }
}

function optionsOf(node: JsonObject): SchemaOptions {
  const { optional, name, version, doc, parameters } = node;
  return {
    optional: optional === true,
    name: typeof name === 'string' ? name : undefined,
    version: isWhole(version) ? wrapInteger(version, 32) : undefined,
    doc: typeof doc === 'string' ? doc : undefined,
    parameters: isObject(parameters) ? parametersOf(parameters) : undefined,
  };
}

function parametersOf(json: JsonObject): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== 'string') throw new DataError('Schema parameters must have string values.');
    setField(parameters, key, value);
  }
  return parameters;
}

function partsOf(type: SchemaType, node: JsonObject) {
  if (type === 'array') {
    return { valueSchema: required(node['items'], 'Array schema did not specify the element type') };
  }
  if (type === 'map') {
    const { keys, values } = node;
    if (keys === undefined) throw new DataError('Map schema did not specify the key type');
    if (values === undefined) throw new DataError('Map schema did not specify the value type');
    const [keySchema, valueSchema] = [readJsonSchema(keys), readJsonSchema(values)];
    if (keySchema === undefined) throw new SchemaBuilderError('keySchema cannot be null.');
    if (valueSchema === undefined) throw new SchemaBuilderError('valueSchema cannot be null.');
    return { keySchema, valueSchema };
  }
  return type === 'struct' ? { fields: fieldsOf(node['fields']) } : {};
}

function isWhole(json: Json | undefined): json is number | bigint {
  return typeof json === 'bigint' || (typeof json === 'number' && Number.isInteger(json));
}

function required(json: Json | undefined, problem: string): Schema {
  const schema = readJsonSchema(json);
  if (schema === undefined) throw new DataError(problem);
  return schema;
}

function fieldsOf(json: Json | undefined): [string, Schema][] {
  if (!Array.isArray(json)) throw new DataError('Struct schema\'s "fields" argument is not an array.');
  return json.map((field) => {
    const name = isObject(field) ? field['field'] : undefined;
    if (typeof name !== 'string') throw new DataError("Struct schema's field name not specified properly");
    return [name, required(field, "Struct schema's field has no schema.")];
  });
}

type JsonObject = { readonly [name: string]: Json };

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && Object.getPrototypeOf(json) === Object.prototype;
}
