import { DataError, type Schema, type SchemaAndValue, type Value } from '../data/index.ts';
import { defineConverter } from '../plugin/index.ts';
import { converterType } from './converter-type.ts';
import { type Json, parseJson, parseJsonText, parseSchemaless } from './exact-json.ts';
import { readJsonSchema, writeJsonSchema } from './json-envelope.ts';
import { readJsonValue } from './json-reader.ts';
import { writeJsonValue } from './json-writer.ts';

const nothing: SchemaAndValue = { schema: undefined, value: null };

/** Connect's JsonConverter: plain JSON, or an envelope of schema and payload (`schemas.enable`). */
export const jsonConverter = defineConverter({
  name: 'json',
  version: '1.0.0',
  description: 'JSON, with the schema beside the payload or without a schema.',
  aliases: ['org.apache.kafka.connect.json.JsonConverter'],
  config: {
    type: 'object',
    required: ['converter.type'],
    properties: {
      'converter.type': converterType,
      'schemas.enable': {
        type: 'boolean',
        default: true,
        description: 'Whether every message carries its schema: {"schema": ..., "payload": ...}.',
        importance: 'HIGH',
        group: 'Schemas',
        orderInGroup: 0,
        width: 'MEDIUM',
        title: 'Enable Schemas',
      },
      'schemas.cache.size': {
        type: 'integer',
        default: 1000,
        description: 'How many schemas are kept after they were translated.',
        importance: 'HIGH',
        group: 'Schemas',
        orderInGroup: 1,
        width: 'MEDIUM',
        title: 'Schema Cache Size',
      },
      'schema.content': {
        type: 'string',
        description: 'The schema of all messages read, as JSON text: they then carry the payload only.',
        importance: 'HIGH',
        group: 'Schemas',
        orderInGroup: 2,
        width: 'MEDIUM',
        title: 'Schema Content',
      },
      'decimal.format': {
        enum: ['NUMERIC', 'BASE64'],
        ignoreCase: true,
        type: 'string',
        default: 'BASE64',
        description:
          'How decimals are written: base64 of the unscaled bytes, or a JSON number. Both are read.',
        importance: 'LOW',
        group: 'Serialization',
        orderInGroup: 0,
        width: 'MEDIUM',
        title: 'Decimal Format',
      },
      'replace.null.with.default': {
        type: 'boolean',
        default: true,
        description: "Whether a field's default stands in for null.",
        importance: 'LOW',
        group: 'Serialization',
        orderInGroup: 1,
        width: 'MEDIUM',
        title: 'Replace null with default',
      },
    },
  },
  open: (config) => ({
    hasEnvelope: config['schemas.enable'],
    writing: {
      isNumericDecimal: config['decimal.format'] === 'NUMERIC',
      replaceNullWithDefault: config['replace.null.with.default'],
    },
    fixedSchema: config['schema.content']
      ? readJsonSchema(parseJsonText(config['schema.content']))
      : undefined,
    written: new WeakMap<Schema, string>(),
    read: new Map<string, Schema | undefined>(),
    cacheSize: config['schemas.cache.size'],
  }),
  fromConnectData: (handle, _subject, schema, value) => bytesOf(write(handle, schema, value)),
  toText: write,
  toConnectData: (handle, _subject, bytes) => (bytes === null ? nothing : read(handle, bytes)),
});

interface Handle {
  readonly hasEnvelope: boolean;
  readonly writing: { readonly isNumericDecimal: boolean; readonly replaceNullWithDefault: boolean };
  readonly fixedSchema: Schema | undefined;
  readonly written: WeakMap<Schema, string>;
  /** By the schema's own JSON text, so that equal schemas become one object, which transforms cache by. */
  readonly read: Map<string, Schema | undefined>;
  readonly cacheSize: number;
}

function isNull(value: Value): boolean {
  return value === null || value === undefined;
}

function bytesOf(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}

/** The schema first, as in Kafka: of two mistakes its is told. */
function write(handle: Handle, schema: Schema | undefined, value: Value): string | null {
  if (schema === undefined && isNull(value)) return null;
  if (!handle.hasEnvelope) return writeJsonValue(schema, value, handle.writing);
  return `{"schema":${schemaText(handle, schema)},"payload":${writeJsonValue(schema, value, handle.writing)}}`;
}

function schemaText({ written, writing }: Handle, schema: Schema | undefined): string {
  if (schema === undefined) return 'null';
  let text = written.get(schema);
  if (text === undefined) {
    text = writeJsonSchema(schema, writing);
    written.set(schema, text);
  }
  return text;
}

function read(handle: Handle, bytes: Uint8Array): SchemaAndValue {
  const { fixedSchema, hasEnvelope, writing } = handle;
  if (!hasEnvelope) {
    const { json, isPlain } = parseSchemaless(bytes);
    // Plain JSON is such a value already.
    return { schema: undefined, value: isPlain ? (json as Value) : readJsonValue(undefined, json, writing) };
  }
  if (fixedSchema !== undefined) {
    return { schema: fixedSchema, value: readJsonValue(fixedSchema, parseJson(bytes, true), writing) };
  }
  const { schema: schemaJson, payload } = envelopeOf(parseJson(bytes));
  const schema = cachedSchema(handle, schemaJson);
  return { schema, value: readJsonValue(schema, payload, writing) };
}

function envelopeOf(json: Json): { readonly schema: Json; readonly payload: Json } {
  if (typeof json === 'object' && json !== null && Object.keys(json).length === 2) {
    const { schema, payload } = json as { schema?: Json; payload?: Json };
    if (schema !== undefined && payload !== undefined) return { schema, payload };
  }
  throw new DataError(
    'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields. ' +
      'If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.',
  );
}

function cachedSchema({ read, cacheSize }: Handle, json: Json): Schema | undefined {
  const key = JSON.stringify(json, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
  if (read.has(key)) return read.get(key);
  const schema = readJsonSchema(json);
  if (read.size >= cacheSize) read.delete(read.keys().next().value ?? '');
  if (cacheSize > 0) read.set(key, schema);
  return schema;
}
