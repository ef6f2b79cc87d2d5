import { expect, test } from 'vitest';
import { SimulatedCluster } from '../../kafka/client/simulated-cluster.ts';

const CONNECTIONS = 3;
const RECORDS = 60;

/** Sizes on both sides of what is gathered, and of what is kept for later. */
function payload(connection: number, index: number): Buffer {
  const bytes = Buffer.alloc(1 + ((index * 7919 + connection * 104_729) % 300_000));
  for (let at = 0; at < bytes.length; at++)
    bytes[at] = (index * 31 + connection * 17 + at * 13 + (at >> 8)) & 255;
  return bytes;
}

test('large requests and answers that share memory over connections keep every byte', async (context) => {
  const cluster = await SimulatedCluster.start(context.task.name);
  const clients = Array.from({ length: CONNECTIONS }, () => cluster.client());
  const owner = cluster.client();
  await cluster.run(owner.admin().createTopics([{ name: 't', partitionCount: CONNECTIONS }]));
  const writing = clients.map(async (client, connection) => {
    const producer = client.producer({ acks: connection === 0 ? 1 : -1, isIdempotent: connection !== 0 });
    for (let index = 0; index < RECORDS; index++) {
      const record = { topic: 't', partition: connection, key: null, value: payload(connection, index) };
      while (!producer.append(record)) await producer.ready();
    }
    await producer.flush();
  });
  const differing: string[] = [];
  const reading = clients.map(async (client, partition) => {
    const consumer = client.consumer();
    consumer.assign([{ topic: 't', partition }]);
    consumer.seekToBeginning([{ topic: 't', partition }]);
    let next = 0;
    while (next < RECORDS) {
      for (const { records } of await consumer.poll(1_000)) {
        for (const { value } of records) {
          if (value?.equals(payload(partition, next)) !== true) differing.push(`${partition}:${next}`);
          next += 1;
        }
      }
    }
  });
  await cluster.run(Promise.all([...writing, ...reading]));
  expect(differing).toEqual([]);
  await cluster.run(Promise.all([owner, ...clients].map((client) => client.close())));
  await cluster.stopBroker();
});
