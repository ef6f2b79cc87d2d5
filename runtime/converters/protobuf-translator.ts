import {
  type Encoder,
  type Frame,
  type MessageDefinition,
  ProtobufMessages,
  ProtobufSerializer,
  protobufLanguage,
  type RegistryClient,
  wellKnownText,
} from '../../schema-registry/index.ts';
import { DataError, type Schema, type SchemaAndValue, type Value } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import { Loaded, whenLoaded } from './loaded.ts';
import type { ProtobufTranslation } from './protobuf-options.ts';
import { compileProtobufReading, type ProtobufReading } from './protobuf-reader.ts';
import { compileProtobufWriting, type ProtobufWriting } from './protobuf-writer.ts';
import { asDataError, frameOf, headersFor, registryOf, writtenSchema } from './registry-access.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';

/** Between Connect's data and Protobuf in Confluent's wire format. Waits only for schemas it has not seen. */
export function openProtobufTranslator(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
  translation: ProtobufTranslation & { readonly cacheSize: number },
): ProtobufTranslator {
  const { client, options } = registryOf(settings, isKey, clientFor);
  return new ProtobufTranslator(client, new ProtobufSerializer(client, options), isKey, translation);
}

class ProtobufTranslator {
  readonly #client: RegistryClient;
  readonly #serializer: ProtobufSerializer;
  readonly #isKey: boolean;
  readonly #translation: ProtobufTranslation;
  readonly #writings = new WeakMap<Schema, Loaded<string, ProtobufWriting & { readonly encode: Encoder }>>();
  readonly #readings: Loaded<number | string, MessageReadings>;

  constructor(
    client: RegistryClient,
    serializer: ProtobufSerializer,
    isKey: boolean,
    translation: ProtobufTranslation & { readonly cacheSize: number },
  ) {
    this.#client = client;
    this.#serializer = serializer;
    this.#isKey = isKey;
    this.#translation = translation;
    this.#readings = new Loaded((schema) => this.#reading(schema), translation.cacheSize);
  }

  write(
    subject: ConverterSubject,
    schema: Schema | undefined,
    value: Value,
  ): Uint8Array | null | Promise<Uint8Array | null> {
    if (schema === undefined) {
      throw new DataError(
        'Protobuf needs a schema: this record has none. Use a source or transform that gives one, or JSON.',
      );
    }
    let topics = this.#writings.get(schema);
    if (topics === undefined) {
      const writing = compileProtobufWriting(schema, this.#translation);
      topics = new Loaded(async (topic) => {
        const text = writing.text ?? wellKnownText(writing.path ?? '');
        const encode = await this.#serializer.encoder(topic, { schema: text, message: writing.message });
        return { ...writing, encode };
      });
      this.#writings.set(schema, topics);
    }
    return whenLoaded(topics.get(subject.topic), (writing) =>
      asDataError(() => headersFor(subject, (headers) => writing.encode(writing.write(value), headers))),
    );
  }

  read(subject: ConverterSubject, bytes: Uint8Array): SchemaAndValue | Promise<SchemaAndValue> {
    const frame = frameOf(subject, bytes, this.#isKey);
    return whenLoaded(this.#readings.get(frame.schema), (readings) =>
      asDataError(() => readings.read(frame, bytes)),
    );
  }

  async #reading(schema: number | string): Promise<MessageReadings> {
    const { definition, references } = await writtenSchema(this.#client, schema, 'PROTOBUF');
    const parsed = protobufLanguage.parse(definition.schema, { references, strict: false });
    return new MessageReadings(new ProtobufMessages(parsed), this.#translation);
  }
}

/** The messages of one schema that came up, translated. */
class MessageReadings {
  readonly #messages: ProtobufMessages;
  readonly #translation: ProtobufTranslation;
  readonly #readings = new Map<MessageDefinition, ProtobufReading>();

  constructor(messages: ProtobufMessages, translation: ProtobufTranslation) {
    this.#messages = messages;
    this.#translation = translation;
  }

  read(frame: Frame, bytes: Uint8Array): SchemaAndValue {
    const { message, position } = this.#messages.named(frame);
    let reading = this.#readings.get(message);
    if (reading === undefined) {
      reading = compileProtobufReading(this.#messages, message, this.#translation);
      this.#readings.set(message, reading);
    }
    return { schema: reading.schema, value: reading.read(this.#messages.decode(message, bytes, position)) };
  }
}
