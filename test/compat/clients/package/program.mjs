// What a program that installed the package can do: its four entries, each used once. Prints one JSON object.
import { defineSource } from 'millrace';
import { startBroker } from 'millrace/broker';
import { createClient, silentLogger, systemPlatform } from 'millrace/client';
import { MemorySchemaLog, startRegistry } from 'millrace/schema-registry';

const dataDirectory = process.argv[2];
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const platform = systemPlatform(silentLogger);

const source = defineSource({
  name: 'counter',
  version: '1.0.0',
  description: 'Counts.',
  config: { type: 'object', properties: {} },
  partitions: async () => [],
  async *read() {},
});

const broker = await startBroker({ properties: { 'log.dirs': dataDirectory } });
const client = createClient({ bootstrapServers: broker.address, ...platform });
const records = await throughBroker(client);
await client.close();
await broker.close();

const registry = await startRegistry({
  log: new MemorySchemaLog(),
  host: '127.0.0.1',
  port: 0,
  logger: silentLogger,
  clock: platform.clock,
});
const registered = await fetch(`${registry.url}/subjects/greetings-value/versions`, {
  method: 'POST',
  headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
  body: JSON.stringify({ schema: '"string"' }),
}).then((response) => response.json());
await registry.close();
await platform.executor.close();

console.log(JSON.stringify({ source: source.name, records, schemaId: registered.id }));

async function throughBroker(kafka) {
  await kafka.admin().createTopics([{ name: 'greetings', partitionCount: 1, replicationFactor: 1 }]);
  for (const compression of codecs) {
    const producer = kafka.producer({ compression });
    await producer.send([
      { topic: 'greetings', key: Buffer.from('key'), value: Buffer.from(`by ${compression}`) },
    ]);
    await producer.close();
  }
  const consumer = kafka.consumer({ autoOffsetReset: 'earliest' });
  consumer.assign([{ topic: 'greetings', partition: 0 }]);
  const values = [];
  while (values.length < codecs.length) {
    const polled = await consumer.poll(1_000);
    for (const record of polled.flatMap((partition) => partition.records)) values.push(String(record.value));
  }
  await consumer.close();
  return values;
}
