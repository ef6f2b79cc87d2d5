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
import type { Schema, SchemaAndValue, Value } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import type { ProtobufTranslation as ProtobufOptions } from './protobuf-options.ts';
import { compileProtobufReading, type ProtobufReading } from './protobuf-reader.ts';
import { compileProtobufWriting, type ProtobufWriting } from './protobuf-writer.ts';
import { asDataError, headersFor, registryOf, writtenSchema } from './registry-access.ts';
import type { ClientFor, RegistrySettings } from './registry-settings.ts';
import { type RegistryTranslation, RegistryTranslator } from './registry-translator.ts';

/** Between Connect's data and Protobuf in Confluent's wire format. Waits only for schemas it has not seen. */
export function openProtobufTranslator(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
  { cacheSize, ...options }: ProtobufOptions & { readonly cacheSize: number },
): RegistryTranslator<ProtobufWriting, TopicWriting, MessageReadings> {
  const { client, options: writing } = registryOf(settings, isKey, clientFor);
  const serializer = new ProtobufSerializer(client, writing);
  return new RegistryTranslator(new ProtobufTranslation(client, serializer, options), { isKey, cacheSize });
}

interface TopicWriting extends ProtobufWriting {
  readonly encode: Encoder;
}

class ProtobufTranslation implements RegistryTranslation<ProtobufWriting, TopicWriting, MessageReadings> {
  readonly language = 'Protobuf';
  readonly #client: RegistryClient;
  readonly #serializer: ProtobufSerializer;
  readonly #options: ProtobufOptions;

  constructor(client: RegistryClient, serializer: ProtobufSerializer, options: ProtobufOptions) {
    this.#client = client;
    this.#serializer = serializer;
    this.#options = options;
  }

  prepare(schema: Schema): ProtobufWriting {
    return compileProtobufWriting(schema, this.#options);
  }

  async openWriting(topic: string, writing: ProtobufWriting): Promise<TopicWriting> {
    const text = writing.text ?? wellKnownText(writing.path ?? '');
    const encode = await this.#serializer.encoder(topic, { schema: text, message: writing.message });
    return { ...writing, encode };
  }

  write(writing: TopicWriting, _schema: Schema, value: Value, subject: ConverterSubject): Uint8Array | null {
    return asDataError(() => headersFor(subject, (headers) => writing.encode(writing.write(value), headers)));
  }

  async openReading(written: number | string): Promise<MessageReadings> {
    const { definition, references } = await writtenSchema(this.#client, written, 'PROTOBUF');
    const parsed = protobufLanguage.parse(definition.schema, { references, strict: false });
    return new MessageReadings(new ProtobufMessages(parsed), this.#options);
  }

  read(readings: MessageReadings, frame: Frame, bytes: Uint8Array): SchemaAndValue {
    return asDataError(() => readings.read(frame, bytes));
  }
}

/** The messages of one schema that came up, translated. */
class MessageReadings {
  readonly #messages: ProtobufMessages;
  readonly #translation: ProtobufOptions;
  readonly #readings = new Map<MessageDefinition, ProtobufReading>();

  constructor(messages: ProtobufMessages, translation: ProtobufOptions) {
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
