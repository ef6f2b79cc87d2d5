import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Consumer, KafkaClient, PolledRecords } from '../../../kafka/client/index.ts';
import type { Codec } from '../../../kafka/records/index.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

let cluster: SimulatedCluster;
let client: KafkaClient;

beforeEach(async (context) => {
  cluster = await SimulatedCluster.start(context.task.name);
  client = cluster.client();
});

afterEach(async () => {
  await cluster.run(client.close());
  await cluster.stopBroker();
});

const bytes = (text: string) => Buffer.from(text);

async function createTopic(name: string, partitionCount = 1): Promise<void> {
  const [created] = await cluster.run(client.admin().createTopics([{ name, partitionCount }]));
  expect(created?.error).toBeUndefined();
}

/** Polls until so many records have come. */
async function read(consumer: Consumer, count: number): Promise<PolledRecords[]> {
  const polled: PolledRecords[] = [];
  const pollAll = async () => {
    for (let have = 0; have < count; ) {
      for (const batch of await consumer.poll(1_000)) {
        polled.push(batch);
        have += batch.records.length;
      }
    }
  };
  await cluster.run(pollAll());
  return polled;
}

const valuesOf = (polled: readonly PolledRecords[]) =>
  polled.flatMap(({ records }) => records.map(({ value }) => value?.toString() ?? null));

describe('records', () => {
  test.each<Codec>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('come back as they were written with %s', async (codec) => {
    await createTopic('t', 3);
    const producer = client.producer({ compression: codec });
    const records = Array.from({ length: 200 }, (_, index) => ({
      topic: 't',
      key: index % 5 === 0 ? null : bytes(`key ${index % 20}`),
      value: index % 7 === 0 ? null : bytes(`value ${index} ${'x'.repeat(index)}`),
      headers: [{ key: 'h', value: index % 3 === 0 ? null : bytes(String(index)) }],
      timestamp: 1_700_000_000_000 + index,
    }));
    const metadata = await cluster.run(producer.send(records));

    const consumer = client.consumer({ autoOffsetReset: 'earliest' });
    consumer.assign([0, 1, 2].map((partition) => ({ topic: 't', partition })));
    const polled = await read(consumer, records.length);
    const found = new Map(
      polled.flatMap(({ partition, records: views }) => views.map((view) => [`${partition}/${view.offset}`, view])),
    );
    for (const [index, record] of records.entries()) {
      const at = metadata[index];
      const view = found.get(`${at?.partition}/${at?.offset}`);
      expect({ key: view?.key, value: view?.value, headers: view?.headers, timestamp: view?.timestamp }).toEqual({
        key: record.key,
        value: record.value,
        headers: record.headers,
        timestamp: record.timestamp,
      });
    }
    expect(found.size).toBe(records.length);
  });
});

test('valuesOf', async () => {
  await createTopic('t');
  await cluster.run(client.producer().send([{ topic: 't', value: bytes('a') }]));
  const consumer = client.consumer({ groupId: 'g', autoOffsetReset: 'earliest' });
  consumer.subscribe({ topics: ['t'] });
  expect(valuesOf(await read(consumer, 1))).toEqual(['a']);
});
