import {
  compileValidator,
  frameId,
  JsonSchemaSerializer,
  loadReferences,
  prefixBytes,
  type RegistryClient,
  type ResolvedReference,
  type Validate,
} from '../../schema-registry/index.ts';
import { DataError, type Schema, type SchemaAndValue, type Value } from '../data/index.ts';
import { parseJson, parseWithIntegers } from './exact-json.ts';
import { readJsonValue } from './json-reader.ts';
import { readJsonSchemaOf } from './json-schema-reader.ts';
import { type JsonSchema, writeJsonSchemaOf } from './json-schema-writer.ts';
import { writeJsonValue } from './json-writer.ts';
import { Loaded, whenLoaded } from './loaded.ts';
import { asDataError, registryOf } from './registry-access.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';

/** Between Connect's data and JSON in Confluent's wire format. Waits only for schemas it has not seen. */
export function openJsonTranslator(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
  translation: Translation,
): JsonTranslator {
  const { client, options } = registryOf(settings, isKey, clientFor);
  return new JsonTranslator(client, new JsonSchemaSerializer(client, options), translation);
}

interface Translation {
  readonly writing: {
    readonly isNumericDecimal: boolean;
    readonly replaceNullWithDefault: boolean;
    readonly hasUnions: true;
    readonly isAbsentNull: true;
  };
  readonly isChecked: boolean;
  readonly optionalForNonRequired: boolean;
  readonly cacheSize: number;
}

interface TopicWriting {
  /** Zero and schema id. */
  readonly prefix: Buffer;
  readonly validate: Validate | undefined;
}

interface Reading {
  readonly schema: Schema;
  readonly validate: Validate | undefined;
}

class JsonTranslator {
  readonly #client: RegistryClient;
  readonly #serializer: JsonSchemaSerializer;
  readonly #translation: Translation;
  readonly #writings = new WeakMap<Schema, Loaded<string, TopicWriting>>();
  readonly #readings: Loaded<number, Reading>;

  constructor(client: RegistryClient, serializer: JsonSchemaSerializer, translation: Translation) {
    this.#client = client;
    this.#serializer = serializer;
    this.#translation = translation;
    this.#readings = new Loaded((id) => this.#reading(id), translation.cacheSize);
  }

  write(
    topic: string,
    schema: Schema | undefined,
    value: Value,
  ): Uint8Array | null | Promise<Uint8Array | null> {
    if (schema === undefined) {
      throw new DataError('JSON Schema needs a schema: this record has none. Use the json converter for it.');
    }
    let topics = this.#writings.get(schema);
    if (topics === undefined) {
      const text = JSON.stringify(writeJsonSchemaOf(schema, this.#translation.writing));
      topics = new Loaded((name) => this.#writing(name, text));
      this.#writings.set(schema, topics);
    }
    return whenLoaded(topics.get(topic), ({ prefix, validate }) => {
      const text = writeJsonValue(schema, value, this.#translation.writing);
      check(validate, text);
      return Buffer.concat([prefix, Buffer.from(text)]);
    });
  }

  read(bytes: Uint8Array): SchemaAndValue | Promise<SchemaAndValue> {
    const id = asDataError(() => frameId(bytes));
    return whenLoaded(this.#readings.get(id), ({ schema, validate }) => {
      const payload = bytes.subarray(prefixBytes);
      if (validate !== undefined) check(validate, Buffer.from(payload).toString('utf8'));
      return { schema, value: readJsonValue(schema, parseJson(payload, true), this.#translation.writing) };
    });
  }

  async #writing(topic: string, text: string): Promise<TopicWriting> {
    const encode = await this.#serializer.encoder(topic, { schema: text });
    const frame = asDataError(() => encode(''));
    if (frame === null) throw new DataError('The registry gave no id for the schema.');
    const validate = this.#translation.isChecked ? await compileValidator(text, []) : undefined;
    return { prefix: Buffer.from(frame.subarray(0, prefixBytes)), validate };
  }

  async #reading(id: number): Promise<Reading> {
    const definition = await this.#client.byId(id);
    if (definition.schemaType !== 'JSON')
      throw new DataError(`Schema ${id} is ${definition.schemaType}, not JSON.`);
    const references = await loadReferences(this.#client, definition);
    const schema = readJsonSchemaOf(parseWithIntegers(definition.schema) as JsonSchema, {
      optionalForNonRequired: this.#translation.optionalForNonRequired,
      references: byName(references),
    });
    const { isChecked } = this.#translation;
    return {
      schema,
      validate: isChecked ? await compileValidator(definition.schema, references) : undefined,
    };
  }
}

function byName(references: readonly ResolvedReference[]): ReadonlyMap<string, JsonSchema> {
  return new Map(references.map(({ name, schema }) => [name, JSON.parse(schema) as JsonSchema]));
}

function check(validate: Validate | undefined, text: string): void {
  const problem = validate?.(JSON.parse(text));
  if (problem !== undefined) throw new DataError(`The value does not fit its JSON Schema: ${problem}`);
}
