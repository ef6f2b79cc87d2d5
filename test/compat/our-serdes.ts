import { type Consumer, createClient, type KafkaClient } from '../../kafka/client/index.ts';
import { silentLogger } from '../../platform/logger.ts';
import { systemPlatform } from '../../platform/system-platform.ts';
import {
  AvroDeserializer,
  AvroSerializer,
  httpClient,
  JsonSchemaDeserializer,
  JsonSchemaSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  type RecordHeader,
  type RegistryClient,
} from '../../schema-registry/index.ts';
import { type Form, schemas, values } from './parts/registry-plan.ts';

interface AnySerializer {
  serialize(
    topic: string,
    value: unknown,
    source: { schema: string; references: readonly { name: string; subject: string; version: number }[] },
    headers: RecordHeader[],
  ): Promise<Buffer | null>;
}

/** Our serializers with our client, as an application has them. Close it by disposing. */
export class OurSerdes implements AsyncDisposable {
  readonly #kafka: KafkaClient;
  readonly #registry: RegistryClient;
  readonly #registryUrl: string;

  constructor(bootstrap: string, registryUrl: string) {
    const platform = systemPlatform(silentLogger);
    this.#kafka = createClient({ ...platform, bootstrapServers: bootstrap });
    this.#registryUrl = registryUrl;
    this.#registry = httpClient({ urls: [registryUrl], clock: platform.clock });
  }

  async createTopic(topic: string): Promise<void> {
    await this.#kafka.admin().createTopics([{ name: topic, partitionCount: 1 }]);
  }

  /** Writes all values, each with its version of the schema, and a tombstone. */
  async write(topic: string, form: Form, schemaIdLocation: 'prefix' | 'header'): Promise<void> {
    const { type, address, referenceName, customer } = schemas[form];
    const reference = { schemaType: type, schema: address, references: [] };
    await this.#registry.register(referenceName, reference, { normalize: false });
    const references = [{ name: referenceName, subject: referenceName, version: 1 }];
    const serializer = this.#serializer(form, schemaIdLocation);
    const producer = this.#kafka.producer();
    for (const version of [0, 1] as const) {
      for (const value of values[version]) {
        const headers: RecordHeader[] = [];
        const source = { schema: customer[version], references };
        const bytes = await serializer.serialize(topic, value, source, headers);
        await producer.send([{ topic, value: bytes, headers }]);
      }
    }
    await producer.send([{ topic, value: null }]);
    await producer.close();
  }

  /** Reads `count` records from the beginning of the only partition. */
  async read(topic: string, form: Form, count: number): Promise<unknown[]> {
    const consumer = this.#kafka.consumer();
    consumer.assign([{ topic, partition: 0, offset: 0 }]);
    try {
      return await this.#readFrom(consumer, topic, form, count);
    } finally {
      await consumer.close();
    }
  }

  async versions(subject: string): Promise<unknown> {
    const answer = await fetch(`${this.#registryUrl}/subjects/${encodeURIComponent(subject)}/versions`);
    return answer.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kafka.close();
  }

  async #readFrom(consumer: Consumer, topic: string, form: Form, count: number): Promise<unknown[]> {
    const deserialize = this.#deserializer(topic, form);
    const read: unknown[] = [];
    const deadline = performance.now() + 20_000;
    while (read.length < count) {
      if (performance.now() > deadline) throw new Error(`${read.length} of ${count} records came`);
      for (const { records } of await consumer.poll(1_000))
        for (const record of records) read.push(await deserialize(record.value, record.headers));
    }
    return read;
  }

  #serializer(form: Form, schemaIdLocation: 'prefix' | 'header'): AnySerializer {
    if (form === 'avro') return new AvroSerializer(this.#registry, { schemaIdLocation });
    if (form === 'protobuf') return new ProtobufSerializer(this.#registry, { schemaIdLocation });
    return new JsonSchemaSerializer(this.#registry, { schemaIdLocation, failInvalidSchema: true });
  }

  #deserializer(topic: string, form: Form) {
    if (form === 'avro') {
      const avro = new AvroDeserializer(this.#registry, { useLatestVersion: true });
      return (payload: Buffer | null, headers: readonly RecordHeader[]) =>
        avro.deserialize(topic, payload, headers);
    }
    // Some clients write no message indexes.
    const serde =
      form === 'protobuf'
        ? new ProtobufDeserializer(this.#registry, { lenientIndexes: true })
        : new JsonSchemaDeserializer(this.#registry, { failInvalidSchema: true });
    return (payload: Buffer | null, headers: readonly RecordHeader[]) =>
      serde.deserialize(topic, payload, headers);
  }
}
