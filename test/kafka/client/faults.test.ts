import { describe, expect, test } from 'vitest';
import type { KafkaClient, Producer } from '../../../kafka/client/index.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { GroupReader } from './group-reader.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

const PARTITIONS = 3;

/**
 * Connections break, and the broker is stopped and started, at random times, a few turns of the event loop after `work`
 * was begun: while its requests are under way.
 */
async function disturb(
  cluster: SimulatedCluster,
  entropy: SeededEntropy,
  rounds: number,
  work: () => void,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await cluster.platform.runFor(entropy.below(1_500));
    work();
    for (let turns = entropy.below(15); turns > 0; turns -= 1)
      await new Promise((resolve) => setImmediate(resolve));
    if (entropy.below(4) === 0) {
      await cluster.stopBroker();
      await cluster.platform.runFor(entropy.below(3_000));
      await cluster.startBroker();
    } else {
      cluster.platform.net.reset();
    }
  }
}

/** Appends a numbered record now and then, until it is stopped; knows which were acknowledged, and where. */
class Writer {
  readonly acknowledged = new Map<string, string>();
  readonly failed: unknown[] = [];
  readonly #producer: Producer;
  readonly #name: string;
  #count = 0;

  constructor(client: KafkaClient, name: string) {
    this.#producer = client.producer({ batchBytes: 500 });
    this.#name = name;
  }

  write(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const value = `${this.#name}${this.#count}`;
      this.#count += 1;
      const partition = this.#count % PARTITIONS;
      this.#producer.append({ topic: 't', partition, value: Buffer.from(value) }, (error, _, offset) => {
        if (error === undefined) this.acknowledged.set(value, `${partition}@${offset}`);
        else this.failed.push(error);
      });
    }
  }

  flush(): Promise<void> {
    return this.#producer.flush();
  }
}

/** All records of the topic, by place. */
async function readAll(cluster: SimulatedCluster, client: KafkaClient): Promise<Map<string, string>> {
  const consumer = client.consumer({ autoOffsetReset: 'earliest' });
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: 't', partition }));
  const ends = await cluster.run(consumer.endOffsets(partitions));
  const total = ends.reduce((sum, { offset }) => sum + offset, 0);
  consumer.assign(partitions);
  const found = new Map<string, string>();
  const readOn = async () => {
    while (found.size < total) {
      for (const { partition, records } of await consumer.poll(1_000)) {
        for (const { offset, value } of records) found.set(`${partition}@${offset}`, value?.toString() ?? '');
      }
    }
  };
  await cluster.run(readOn());
  return found;
}

const numberOf = (value: string) => Number(value.slice(1));

describe.each(['one', 'two'])('while connections break and the broker restarts (seed %s)', (seed) => {
  test('every record is written once, in order, where its producer was told', async () => {
    const cluster = await SimulatedCluster.start(seed);
    const client = cluster.client();
    await cluster.run(client.admin().createTopics([{ name: 't', partitionCount: PARTITIONS }]));
    const entropy = new SeededEntropy(seed);
    const writers = ['a', 'b'].map((name) => new Writer(client, name));
    for (let round = 0; round < 10; round += 1) {
      await disturb(cluster, entropy, 2, () => {
        for (const writer of writers) writer.write(entropy.below(60));
      });
    }
    await cluster.run(Promise.all(writers.map((writer) => writer.flush())));
    const found = await readAll(cluster, client);
    for (const { acknowledged, failed } of writers) {
      expect(failed).toEqual([]);
      for (const [value, place] of acknowledged) expect(found.get(place)).toBe(value);
    }
    expect(new Set(found.values()).size).toBe(found.size);
    expect(found.size).toBe(writers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0));
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      for (const name of ['a', 'b']) {
        const numbers = [...found]
          .filter(([place, value]) => place.startsWith(`${partition}@`) && value.startsWith(name))
          .sort(([x], [y]) => Number(x.split('@')[1]) - Number(y.split('@')[1]))
          .map(([, value]) => numberOf(value));
        expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
      }
    }
    await cluster.run(client.close());
    await cluster.stopBroker();
  });

  test.each(['range', 'cooperative-sticky'] as const)(
    'the members of a group (%s) miss nothing',
    async (assignor) => {
      const cluster = await SimulatedCluster.start(`${seed} ${assignor}`);
      const client = cluster.client();
      await cluster.run(client.admin().createTopics([{ name: 't', partitionCount: PARTITIONS }]));
      const entropy = new SeededEntropy(`${seed} ${assignor}`);
      const writer = new Writer(client, 'a');
      const reader = () =>
        new GroupReader(
          client.consumer({
            groupId: 'g',
            autoOffsetReset: 'earliest',
            assignors: [assignor],
            autoCommitIntervalMs: 300,
            sessionTimeoutMs: 10_000,
            pollRecordsMax: 10,
          }),
        ).start({ topics: ['t'] });
      const everyone = [reader(), reader()];
      const present = [...everyone];
      for (let round = 0; round < 6; round += 1) {
        await disturb(cluster, entropy, 2, () => writer.write(entropy.below(60)));
        if (round % 2 === 0) {
          const another = reader();
          everyone.push(another);
          present.push(another);
        } else {
          await cluster.run(present.shift()?.close() ?? Promise.resolve());
        }
      }
      await cluster.run(writer.flush());
      expect(writer.failed).toEqual([]);
      const seen = () => new Set(everyone.flatMap(({ values }) => values));
      await cluster.platform.runUntil(() => seen().size >= writer.acknowledged.size, 120_000);
      expect([...seen()].sort()).toEqual([...writer.acknowledged.keys()].sort());
      // What is committed in the end is all of it, no more.
      await cluster.platform.runFor(5_000);
      await cluster.run(Promise.all(present.map((one) => one.close())));
      const offsets = await cluster.run(client.admin().listGroupOffsets('g'));
      expect(offsets.reduce((sum, { offset }) => sum + offset, 0)).toBe(writer.acknowledged.size);
      await cluster.run(client.close());
      await cluster.stopBroker();
    },
  );
});
