import {
  bufferOf,
  DataError,
  describeValue,
  int64,
  type Schema,
  type SchemaAndValue,
  schemas,
  type Value,
  validateValue,
} from '../data/index.ts';
import { defineConverter } from '../plugin/index.ts';
import { converterType } from './converter-type.ts';

interface Codec {
  readonly name: string;
  readonly className: string;
  readonly schema: Schema;
  readonly size: number;
  readonly write: (target: Buffer, value: number | bigint) => unknown;
  readonly read: (source: Buffer) => Value;
}

const optional = { optional: true };

const codecs: readonly Codec[] = [
  {
    name: 'short',
    className: 'ShortConverter',
    schema: schemas.int16(optional),
    size: 2,
    write: (target, value) => target.writeInt16BE(Number(value)),
    read: (source) => source.readInt16BE(),
  },
  {
    name: 'integer',
    className: 'IntegerConverter',
    schema: schemas.int32(optional),
    size: 4,
    write: (target, value) => target.writeInt32BE(Number(value)),
    read: (source) => source.readInt32BE(),
  },
  {
    name: 'long',
    className: 'LongConverter',
    schema: schemas.int64(optional),
    size: 8,
    write: (target, value) => target.writeBigInt64BE(BigInt(value)),
    read: (source) => int64(source.readBigInt64BE()),
  },
  {
    name: 'float',
    className: 'FloatConverter',
    schema: schemas.float32(optional),
    size: 4,
    write: (target, value) => target.writeFloatBE(Number(value)),
    read: (source) => source.readFloatBE(),
  },
  {
    name: 'double',
    className: 'DoubleConverter',
    schema: schemas.float64(optional),
    size: 8,
    write: (target, value) => target.writeDoubleBE(Number(value)),
    read: (source) => source.readDoubleBE(),
  },
];

const config = {
  type: 'object',
  required: ['converter.type'],
  properties: { 'converter.type': converterType },
} as const;

/** Connect's converters of one number each: big-endian, two, four or eight bytes. */
export const numberConverters = codecs.map((codec) =>
  defineConverter({
    name: codec.name,
    version: '1.0.0',
    description: `A ${codec.name} as ${codec.size} bytes, big-endian.`,
    aliases: [`org.apache.kafka.connect.converters.${codec.className}`],
    config,
    open: () => codec,
    fromConnectData: (_handle, _subject, schema, value) => writeNumber(codec, schema, value),
    toConnectData: (_handle, _subject, bytes) => readNumber(codec, bytes),
  }),
);

/** Kafka asks for exactly this type: a value of another schema, however small, is refused. */
function writeNumber(codec: Codec, schema: Schema | undefined, value: Value): Buffer | null {
  if (value === null || value === undefined) return null;
  if (schema !== undefined && schema.type !== codec.schema.type) {
    throw new DataError(`Failed to serialize to ${codec.name}: it is an ${schema.type.toUpperCase()}.`);
  }
  try {
    validateValue(codec.schema, value);
  } catch (cause) {
    throw new DataError(`Failed to serialize to ${codec.name}: it is ${describeValue(value)}.`, { cause });
  }
  const bytes = Buffer.alloc(codec.size);
  codec.write(bytes, value as number | bigint);
  return bytes;
}

function readNumber(codec: Codec, bytes: Uint8Array | null): SchemaAndValue {
  if (bytes === null) return { schema: codec.schema, value: null };
  if (bytes.length !== codec.size) {
    const cause = new DataError(`It has ${codec.size} bytes, but there are ${bytes.length}.`);
    throw new DataError(`Failed to deserialize ${codec.name}: `, { cause });
  }
  return {
    schema: codec.schema,
    value: codec.read(bufferOf(bytes)),
  };
}

const optionalBoolean = schemas.boolean(optional);

/** Connect's BooleanConverter: one byte, 1 or 0. */
export const booleanConverter = defineConverter({
  name: 'boolean',
  version: '1.0.0',
  description: 'A boolean as one byte.',
  aliases: ['org.apache.kafka.connect.converters.BooleanConverter'],
  config,
  open: () => ({}),
  fromConnectData: (_handle, _subject, schema, value) => writeBoolean(schema, value),
  toConnectData: (_handle, _subject, bytes) => readBoolean(bytes),
});

function writeBoolean(schema: Schema | undefined, value: Value): Buffer | null {
  if (schema !== undefined && schema.type !== 'boolean') {
    throw new DataError(`Invalid schema type for BooleanConverter: ${schema.type.toUpperCase()}`);
  }
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0]);
  throw new DataError(`Failed to serialize to boolean: it is ${describeValue(value)}.`);
}

function readBoolean(bytes: Uint8Array | null): SchemaAndValue {
  if (bytes === null) return { schema: optionalBoolean, value: null };
  const [first = 2] = bytes;
  if (bytes.length === 1 && first <= 1) return { schema: optionalBoolean, value: first === 1 };
  throw new DataError('Failed to deserialize boolean: ', {
    cause: new DataError('It is one byte, 0 or 1.'),
  });
}
