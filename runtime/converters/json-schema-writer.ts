import { DataError, logicalNames, type Schema } from '../data/index.ts';
import { parseForPrinting } from './exact-json.ts';
import { jsonUnionName } from './json-union.ts';
import type { JsonWriting } from './json-writer.ts';
import { writeJsonValue } from './json-writer.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * A Connect schema as JSON Schema, as Confluent's JsonSchemaConverter writes it: what JSON Schema has no keyword for is in
 * `connect.…` ones. `index` is the place of a field in its struct.
 */
export function writeJsonSchemaOf(schema: Schema, writing: JsonWriting, index?: number): JsonSchema {
  const place = index === undefined ? {} : { 'connect.index': index };
  if (schema.name === jsonUnionName) {
    const members = schema.fields.map((field) =>
      writeJsonSchemaOf({ ...field.schema, optional: false }, writing),
    );
    return { oneOf: schema.optional ? [{ type: 'null' }, ...members] : members, ...place };
  }
  const required = { ...typeOf(schema, writing), ...describe(schema, writing) };
  return schema.optional ? { oneOf: [{ type: 'null' }, required], ...place } : { ...required, ...place };
}

function describe(schema: Schema, writing: JsonWriting): JsonSchema {
  const { name, doc, version, parameters } = schema;
  return {
    ...(name !== undefined && { title: name }),
    ...(doc !== undefined && { description: doc }),
    ...(version !== undefined && { 'connect.version': version }),
    ...(parameters !== undefined && { 'connect.parameters': parameters }),
    ...(schema.default !== undefined && {
      default: parseForPrinting(writeJsonValue({ ...schema, default: undefined }, schema.default, writing)),
    }),
  };
}

function typeOf(schema: Schema, writing: JsonWriting): JsonSchema {
  switch (schema.type) {
    case 'boolean':
    case 'string':
      return { type: schema.type };
    case 'float32':
    case 'float64':
      return { type: 'number', 'connect.type': schema.type };
    case 'bytes': {
      const isNumber = schema.name === logicalNames.decimal && writing.isNumericDecimal;
      return { type: isNumber ? 'number' : 'string', 'connect.type': 'bytes' };
    }
    case 'array':
      return { type: 'array', items: writeJsonSchemaOf(part(schema.valueSchema), writing) };
    case 'map':
      return mapType(part(schema.keySchema), part(schema.valueSchema), writing);
    case 'struct':
      return {
        type: 'object',
        properties: Object.fromEntries(
          schema.fields.map((field) => [field.name, writeJsonSchemaOf(field.schema, writing, field.index)]),
        ),
        ...(writing.isClosed && { additionalProperties: false }),
      };
    default:
      return { type: 'integer', 'connect.type': schema.type };
  }
}

function mapType(keySchema: Schema, valueSchema: Schema, writing: JsonWriting): JsonSchema {
  if (keySchema.type === 'string') {
    return {
      type: 'object',
      'connect.type': 'map',
      additionalProperties: writeJsonSchemaOf(valueSchema, writing),
    };
  }
  const key = writeJsonSchemaOf(keySchema, writing, 0);
  const value = writeJsonSchemaOf(valueSchema, writing, 1);
  return { type: 'array', 'connect.type': 'map', items: { type: 'object', properties: { key, value } } };
}

function part(schema: Schema | undefined): Schema {
  if (schema === undefined)
    throw new DataError('A map or array without a schema for what it holds has no JSON Schema.');
  return schema;
}
