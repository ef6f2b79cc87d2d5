import type { UnionShape } from '../avro/binary/union-shape.ts';
import { AvroCodec } from '../avro/codec.ts';
import { avroLanguage } from '../avro/language.ts';
import { SerializationError } from '../errors.ts';
import { framingOf } from './framing.ts';
import { Loading } from './recent.ts';
import { definitionOf, loadReferences } from './reference-loader.ts';
import type { RegistryClient } from './registry-client.ts';
import {
  type ChosenSchema,
  SchemaChoice,
  type SchemaSource,
  type SerializerOptions,
} from './schema-choice.ts';
import { topicNameStrategy } from './subject-name.ts';
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
    return (value, headers) => {
      if (value === null) return null;
      const bytes = codec.isBytes ? bareBytes(prefix, value) : codec.encode(value, prefix);
      mark(headers);
      return bytes;
    };
  }
}

/** All of Confluent's clients leave out the length of a value that is bytes and nothing else. */
function bareBytes(prefix: Buffer, value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.concat([prefix, value]);
  throw new SerializationError('the value must be bytes');
}

/** How to read. */
export interface AvroDeserializerOptions {
  /** What values should look like whatever they were written with. */
  readonly reader?: SchemaSource;
  /** `use.latest.version`, false: values look like the subject's latest schema. The subject is the topic's. */
  readonly useLatestVersion?: boolean;
  readonly isKey?: boolean;
  readonly unions?: UnionShape;
}

/** Of a GUID as text; ids are shorter. */
const guidLength = 36;

type Decoder = (bytes: Uint8Array, position: number) => unknown;

/** Reads values in Confluent's wire format. Schemas are fetched once per id. */
export class AvroDeserializer {
  readonly #client: RegistryClient;
  readonly #options: AvroDeserializerOptions;
  readonly #decoders: Loading<string, Decoder>;

  constructor(client: RegistryClient, options: AvroDeserializerOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#decoders = new Loading((key) => this.#makeDecoder(key));
  }

  /** Fetches what {@link decode} will need for these payloads. Rejects with `RegistryError`, `SerializationError`. */
  async prepare(topic: string, payloads: Iterable<Uint8Array | null>): Promise<void> {
    const keys = new Set<string>();
    for (const payload of payloads) if (payload !== null) keys.add(this.#key(topic, frameId(payload)));
    await Promise.all([...keys].map((key) => this.#decoders.get(key)));
  }

  /** Decodes without waiting; null is null. Throws `SerializationError`, also when {@link prepare} was forgotten. */
  decode(topic: string, payload: Uint8Array | null): unknown {
    if (payload === null) return null;
    const id = frameId(payload);
    const decoder = this.#decoders.peek(this.#key(topic, id));
    if (decoder === undefined)
      throw new SerializationError(`schema ${id} has not been fetched: call prepare first`);
    return decoder(payload, prefixBytes);
  }

  /** Both in one. */
  async deserialize(
    topic: string,
    payload: Uint8Array | null,
    headers?: readonly RecordHeader[],
  ): Promise<unknown> {
    if (payload === null) return null;
    const frame = readFrame(payload, this.#options.isKey ?? false, headers);
    const decoder = await this.#decoders.get(this.#key(topic, frame.schema));
    return decoder(payload, frame.isHeader ? 0 : frame.position);
  }

  /** The topic matters only where it decides on the reader's schema. */
  #key(topic: string, schema: number | string): string {
    return this.#options.useLatestVersion === true ? `${schema}:${topic}` : `${schema}:`;
  }

  async #makeDecoder(key: string): Promise<Decoder> {
    const colon = key.indexOf(':');
    const name = key.slice(0, colon);
    const id = name.length === guidLength ? name : Number(name);
    const definition = await definitionOf(this.#client, id);
    if (definition.schemaType !== 'AVRO')
      throw new SerializationError(`schema ${id} is ${definition.schemaType}, not AVRO`);
    const references = await loadReferences(this.#client, definition);
    const reader = await this.#reader(key.slice(colon + 1));
    const unions = this.#options.unions ?? 'auto';
    const codec = new AvroCodec(
      { schema: definition.schema, references },
      { unions, ...(reader && { reader }) },
    );
    if (codec.isBytes) return (bytes, position) => Buffer.from(bytes.subarray(position));
    return (bytes, position) => codec.decode(bytes, position);
  }

  async #reader(topic: string): Promise<ConstructorParameters<typeof AvroCodec>[0] | undefined> {
    const { reader, useLatestVersion = false, isKey = false } = this.#options;
    if (useLatestVersion) {
      const { definition } = await this.#client.latest(
        topicNameStrategy({ topic, isKey, recordName: undefined }),
      );
      return { schema: definition.schema, references: await loadReferences(this.#client, definition) };
    }
    if (reader === undefined) return undefined;
    const definition = {
      schemaType: 'AVRO',
      schema: reader.schema,
      references: reader.references ?? [],
    } as const;
    return { schema: reader.schema, references: await loadReferences(this.#client, definition) };
  }
}
