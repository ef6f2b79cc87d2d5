import {
  AvroCodec,
  AvroSerializer,
  avroLanguage,
  type Encoder,
  type Frame,
  type RegistryClient,
} from '../../schema-registry/index.ts';
import type { Schema, SchemaAndValue, Value } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import { type AvroReading, type AvroReadingOptions, compileAvroReading } from './avro-reader.ts';
import { type AvroWriting, type AvroWritingOptions, compileAvroWriting } from './avro-writer.ts';
import { parseWithIntegers } from './exact-json.ts';
import { asDataError, headersFor, registryOf, writtenSchema } from './registry-access.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';
import { payloadPosition, type RegistryTranslation, RegistryTranslator } from './registry-translator.ts';

type AvroOptions = AvroWritingOptions & AvroReadingOptions;

/** Between Connect's data and Avro in Confluent's wire format. Waits only for schemas it has not seen. */
export function openAvroTranslator(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
  { cacheSize, ...options }: AvroOptions & { readonly cacheSize: number },
): RegistryTranslator<AvroWriting, TopicWriting, Read> {
  const { client, options: writing } = registryOf(settings, isKey, clientFor);
  const serializer = new AvroSerializer(client, { ...writing, unions: 'wrapped' });
  return new RegistryTranslator(new AvroTranslation(client, serializer, options), { isKey, cacheSize });
}

interface TopicWriting extends AvroWriting {
  readonly encode: Encoder;
}

type Read = (bytes: Uint8Array, position: number) => SchemaAndValue;

class AvroTranslation implements RegistryTranslation<AvroWriting, TopicWriting, Read> {
  readonly language = 'Avro';
  readonly #client: RegistryClient;
  readonly #serializer: AvroSerializer;
  readonly #options: AvroOptions;

  constructor(client: RegistryClient, serializer: AvroSerializer, options: AvroOptions) {
    this.#client = client;
    this.#serializer = serializer;
    this.#options = options;
  }

  prepare(schema: Schema): AvroWriting {
    return compileAvroWriting(schema, this.#options);
  }

  async openWriting(topic: string, writing: AvroWriting): Promise<TopicWriting> {
    const encode = await this.#serializer.encoder(topic, { schema: JSON.stringify(writing.json) });
    return { ...writing, encode };
  }

  write(writing: TopicWriting, _schema: Schema, value: Value, subject: ConverterSubject): Uint8Array | null {
    return asDataError(() => headersFor(subject, (headers) => writing.encode(writing.write(value), headers)));
  }

  async openReading(written: number | string): Promise<Read> {
    const { definition, references } = await writtenSchema(this.#client, written, 'AVRO');
    const parsed = avroLanguage.parse(definition.schema, { references, strict: false });
    const text = avroLanguage.formatted(parsed, 'resolved') ?? definition.schema;
    const { schema, read }: AvroReading = compileAvroReading(parseWithIntegers(text), this.#options);
    const codec = new AvroCodec({ schema: definition.schema, references }, { unions: 'wrapped' });
    if (codec.isBytes)
      return (bytes, position) => ({ schema, value: read(Buffer.from(bytes.subarray(position))) });
    return (bytes, position) => ({ schema, value: read(codec.decode(bytes, position)) });
  }

  read(read: Read, frame: Frame, bytes: Uint8Array): SchemaAndValue {
    return asDataError(() => read(bytes, payloadPosition(frame)));
  }
}
