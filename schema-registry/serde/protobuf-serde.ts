import { SchemaParseError, SerializationError } from '../errors.ts';
import { MessageCodec } from '../protobuf/binary/codec.ts';
import type { LinkedFile, MessageDefinition } from '../protobuf/files.ts';
import { type ProtoParsed, protobufLanguage } from '../protobuf/language.ts';
import type { Encoder } from './avro-serde.ts';
import { framingOf } from './framing.ts';
import { indexBytes, indexesOf, type MessageIndexes, messageAt, readIndexes } from './message-indexes.ts';
import { registerImports } from './protobuf-imports.ts';
import type { RegistryClient } from './registry-client.ts';
import { inTurn, payloadFrom, withWriteRules } from './rules.ts';
import {
  type ChosenSchema,
  SchemaChoice,
  type SchemaSource,
  type SerializerOptions,
} from './schema-choice.ts';
import { type ReaderOptions, Readings, type SchemaPair, SchemaPairs } from './schema-pair.ts';
import type { ReferenceSubjectNameStrategy } from './subject-name.ts';
import { type RecordHeader, readFrame } from './wire-format.ts';

/** A Protobuf schema and which of its messages the values are: a full name, the first message by default. */
export interface ProtobufSource extends SchemaSource {
  readonly message?: string;
  /** Texts of files that it imports, by path: registered on their own first, and referred to. */
  readonly imports?: Readonly<Record<string, string>>;
}

/** Options of serializers, and where imports go. */
export interface ProtobufSerializerOptions extends SerializerOptions {
  /** `reference.subject.name.strategy`: by default the path itself. */
  readonly referenceSubjectNameStrategy?: ReferenceSubjectNameStrategy;
}

/** Protobuf values in Confluent's wire format, with message indexes. */
export class ProtobufSerializer {
  readonly #client: RegistryClient;
  readonly #choice: SchemaChoice;
  readonly #options: ProtobufSerializerOptions;
  readonly #encoders = new WeakMap<ChosenSchema, Map<string, Encoder>>();
  readonly #imported = new WeakMap<ProtobufSource, Map<string, Promise<SchemaSource>>>();

  constructor(client: RegistryClient, options: ProtobufSerializerOptions = {}) {
    this.#client = client;
    this.#choice = new SchemaChoice(client, protobufLanguage, options);
    this.#options = options;
  }

  /** For many values: ask once, then encode without waiting. Rejects when the schema cannot be had. */
  async encoder(topic: string, source: ProtobufSource): Promise<Encoder> {
    const chosen = await this.#choice.choose(topic, await this.#withImports(topic, source), source.message);
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
    const indexes = chosen.isOwn ? indexesOf(linked.file, message) : indexesIfThere(linked, message);
    const type = messageIn(linked, indexes);
    const codec = new MessageCodec(linked);
    const { prefix, mark } = framingOf(chosen, this.#options, indexBytes(indexes));
    const encode: Encoder = (value, headers) => {
      if (value === null) return null;
      const bytes = codec.encode(type, value, prefix);
      mark(headers);
      return bytes;
    };
    return withWriteRules(encode, definition, prefix.length, this.#options.ruleExecutors);
  }

  async #withImports(topic: string, source: ProtobufSource): Promise<SchemaSource> {
    if (source.imports === undefined) return source;
    const known = this.#imported.get(source) ?? new Map<string, Promise<SchemaSource>>();
    this.#imported.set(source, known);
    const found = known.get(topic);
    if (found !== undefined) return found;
    const { schema, references = [], imports } = source;
    const made = registerImports(this.#client, { topic, schema, references, imports }, this.#options);
    known.set(topic, made);
    // What failed may be asked again.
    made.catch(() => known.delete(topic));
    return made;
  }
}

/** How to read. */
export interface ProtobufDeserializerOptions extends ReaderOptions {
  /** Payloads whose indexes make no sense are the first message as a whole: some clients write none. */
  readonly lenientIndexes?: boolean;
}

/** Reads Protobuf values in Confluent's wire format. Schemas are fetched once per id. */
export class ProtobufDeserializer {
  readonly #options: ProtobufDeserializerOptions;
  readonly #readings: Readings<ProtoParsed, ProtobufReading>;

  constructor(client: RegistryClient, options: ProtobufDeserializerOptions = {}) {
    this.#options = options;
    const pairs = new SchemaPairs(client, protobufLanguage, options);
    this.#readings = new Readings(pairs, (pair) => new ProtobufReading(pair));
  }

  /** Null is null. Rejects with `RegistryError`, `SerializationError`. */
  async deserialize(
    topic: string,
    payload: Uint8Array | null,
    headers?: readonly RecordHeader[],
  ): Promise<unknown> {
    if (payload === null) return null;
    const frame = readFrame(payload, this.#options.isKey ?? false, headers);
    const reading = await this.#readings.get(topic, frame.schema);
    try {
      const { indexes, end } = readIndexes(frame.bytes, frame.position);
      return reading.decode(indexes, payload, frame.isHeader ? 0 : end);
    } catch (error) {
      if (!(error instanceof SerializationError) || this.#options.lenientIndexes !== true) throw error;
      return reading.decode([0], payload, frame.isHeader ? 0 : frame.position);
    }
  }
}

class ProtobufReading {
  readonly #pair: SchemaPair<ProtoParsed>;
  readonly #codec: MessageCodec;
  /** Of the schema that payloads are decoded with: Protobuf reads what another version wrote. */
  readonly #target: LinkedFile;

  constructor(pair: SchemaPair<ProtoParsed>) {
    this.#pair = pair;
    const { writer, reader, migrate } = pair;
    this.#target = (migrate === undefined ? (reader ?? writer) : writer).parsed.linked;
    this.#codec = new MessageCodec(this.#target);
  }

  decode(indexes: MessageIndexes, payload: Uint8Array, position: number): unknown {
    const { writer, onBytes, migrate, onValue } = this.#pair;
    const type = this.#message(messageIn(writer.parsed.linked, indexes));
    const value =
      onBytes === undefined
        ? this.#codec.decode(type, payload, position)
        : this.#codec.decode(type, payloadFrom(payload, position, onBytes), 0);
    const after = inTurn([migrate, onValue].filter((step) => step !== undefined));
    return after === undefined ? value : after(value);
  }

  /** The message of that name, or the first one when the schema renamed it. */
  #message(written: MessageDefinition): MessageDefinition {
    const same = this.#target.definitions.get(written.name);
    return same?.kind === 'message' ? same : messageIn(this.#target, [0]);
  }
}

/** In a schema that the application did not choose, the message may have another name: then it is the first. */
function indexesIfThere(linked: LinkedFile, message: string | undefined): MessageIndexes {
  const isThere = message !== undefined && linked.definitions.get(message)?.kind === 'message';
  return indexesOf(linked.file, isThere ? message : undefined);
}

function messageIn(linked: LinkedFile, indexes: MessageIndexes): MessageDefinition {
  const name = messageAt(linked.file, indexes);
  const definition = linked.definitions.get(name);
  if (definition?.kind === 'message') return definition;
  throw new SchemaParseError(`${name} is not a message`);
}
