import {
  compileValidator,
  type Framing,
  JsonSchemaSerializer,
  type RegistryClient,
  type ResolvedReference,
  type Validate,
} from '../../schema-registry/index.ts';
import { DataError, type Schema, type SchemaAndValue, type Value } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import { parseJson, parseWithIntegers } from './exact-json.ts';
import { readJsonValue } from './json-reader.ts';
import { readJsonSchemaOf } from './json-schema-reader.ts';
import { type JsonSchema, writeJsonSchemaOf } from './json-schema-writer.ts';
import { writeJsonValue } from './json-writer.ts';
import { Loaded, whenLoaded } from './loaded.ts';
import { frameOf, headersFor, registryOf, writtenSchema } from './registry-access.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';

/** Between Connect's data and JSON in Confluent's wire format. Waits only for schemas it has not seen. */
export function openJsonTranslator(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
  translation: Translation,
): JsonTranslator {
  const { client, options } = registryOf(settings, isKey, clientFor);
  return new JsonTranslator(client, new JsonSchemaSerializer(client, options), isKey, translation);
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

interface TopicWriting extends Framing {
  readonly validate: Validate | undefined;
}

interface Reading {
  readonly schema: Schema;
  readonly validate: Validate | undefined;
}

class JsonTranslator {
  readonly #client: RegistryClient;
  readonly #serializer: JsonSchemaSerializer;
  readonly #isKey: boolean;
  readonly #translation: Translation;
  readonly #writings = new WeakMap<Schema, Loaded<string, TopicWriting>>();
  readonly #readings: Loaded<number | string, Reading>;

  constructor(
    client: RegistryClient,
    serializer: JsonSchemaSerializer,
    isKey: boolean,
    translation: Translation,
  ) {
    this.#client = client;
    this.#serializer = serializer;
    this.#isKey = isKey;
    this.#translation = translation;
    this.#readings = new Loaded((id) => this.#reading(id), translation.cacheSize);
  }

  write(
    subject: ConverterSubject,
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
    return whenLoaded(topics.get(subject.topic), ({ prefix, mark, validate }) => {
      const text = writeJsonValue(schema, value, this.#translation.writing);
      check(validate, text);
      headersFor(subject, mark);
      return Buffer.concat([prefix, Buffer.from(text)]);
    });
  }

  read(subject: ConverterSubject, bytes: Uint8Array): SchemaAndValue | Promise<SchemaAndValue> {
    const frame = frameOf(subject, bytes, this.#isKey);
    return whenLoaded(this.#readings.get(frame.schema), ({ schema, validate }) => {
      const payload = bytes.subarray(frame.isHeader ? 0 : frame.position);
      if (validate !== undefined) check(validate, Buffer.from(payload).toString('utf8'));
      return { schema, value: readJsonValue(schema, parseJson(payload, true), this.#translation.writing) };
    });
  }

  async #writing(topic: string, text: string): Promise<TopicWriting> {
    const framing = await this.#serializer.framing(topic, { schema: text });
    const validate = this.#translation.isChecked ? await compileValidator(text, []) : undefined;
    return { ...framing, validate };
  }

  async #reading(written: number | string): Promise<Reading> {
    const { definition, references } = await writtenSchema(this.#client, written, 'JSON');
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
