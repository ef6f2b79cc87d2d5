import { SerializationError } from '../errors.ts';
import { type JsonParsed, jsonLanguage } from '../json/language.ts';
import type { Encoder } from './avro-serde.ts';
import { type Framing, framingOf } from './framing.ts';
import { compileValidator, type Validate } from './json-validator.ts';
import type { RegistryClient } from './registry-client.ts';
import { inTurn, payloadFrom, rulesFor, withWriteRules } from './rules.ts';
import {
  type ChosenSchema,
  SchemaChoice,
  type SchemaSource,
  type SerializerOptions,
} from './schema-choice.ts';
import { type ReaderOptions, Readings, type SchemaPair, SchemaPairs } from './schema-pair.ts';
import { frameId, prefixBytes, type RecordHeader, readFrame } from './wire-format.ts';

/** Whether values are checked against their schema. */
export interface ValidationOptions {
  /** `json.fail.invalid.schema`, false. */
  readonly failInvalidSchema?: boolean;
}

/** JSON values in Confluent's wire format. */
export class JsonSchemaSerializer {
  readonly #choice: SchemaChoice;
  readonly #options: SerializerOptions;
  readonly #failInvalid: boolean;
  readonly #encoders = new WeakMap<ChosenSchema, Encoder>();

  constructor(client: RegistryClient, options: SerializerOptions & ValidationOptions = {}) {
    this.#choice = new SchemaChoice(client, jsonLanguage, options);
    this.#options = options;
    this.#failInvalid = options.failInvalidSchema ?? false;
  }

  /** For many values: ask once, then encode without waiting. Rejects when the schema cannot be had. */
  async encoder(topic: string, source: SchemaSource): Promise<Encoder> {
    const chosen = await this.#choice.choose(topic, source);
    const known = this.#encoders.get(chosen);
    if (known !== undefined) return known;
    const { definition, references } = chosen;
    const validate = this.#failInvalid ? await compileValidator(definition.schema, references) : undefined;
    const framing = framingOf(chosen, this.#options);
    const encoder = withWriteRules(
      jsonEncoder(framing, validate),
      definition,
      framing.prefix.length,
      this.#options.ruleExecutors,
    );
    this.#encoders.set(chosen, encoder);
    return encoder;
  }

  /**
   * How payloads that are JSON text already are framed, and the schema they are of. Rejects when the schema cannot be had,
   * or has rules that would have to be run.
   */
  async framing(topic: string, source: SchemaSource): Promise<Framing> {
    const chosen = await this.#choice.choose(topic, source);
    const { ruleSet } = chosen.definition;
    rulesFor(ruleSet?.domainRules, 'WRITE');
    rulesFor(ruleSet?.encodingRules, 'WRITE');
    return framingOf(chosen, this.#options);
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
}

/** How to read. */
export interface JsonDeserializerOptions extends ReaderOptions, ValidationOptions {}

type Decoder = (bytes: Uint8Array, position: number) => unknown;

/** Reads JSON values in Confluent's wire format. */
export class JsonSchemaDeserializer {
  readonly #options: JsonDeserializerOptions;
  readonly #readings: Readings<JsonParsed, Decoder>;

  constructor(client: RegistryClient, options: JsonDeserializerOptions = {}) {
    this.#options = options;
    const pairs = new SchemaPairs(client, jsonLanguage, options);
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
    const { schema, isHeader, position } = readFrame(payload, this.#options.isKey ?? false, headers);
    const decode = await this.#readings.get(topic, schema);
    return decode(payload, isHeader ? 0 : position);
  }

  async #makeDecoder({
    writer,
    reader,
    migrate,
    onBytes,
    onValue,
  }: SchemaPair<JsonParsed>): Promise<Decoder> {
    const { definition, references } = reader ?? writer;
    const isChecked = this.#options.failInvalidSchema ?? false;
    const validate = isChecked ? await compileValidator(definition.schema, references) : undefined;
    const after = inTurn([migrate, onValue].filter((step) => step !== undefined));
    return (bytes, position) => {
      const payload = onBytes === undefined ? bytes : payloadFrom(bytes, position, onBytes);
      const read = parseValue(payload, onBytes === undefined ? position : 0);
      const value = after === undefined ? read : after(read);
      if (validate !== undefined) checkValid(validate, value);
      return value;
    };
  }
}

function jsonEncoder({ prefix, mark }: Framing, validate: Validate | undefined): Encoder {
  return (value, headers) => {
    if (value === null) return null;
    if (validate !== undefined) checkValid(validate, value);
    const text = textOf(value);
    const bytes = Buffer.allocUnsafe(prefix.length + Buffer.byteLength(text));
    bytes.set(prefix, 0);
    bytes.write(text, prefix.length);
    mark(headers);
    return bytes;
  };
}

function textOf(value: unknown): string {
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SerializationError(`the value has no JSON form: ${reason}`, { cause: error });
  }
  throw new SerializationError(`a value of type ${typeof value} has no JSON form`);
}

function parseValue(payload: Uint8Array, position: number): unknown {
  const { buffer, byteOffset, byteLength } = payload;
  const text = Buffer.from(buffer, byteOffset + position, byteLength - position).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SerializationError('the payload is not JSON', { cause: error });
  }
}

function checkValid(validate: Validate, value: unknown): void {
  const problem = validate(value);
  if (problem !== undefined) throw new SerializationError(`the value does not fit its schema: ${problem}`);
}
