import {
  AvroCodec,
  AvroSerializer,
  avroLanguage,
  type Encoder,
  type RegistryClient,
} from '../../schema-registry/index.ts';
import { DataError, type Schema, type SchemaAndValue, type Value } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import { type AvroReading, compileAvroReading } from './avro-reader.ts';
import { type AvroWriting, compileAvroWriting } from './avro-writer.ts';
import { parseWithIntegers } from './exact-json.ts';
import { Loaded, whenLoaded } from './loaded.ts';
import { asDataError, frameOf, headersFor, registryOf, writtenSchema } from './registry-access.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';

/** Between Connect's data and Avro in Confluent's wire format. Waits only for schemas it has not seen. */
export function openAvroTranslator(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
  translation: Translation,
): AvroTranslator {
  const { client, options } = registryOf(settings, isKey, clientFor);
  return new AvroTranslator(
    client,
    new AvroSerializer(client, { ...options, unions: 'wrapped' }),
    isKey,
    translation,
  );
}

interface Translation {
  readonly cacheSize: number;
  readonly hasMetadata: boolean;
  readonly isEnhanced: boolean;
}

interface TopicWriting extends AvroWriting {
  readonly encode: Encoder;
}

class AvroTranslator {
  readonly #client: RegistryClient;
  readonly #serializer: AvroSerializer;
  readonly #isKey: boolean;
  readonly #translation: Translation;
  readonly #writings = new WeakMap<Schema, Loaded<string, TopicWriting>>();
  readonly #readings: Loaded<number | string, (bytes: Uint8Array, position: number) => SchemaAndValue>;

  constructor(client: RegistryClient, serializer: AvroSerializer, isKey: boolean, translation: Translation) {
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
      throw new DataError(
        'Avro needs a schema: this record has none. Use a source or transform that gives one, or JSON.',
      );
    }
    let topics = this.#writings.get(schema);
    if (topics === undefined) {
      const writing = compileAvroWriting(schema, this.#translation);
      topics = new Loaded(async (name) => {
        const encode = await this.#serializer.encoder(name, { schema: JSON.stringify(writing.json) });
        return { ...writing, encode };
      });
      this.#writings.set(schema, topics);
    }
    return whenLoaded(topics.get(subject.topic), (writing) =>
      asDataError(() => headersFor(subject, (headers) => writing.encode(writing.write(value), headers))),
    );
  }

  read(subject: ConverterSubject, bytes: Uint8Array): SchemaAndValue | Promise<SchemaAndValue> {
    const { schema, isHeader, position } = frameOf(subject, bytes, this.#isKey);
    return whenLoaded(this.#readings.get(schema), (decode) =>
      asDataError(() => decode(bytes, isHeader ? 0 : position)),
    );
  }

  async #reading(written: number | string): Promise<(bytes: Uint8Array, position: number) => SchemaAndValue> {
    const { definition, references } = await writtenSchema(this.#client, written, 'AVRO');
    const parsed = avroLanguage.parse(definition.schema, { references, strict: false });
    const text = avroLanguage.formatted(parsed, 'resolved') ?? definition.schema;
    const { schema, read }: AvroReading = compileAvroReading(parseWithIntegers(text), this.#translation);
    const codec = new AvroCodec({ schema: definition.schema, references }, { unions: 'wrapped' });
    if (codec.isBytes)
      return (bytes, position) => ({ schema, value: read(Buffer.from(bytes.subarray(position))) });
    return (bytes, position) => ({ schema, value: read(codec.decode(bytes, position)) });
  }
}
