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

describe('records', () => {
  test.each<Codec>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'come back as they were written with %s',
    async (codec) => {
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
        polled.flatMap(({ partition, records: views }) =>
          views.map((view) => [`${partition}/${view.offset}`, view]),
        ),
      );
      for (const [index, record] of records.entries()) {
        const at = metadata[index];
        const view = found.get(`${at?.partition}/${at?.offset}`);
        expect({
          key: view?.key,
          value: view?.value,
          headers: view?.headers,
          timestamp: view?.timestamp,
        }).toEqual({
          key: record.key,
          value: record.value,
          headers: record.headers,
          timestamp: record.timestamp,
        });
      }
      expect(found.size).toBe(records.length);
    },
  );
});

describe('a producer', () => {
  test('creates a topic by writing to it', async () => {
    const [result] = await cluster.run(client.producer().send([{ topic: 'new', value: bytes('a') }]));
    expect(result).toMatchObject({ topic: 'new', offset: 0 });
    const [topic] = await cluster.run(client.admin().describeTopics(['new']));
    expect(topic?.error).toBeUndefined();
  });

  test('is told when it may not create one', async () => {
    const producer = client.producer({ allowAutoTopicCreation: false, metadataTimeoutMs: 1_000 });
    await expect(cluster.run(producer.send([{ topic: 'new', value: bytes('a') }]))).rejects.toMatchObject({
      code: 'CLIENT_TOPIC_MISSING',
    });
  });

  test('has batches split that are larger than the topic takes', async () => {
    const configs = { 'max.message.bytes': '2000' };
    await cluster.run(client.admin().createTopics([{ name: 't', partitionCount: 1, configs }]));
    const records = Array.from({ length: 100 }, (_, index) => ({
      topic: 't',
      value: bytes(`${index}`.padEnd(150)),
    }));
    const results = await cluster.run(client.producer().send(records));
    expect(results.map(({ offset }) => offset)).toEqual(records.map((_, index) => index));
    const tooLarge = [{ topic: 't', value: Buffer.alloc(3_000) }];
    await expect(cluster.run(client.producer().send(tooLarge))).rejects.toMatchObject({
      code: 'CLIENT_RECORD_TOO_LARGE',
    });
  });

  test('gets the time of the broker for a topic that wants it', async () => {
    const configs = { 'message.timestamp.type': 'LogAppendTime' };
    await cluster.run(client.admin().createTopics([{ name: 't', partitionCount: 1, configs }]));
    const [result] = await cluster.run(client.producer().send([{ topic: 't', value: null, timestamp: 5 }]));
    expect(result?.timestamp).toBeGreaterThan(5);
  });

  test('fails a record without a key for a compacted topic, and says which', async () => {
    const configs = { 'cleanup.policy': 'compact' };
    await cluster.run(client.admin().createTopics([{ name: 't', partitionCount: 1, configs }]));
    const sending = cluster.run(client.producer().send([{ topic: 't', value: bytes('a') }]));
    await expect(sending).rejects.toMatchObject({ code: 'KAFKA_INVALID_RECORD', topic: 't', partition: 0 });
    await expect(sending).rejects.toThrow(/record 0: /);
  });
});

describe('a consumer', () => {
  test('begins at the end when it is told so, and reads what comes', async () => {
    await createTopic('t');
    const producer = client.producer();
    await cluster.run(producer.send([{ topic: 't', value: bytes('before') }]));
    const consumer = client.consumer({ autoOffsetReset: 'latest' });
    consumer.assign([{ topic: 't', partition: 0 }]);
    expect(await cluster.run(consumer.position({ topic: 't', partition: 0 }))).toBe(1);
    await cluster.run(producer.send([{ topic: 't', value: bytes('after') }]));
    expect(await read(consumer, 1)).toMatchObject([{ nextOffset: 2, highWatermark: 2 }]);
  });

  test('finds offsets by time', async () => {
    await createTopic('t');
    const records = [100, 200, 300].map((timestamp) => ({ topic: 't', value: null, timestamp }));
    await cluster.run(client.producer().send(records));
    const consumer = client.consumer();
    const at = (timestamp: number) => consumer.offsetsForTimes([{ topic: 't', partition: 0, timestamp }]);
    expect(await cluster.run(at(150))).toMatchObject([{ offset: 1, timestamp: 200 }]);
    expect(await cluster.run(at(301))).toEqual([]);
  });

  test('goes on behind records that were deleted', async () => {
    await createTopic('t');
    await cluster.run(client.producer().send([1, 2, 3].map((n) => ({ topic: 't', value: bytes(`${n}`) }))));
    await cluster.run(client.admin().deleteRecords([{ topic: 't', partition: 0, offset: 2 }]));
    const consumer = client.consumer({ autoOffsetReset: 'earliest' });
    consumer.assign([{ topic: 't', partition: 0, offset: 0 }]);
    const [polled] = await read(consumer, 1);
    expect(polled?.records[0]?.offset).toBe(2);
  });
});
