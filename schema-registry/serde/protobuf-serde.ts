import { SchemaParseError, SerializationError } from '../errors.ts';
import { MessageCodec } from '../protobuf/binary/codec.ts';
import type { LinkedFile, MessageDefinition } from '../protobuf/files.ts';
import { protobufLanguage } from '../protobuf/language.ts';
import type { Encoder } from './avro-serde.ts';
import { framingOf } from './framing.ts';
import { indexBytes, indexesOf, type MessageIndexes, messageAt, readIndexes } from './message-indexes.ts';
import { Loading } from './recent.ts';
import { definitionOf, loadReferences } from './reference-loader.ts';
import type { RegistryClient } from './registry-client.ts';
import {
  type ChosenSchema,
  SchemaChoice,
  type SchemaSource,
  type SerializerOptions,
} from './schema-choice.ts';
import { type RecordHeader, readFrame } from './wire-format.ts';

/** A Protobuf schema and which of its messages the values are: a full name, the first message by default. */
export interface ProtobufSource extends SchemaSource {
  readonly message?: string;
}

/** Protobuf values in Confluent's wire format, with message indexes. */
export class ProtobufSerializer {
  readonly #choice: SchemaChoice;
  readonly #options: SerializerOptions;
  readonly #encoders = new WeakMap<ChosenSchema, Map<string, Encoder>>();

  constructor(client: RegistryClient, options: SerializerOptions = {}) {
    this.#choice = new SchemaChoice(client, protobufLanguage, options);
    this.#options = options;
  }

  /** For many values: ask once, then encode without waiting. Rejects when the schema cannot be had. */
  async encoder(topic: string, source: ProtobufSource): Promise<Encoder> {
    const chosen = await this.#choice.choose(topic, source);
    const encoders = this.#encoders.get(chosen) ?? new Map<string, Encoder>();
    this.#encoders.set(chosen, encoders);
    const known = encoders.get(source.message ?? '');
    if (known !== undefined) return known;
    const encoder = this.#makeEncoder(chosen, source.message);
    encoders.set(source.message ?? '', encoder);
    return encoder;
  }

  /** For one value. The headers are those of its record; they are needed when the schema is named there. */
  async serialize(
    topic: string,
    value: unknown,
    source: ProtobufSource,
    headers?: RecordHeader[],
  ): Promise<Buffer | null> {
    if (value === null) return null;
    const encode = await this.encoder(topic, source);
    return encode(value, headers);
  }

  #makeEncoder(chosen: ChosenSchema, message: string | undefined): Encoder {
    const { definition, references } = chosen;
    const { linked } = protobufLanguage.parse(definition.schema, { references, strict: false });
    const indexes = indexesOf(linked.file, message);
    const type = messageIn(linked, indexes);
    const codec = new MessageCodec(linked);
    const { prefix, mark } = framingOf(chosen, this.#options, indexBytes(indexes));
    return (value, headers) => {
      if (value === null) return null;
      const bytes = codec.encode(type, value, prefix);
      mark(headers);
      return bytes;
    };
  }
}

/** How to read. */
export interface ProtobufDeserializerOptions {
  /** False: values. */
  readonly isKey?: boolean;
  /** Payloads whose indexes make no sense are the first message as a whole: some clients write none. */
  readonly lenientIndexes?: boolean;
}

interface Reading {
  readonly linked: LinkedFile;
  readonly codec: MessageCodec;
}

/** Reads Protobuf values in Confluent's wire format. Schemas are fetched once per id. */
export class ProtobufDeserializer {
  readonly #client: RegistryClient;
  readonly #options: ProtobufDeserializerOptions;
  readonly #readings: Loading<number | string, Reading>;

  constructor(client: RegistryClient, options: ProtobufDeserializerOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#readings = new Loading((schema) => this.#makeReading(schema));
  }

  /** Null is null. Rejects with `RegistryError`, `SerializationError`. */
  async deserialize(payload: Uint8Array | null, headers?: readonly RecordHeader[]): Promise<unknown> {
    if (payload === null) return null;
    const frame = readFrame(payload, this.#options.isKey ?? false, headers);
    const { linked, codec } = await this.#readings.get(frame.schema);
    try {
      const { indexes, end } = readIndexes(frame.bytes, frame.position);
      const position = frame.isHeader ? 0 : end;
      return codec.decode(messageIn(linked, indexes), payload, position);
    } catch (error) {
      if (!(error instanceof SerializationError) || this.#options.lenientIndexes !== true) throw error;
      return codec.decode(messageIn(linked, [0]), payload, frame.isHeader ? 0 : frame.position);
    }
  }

  async #makeReading(schema: number | string): Promise<Reading> {
    const definition = await definitionOf(this.#client, schema);
    if (definition.schemaType !== 'PROTOBUF')
      throw new SerializationError(`schema ${schema} is ${definition.schemaType}, not PROTOBUF`);
    const references = await loadReferences(this.#client, definition);
    const { linked } = protobufLanguage.parse(definition.schema, { references, strict: false });
    return { linked, codec: new MessageCodec(linked) };
  }
}

function messageIn(linked: LinkedFile, indexes: MessageIndexes): MessageDefinition {
  const name = messageAt(linked.file, indexes);
  const definition = linked.definitions.get(name);
  if (definition?.kind === 'message') return definition;
  throw new SchemaParseError(`${name} is not a message`);
}
