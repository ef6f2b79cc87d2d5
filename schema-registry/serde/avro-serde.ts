import type { UnionShape } from '../avro/binary/union-shape.ts';
import { AvroCodec, type AvroText } from '../avro/codec.ts';
import { type AvroParsed, avroLanguage } from '../avro/language.ts';
import { SerializationError } from '../errors.ts';
import { framingOf } from './framing.ts';
import { loadReferences } from './reference-loader.ts';
import type { RegistryClient } from './registry-client.ts';
import { inTurn, payloadFrom, withWriteRules } from './rules.ts';
import {
  type ChosenSchema,
  SchemaChoice,
  type SchemaSource,
  type SerializerOptions,
} from './schema-choice.ts';
import {
  type LoadedSchema,
  type ReaderOptions,
  Readings,
  type SchemaPair,
  SchemaPairs,
} from './schema-pair.ts';
import { frameId, prefixBytes, type RecordHeader, readFrame } from './wire-format.ts';

/**
 * Turns one value into bytes in Confluent's format; null stays null, a tombstone. The headers are the record's: they are
 * needed when the schema is named there. Throws `SerializationError`.
 */
export type Encoder = (value: unknown, headers?: RecordHeader[]) => Buffer | null;

/** Avro values in Confluent's wire format. */
export class AvroSerializer {
  readonly #choice: SchemaChoice;
  readonly #options: SerializerOptions;
  readonly #unions: UnionShape;
  readonly #encoders = new WeakMap<ChosenSchema, Encoder>();

  constructor(client: RegistryClient, options: SerializerOptions & { readonly unions?: UnionShape } = {}) {
    this.#choice = new SchemaChoice(client, avroLanguage, options);
    this.#options = options;
    this.#unions = options.unions ?? 'auto';
  }

  /** For many values: ask once, then encode without waiting. Rejects when the schema cannot be had. */
  async encoder(topic: string, source: SchemaSource): Promise<Encoder> {
    const chosen = await this.#choice.choose(topic, source);
    const known = this.#encoders.get(chosen);
    if (known !== undefined) return known;
    const encoder = this.#makeEncoder(chosen);
    this.#encoders.set(chosen, encoder);
    return encoder;
  }

  /** For one value. */
  async serialize(
    topic: string,
    value: unknown,
    source: SchemaSource,
    headers?: RecordHeader[],
  ): Promise<Buffer | null> {
    if (value === null) return null;
    const encode = await this.encoder(topic, source);
    return encode(value, headers);
  }

  #makeEncoder(chosen: ChosenSchema): Encoder {
    const { definition, references } = chosen;
    const codec = new AvroCodec({ schema: definition.schema, references }, { unions: this.#unions });
    const { prefix, mark } = framingOf(chosen, this.#options);
    const encode: Encoder = (value, headers) => {
      if (value === null) return null;
      const bytes = codec.isBytes ? bareBytes(prefix, value) : codec.encode(value, prefix);
      mark(headers);
      return bytes;
    };
    return withWriteRules(encode, definition, prefix.length, this.#options.ruleExecutors);
  }
}

/** All of Confluent's clients leave out the length of a value that is bytes and nothing else. */
function bareBytes(prefix: Buffer, value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.concat([prefix, value]);
  throw new SerializationError('the value must be bytes');
}

/** How to read. */
export interface AvroDeserializerOptions extends ReaderOptions {
  /** What values should look like whatever they were written with. */
  readonly reader?: SchemaSource;
  readonly unions?: UnionShape;
}

type Decoder = (bytes: Uint8Array, position: number) => unknown;

/** Reads values in Confluent's wire format. Schemas are fetched once per id. */
export class AvroDeserializer {
  readonly #client: RegistryClient;
  readonly #options: AvroDeserializerOptions;
  readonly #readings: Readings<AvroParsed, Decoder>;

  constructor(client: RegistryClient, options: AvroDeserializerOptions = {}) {
    this.#client = client;
    this.#options = options;
    const pairs = new SchemaPairs(client, avroLanguage, options);
    this.#readings = new Readings(pairs, (pair) => this.#makeDecoder(pair));
  }

  /** Fetches what {@link decode} will need for these payloads. Rejects with `RegistryError`, `SerializationError`. */
  async prepare(topic: string, payloads: Iterable<Uint8Array | null>): Promise<void> {
    const ids = new Set<number>();
    for (const payload of payloads) if (payload !== null) ids.add(frameId(payload));
    await Promise.all([...ids].map((id) => this.#readings.get(topic, id)));
  }

  /** Decodes without waiting; null is null. Throws `SerializationError`, also when {@link prepare} was forgotten. */
  decode(topic: string, payload: Uint8Array | null): unknown {
    if (payload === null) return null;
    return this.#readings.loaded(topic, frameId(payload))(payload, prefixBytes);
  }

  /** Both in one. */
  async deserialize(
    topic: string,
    payload: Uint8Array | null,
    headers?: readonly RecordHeader[],
  ): Promise<unknown> {
    if (payload === null) return null;
    const frame = readFrame(payload, this.#options.isKey ?? false, headers);
    const decode = await this.#readings.get(topic, frame.schema);
    return decode(payload, frame.isHeader ? 0 : frame.position);
  }

  async #makeDecoder({
    writer,
    reader,
    migrate,
    onBytes,
    onValue,
  }: SchemaPair<AvroParsed>): Promise<Decoder> {
    const unions = this.#options.unions ?? 'auto';
    const wanted = migrate === undefined ? await this.#wanted(reader) : undefined;
    const codec = new AvroCodec(textOf(writer), { unions, ...(wanted && { reader: wanted }) });
    const plain: Decoder = codec.isBytes
      ? (bytes, position) => Buffer.from(bytes.subarray(position))
      : (bytes, position) => codec.decode(bytes, position);
    const decode: Decoder =
      onBytes === undefined ? plain : (bytes, position) => plain(payloadFrom(bytes, position, onBytes), 0);
    const after = inTurn([migrate, onValue].filter((step) => step !== undefined));
    return after === undefined ? decode : (bytes, position) => after(decode(bytes, position));
  }

  /** The registry's reader, or the application's own. */
  async #wanted(reader: LoadedSchema | undefined): Promise<AvroText | undefined> {
    const own = this.#options.reader;
    if (reader !== undefined || own === undefined) return reader && textOf(reader);
    const definition = {
      schemaType: 'AVRO',
      schema: own.schema,
      references: own.references ?? [],
    } as const;
    return { schema: own.schema, references: await loadReferences(this.#client, definition) };
  }
}

function textOf({ definition, references }: LoadedSchema): AvroText {
  return { schema: definition.schema, references };
}
