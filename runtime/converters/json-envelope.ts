import {
  DataError,
  makeSchema,
  type Schema,
  type SchemaOptions,
  type SchemaType,
  type Value,
  withOptions,
} from '../data/index.ts';
import type { Json } from './exact-json.ts';
import { readJsonValue } from './json-reader.ts';
import { writeJsonValue } from './json-writer.ts';

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
export function writeJsonSchema(schema: Schema, fieldName?: string): string {
  const parts = [
    `"type":"${typeNames[schema.type]}"`,
    ...compositeParts(schema),
    `"optional":${schema.optional}`,
    ...(schema.name === undefined ? [] : [`"name":${JSON.stringify(schema.name)}`]),
    ...(schema.version === undefined ? [] : [`"version":${schema.version}`]),
    ...(schema.doc === undefined ? [] : [`"doc":${JSON.stringify(schema.doc)}`]),
    ...(schema.parameters === undefined ? [] : [`"parameters":${JSON.stringify(schema.parameters)}`]),
    ...(schema.default === undefined ? [] : [`"default":${writeDefault(schema, schema.default)}`]),
    ...(fieldName === undefined ? [] : [`"field":${JSON.stringify(fieldName)}`]),
  ];
  return `{${parts.join(',')}}`;
}

function compositeParts({ type, fields, keySchema, valueSchema }: Schema): string[] {
  const nested = (schema: Schema | undefined): string =>
    schema === undefined ? 'null' : writeJsonSchema(schema);
  if (type === 'array') return [`"items":${nested(valueSchema)}`];
  if (type === 'map') return [`"keys":${nested(keySchema)}`, `"values":${nested(valueSchema)}`];
  if (type !== 'struct') return [];
  return [`"fields":[${fields.map(({ name, schema }) => writeJsonSchema(schema, name)).join(',')}]`];
}

function writeDefault(schema: Schema, value: Value): string {
  return writeJsonValue(schema, value, { isNumericDecimal: false, replaceNullWithDefault: true });
}

/** Reads what {@link writeJsonSchema} writes; null is no schema. Throws {@link DataError} that says what is missing. */
export function readJsonSchema(json: Json | undefined): Schema | undefined {
  if (json === null || json === undefined) return undefined;
  const node = isObject(json) ? json : {};
  const typeName = node['type'];
  if (typeof typeName !== 'string') throw new DataError("Schema must contain 'type' field");
  const type = typesByName.get(typeName);
  if (type === undefined) throw new DataError(`Unknown schema type: ${typeName}`);
  const schema = makeSchema(type, optionsOf(node), partsOf(type, node));
  const fallback = node['default'];
  if (fallback === undefined || fallback === null) return schema;
  return withOptions(schema, { default: readJsonValue(schema, fallback, { replaceNullWithDefault: true }) });
}

function optionsOf(node: JsonObject): SchemaOptions {
  const { optional, name, version, doc, parameters } = node;
  return {
    optional: optional === true,
    name: typeof name === 'string' ? name : undefined,
    version: typeof version === 'number' && Number.isInteger(version) ? version : undefined,
    doc: typeof doc === 'string' ? doc : undefined,
    parameters: parameters === undefined || parameters === null ? undefined : parametersOf(parameters),
  };
}

function parametersOf(json: Json): Record<string, string> {
  if (!isObject(json)) throw new DataError('Schema parameters expected to be an object');
  const parameters: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== 'string') throw new DataError('Schema parameters must have string values.');
    parameters[key] = value;
  }
  return parameters;
}

function partsOf(type: SchemaType, node: JsonObject) {
  if (type === 'array') {
    return { valueSchema: required(node['items'], 'Array schema did not specify the element type') };
  }
  if (type === 'map') {
    return {
      keySchema: required(node['keys'], 'Map schema did not specify the key type'),
      valueSchema: required(node['values'], 'Map schema did not specify the value type'),
    };
  }
  return type === 'struct' ? { fields: fieldsOf(node['fields']) } : {};
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
