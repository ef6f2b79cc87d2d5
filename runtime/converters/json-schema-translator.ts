import {
  compileValidator,
  type Frame,
  type Framing,
  JsonSchemaSerializer,
  type RegistryClient,
  type ResolvedReference,
  type Validate,
} from '../../schema-registry/index.ts';
import { DataError, type Schema, type SchemaAndValue, type Value } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import { parseJson, parseWithIntegers } from './exact-json.ts';
import { type JsonReading, readJsonValue } from './json-reader.ts';
import { readJsonSchemaOf } from './json-schema-reader.ts';
import { type JsonSchema, writeJsonSchemaOf } from './json-schema-writer.ts';
import { type JsonWriting, writeJsonValue } from './json-writer.ts';
import { headersFor, registryOf, writtenSchema } from './registry-access.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';
import { payloadPosition, type RegistryTranslation, RegistryTranslator } from './registry-translator.ts';

/** Between Connect's data and JSON in Confluent's wire format. Waits only for schemas it has not seen. */
export function openJsonTranslator(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
  { cacheSize, ...options }: JsonOptions & { readonly cacheSize: number },
): RegistryTranslator<string, TopicWriting, Reading> {
  const { client, options: writing } = registryOf(settings, isKey, clientFor);
  const serializer = new JsonSchemaSerializer(client, writing);
  return new RegistryTranslator(new JsonTranslation(client, serializer, options), { isKey, cacheSize });
}

interface JsonOptions {
  readonly writing: JsonWriting & JsonReading;
  readonly isChecked: boolean;
  readonly optionalForNonRequired: boolean;
}

interface TopicWriting extends Framing {
  readonly validate: Validate | undefined;
}

interface Reading {
  readonly schema: Schema;
  readonly validate: Validate | undefined;
}

class JsonTranslation implements RegistryTranslation<string, TopicWriting, Reading> {
  readonly language = 'JSON Schema';
  readonly #client: RegistryClient;
  readonly #serializer: JsonSchemaSerializer;
  readonly #options: JsonOptions;

  constructor(client: RegistryClient, serializer: JsonSchemaSerializer, options: JsonOptions) {
    this.#client = client;
    this.#serializer = serializer;
    this.#options = options;
  }

  prepare(schema: Schema): string {
    return JSON.stringify(writeJsonSchemaOf(schema, this.#options.writing));
  }

  async openWriting(topic: string, text: string): Promise<TopicWriting> {
    const framing = await this.#serializer.framing(topic, { schema: text });
    const validate = this.#options.isChecked ? await compileValidator(text, []) : undefined;
    return { ...framing, validate };
  }

  write(
    { prefix, mark, validate }: TopicWriting,
    schema: Schema,
    value: Value,
    subject: ConverterSubject,
  ): Uint8Array {
    const text = writeJsonValue(schema, value, this.#options.writing);
    check(validate, text);
    headersFor(subject, mark);
    return Buffer.concat([prefix, Buffer.from(text)]);
  }

  async openReading(written: number | string): Promise<Reading> {
    const { definition, references } = await writtenSchema(this.#client, written, 'JSON');
    const schema = readJsonSchemaOf(parseWithIntegers(definition.schema) as JsonSchema, {
      optionalForNonRequired: this.#options.optionalForNonRequired,
      references: byName(references),
    });
    const { isChecked } = this.#options;
    return {
      schema,
      validate: isChecked ? await compileValidator(definition.schema, references) : undefined,
    };
  }

  read({ schema, validate }: Reading, frame: Frame, bytes: Uint8Array): SchemaAndValue {
    const payload = bytes.subarray(payloadPosition(frame));
    if (validate !== undefined) check(validate, Buffer.from(payload).toString('utf8'));
    return { schema, value: readJsonValue(schema, parseJson(payload, true), this.#options.writing) };
  }
}

function byName(references: readonly ResolvedReference[]): ReadonlyMap<string, JsonSchema> {
  return new Map(references.map(({ name, schema }) => [name, JSON.parse(schema) as JsonSchema]));
}

function check(validate: Validate | undefined, text: string): void {
  const problem = validate?.(JSON.parse(text));
  if (problem !== undefined) throw new DataError(`The value does not fit its JSON Schema: ${problem}`);
}
