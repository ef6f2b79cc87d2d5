import { bufferOf, DataError, type Schema, type SchemaAndValue, schemas, type Value } from '../data/index.ts';
import { ConfigError, defineConverter } from '../plugin/index.ts';
import { type Charset, charsetNames, charsetOf, utf8 } from './charsets.ts';
import { converterType } from './converter-type.ts';
import { valueToString } from './value-string.ts';

const optionalString = schemas.string({ optional: true });
const optionalBytes = schemas.bytes({ optional: true });

/** Connect's StringConverter: a value's text; reads optional strings. */
export const stringConverter = defineConverter({
  name: 'string',
  version: '1.0.0',
  description: 'Text: whatever the value is, as a string.',
  aliases: ['org.apache.kafka.connect.storage.StringConverter'],
  config: {
    type: 'object',
    required: ['converter.type'],
    properties: {
      'converter.type': converterType,
      'converter.encoding': {
        type: 'string',
        default: 'UTF-8',
        description: `The character set: ${charsetNames.join(', ')}.`,
        importance: 'HIGH',
        width: 'MEDIUM',
        title: 'Encoding',
      },
    },
  },
  open: (config) => requireCharset(config['converter.encoding']),
  fromConnectData: (charset, _subject, schema, value) => {
    const text = textOf(schema, value);
    return text === null ? null : charset.encode(text);
  },
  toText: (charset, schema, value) => {
    const text = textOf(schema, value);
    return charset === utf8 && text?.isWellFormed() !== false ? text : undefined;
  },
  toConnectData: (charset, _subject, bytes): SchemaAndValue => ({
    schema: optionalString,
    value: bytes === null ? null : charset.decode(bytes),
  }),
});

function textOf(schema: Schema | undefined, value: Value): string | null {
  return value === null || value === undefined ? null : valueToString(schema, value);
}

function requireCharset(name: string): Charset {
  const charset = charsetOf(name);
  if (charset !== undefined) return charset;
  throw new ConfigError(`Unsupported converter.encoding '${name}': use one of ${charsetNames.join(', ')}.`);
}

/** Connect's ByteArrayConverter: bytes as they are. */
export const bytesConverter = defineConverter({
  name: 'bytes',
  version: '1.0.0',
  description: 'Bytes as they are.',
  aliases: ['org.apache.kafka.connect.converters.ByteArrayConverter'],
  config: { type: 'object', required: ['converter.type'], properties: { 'converter.type': converterType } },
  open: () => ({}),
  fromConnectData: (_handle, _subject, schema, value) => bytesOf(schema, value),
  toConnectData: (_handle, _subject, bytes): SchemaAndValue => ({
    schema: optionalBytes,
    value: bytes === null ? null : bufferOf(bytes),
  }),
});

function bytesOf(schema: Schema | undefined, value: Value): Uint8Array | null {
  if (schema !== undefined && schema.type !== 'bytes') {
    throw new DataError(`Invalid schema type for ByteArrayConverter: ${schema.type.toUpperCase()}`);
  }
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  throw new DataError('ByteArrayConverter writes bytes only: choose another converter for this value.');
}
