import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type KafkaClient,
  type Producer,
  ProducerFencedError,
  TransactionAbortableError,
} from '../../../kafka/client/index.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

const group = { groupId: 'g' };
const bytes = (text: string) => Buffer.from(text);

let cluster: SimulatedCluster;
let client: KafkaClient;

afterEach(async () => {
  await cluster.run(client.close());
  await cluster.stopBroker();
});

describe.each([2, 1])('a transactional producer and the broker with transaction.version=%d', (level) => {
  let producer: Producer;

  beforeEach(async (context) => {
    cluster = await SimulatedCluster.start(context.task.name);
    client = cluster.client();
    const [created] = await cluster.run(client.admin().createTopics([{ name: 't', partitionCount: 2 }]));
    expect(created?.error).toBeUndefined();
    if (level !== 2) {
      const lowered = { feature: 'transaction.version', level, type: 'safe-downgrade' } as const;
      const [updated] = await cluster.run(client.admin().updateFeatures([lowered]));
      expect(updated?.error).toBeUndefined();
    }
    producer = await initialized();
  });

  async function initialized(): Promise<Producer> {
    const made = client.producer({ transactionalId: 'loop', transactionTimeoutMs: 20_000 });
    await cluster.run(made.initTransactions());
    return made;
  }

  function append(value: string, by = producer): void {
    for (const partition of [0, 1]) by.append({ topic: 't', partition, value: bytes(value) });
  }

  /** The end of each partition once no transaction is open: a commit is answered before partitions know of it. */
  async function stableEnds(): Promise<readonly number[]> {
    const queries = [0, 1].map((partition) => ({ topic: 't', partition, at: 'latest' }) as const);
    const ends = async (isolationLevel: 'read_committed' | 'read_uncommitted') =>
      (await client.admin().listOffsets(queries, { isolationLevel })).map(({ offset }) => offset);
    for (;;) {
      const stable = await cluster.run(ends('read_committed'));
      if (`${stable}` === `${await cluster.run(ends('read_uncommitted'))}`) return stable;
      await cluster.platform.runFor(100);
    }
  }

  /** What a consumer of committed records reads from the first to the last offset, by partition. */
  async function committed(): Promise<string[][]> {
    const ends = await stableEnds();
    const consumer = client.consumer({ autoOffsetReset: 'earliest', isolationLevel: 'read_committed' });
    const partitions = [0, 1].map((partition) => ({ topic: 't', partition }));
    consumer.assign(partitions);
    const values: string[][] = [[], []];
    const positions = () => Promise.all(partitions.map((partition) => consumer.position(partition)));
    while (`${await cluster.run(positions())}` !== `${ends}`)
      for (const { partition, records } of await cluster.run(consumer.poll(500)))
        for (const record of records) values[partition]?.push(Buffer.from(record.value ?? []).toString());
    await cluster.run(consumer.close());
    return values;
  }

  async function committedOffset(): Promise<number | undefined> {
    const consumer = client.consumer({ groupId: 'g', isolationLevel: 'read_committed' });
    const [found] = await cluster.run(consumer.committed([{ topic: 't', partition: 0 }]));
    await cluster.run(consumer.close());
    return found?.offset;
  }

  test('commits records and offsets together, aborts them together, and goes on after a restart', async () => {
    producer.beginTransaction();
    append('a');
    await cluster.run(producer.sendOffsets([{ topic: 't', partition: 0, offset: 3 }], group));
    await cluster.run(producer.commitTransaction());
    producer.beginTransaction();
    append('aborted');
    await cluster.run(producer.sendOffsets([{ topic: 't', partition: 0, offset: 9 }], group));
    await cluster.run(producer.flush());
    await cluster.run(producer.abortTransaction());
    await cluster.stopBroker();
    await cluster.startBroker();
    producer.beginTransaction();
    append('b');
    await cluster.run(producer.commitTransaction());
    expect(await committed()).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(await committedOffset()).toBe(3);
  });

  test('is fenced by the next producer of its id, and what it had open is aborted', async () => {
    producer.beginTransaction();
    append('of the first');
    await cluster.run(producer.flush());
    const second = await initialized();
    append('too late');
    await expect(cluster.run(producer.commitTransaction())).rejects.toThrow(TransactionAbortableError);
    await expect(cluster.run(producer.abortTransaction())).rejects.toThrow(ProducerFencedError);
    second.beginTransaction();
    append('of the second', second);
    await cluster.run(second.commitTransaction());
    expect(await committed()).toEqual([['of the second'], ['of the second']]);
  });

  test('learns that the broker has ended a transaction that took too long', async () => {
    producer.beginTransaction();
    append('late');
    await cluster.run(producer.flush());
    await cluster.platform.runFor(40_000);
    await expect(cluster.run(producer.commitTransaction())).rejects.toThrow(
      level === 2 ? 'INVALID_TXN_STATE' : ProducerFencedError,
    );
    expect(await committed()).toEqual([[], []]);
  });
});
