// @confluentinc/schemaregistry: its serializers, without Confluent's Kafka client.
import { create, createFileRegistry, createMutableRegistry, fromJson, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import {
  AvroDeserializer,
  AvroSerializer,
  HeaderSchemaIdSerializer,
  JsonDeserializer,
  JsonSerializer,
  PrefixSchemaIdSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
} from '@confluentinc/schemaregistry';
import { runPlan } from './registry-transport.mjs';

await runPlan(process.argv[2], { serializer, deserializer, register });

function connect(plan) {
  return new SchemaRegistryClient({ baseURLs: [plan.registry], cacheLatestTtlSecs: 1 });
}

async function serializer(plan, form, version, location, topic) {
  const client = connect(plan);
  const schemaIdSerializer = location === 'header' ? HeaderSchemaIdSerializer : PrefixSchemaIdSerializer;
  if (form === 'protobuf') {
    const { message, registry } = customer(plan, version);
    const conf = { autoRegisterSchemas: true, registry, schemaIdSerializer };
    const protobuf = new ProtobufSerializer(client, SerdeType.VALUE, conf);
    return (value, headers) =>
      protobuf.serialize(topic, create(message, { ...value, visits: BigInt(value.visits) }), headers);
  }
  const { address, customer: customers, referenceName: name } = plan.schemas[form];
  const schemaType = form.toUpperCase();
  await client.register(name, { schema: address, schemaType });
  const references = [{ name, subject: name, version: 1 }];
  const useSchemaId = await client.register(`${topic}-value`, {
    schema: customers[version],
    schemaType,
    references,
  });
  const Serializer = form === 'avro' ? AvroSerializer : JsonSerializer;
  const conf = { autoRegisterSchemas: false, useSchemaId, schemaIdSerializer, validate: form === 'json' };
  const serde = new Serializer(client, SerdeType.VALUE, conf);
  return (value, headers) => serde.serialize(topic, value, headers);
}

async function deserializer(plan, form, topic) {
  const client = connect(plan);
  if (form === 'protobuf') {
    const protobuf = new ProtobufDeserializer(client, SerdeType.VALUE, {});
    const { message } = customer(plan, 1);
    return async (payload, headers) => toJson(message, await protobuf.deserialize(topic, payload, headers));
  }
  const Deserializer = form === 'avro' ? AvroDeserializer : JsonDeserializer;
  // Whatever was written, it is read as the subject's latest version.
  const serde = new Deserializer(client, SerdeType.VALUE, { useLatestVersion: true });
  return (payload, headers) => serde.deserialize(topic, payload, headers);
}

function register(plan, { schema, references, form }, subject) {
  return connect(plan).register(subject, { schema, references, schemaType: form.toUpperCase() });
}

function customer({ descriptors }, version) {
  const file = [descriptors.address, descriptors.customer[version]];
  const files = createFileRegistry(fromJson(FileDescriptorSetSchema, { file }));
  const message = files.getMessage('shop.Customer');
  return { message, registry: createMutableRegistry(message, files.getMessage('shop.Address')) };
}
