import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCluster, until } from './cluster.ts';
import { CountingSource, TableSink } from './memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

const count = 3_000;

/** What a crash leaves of a sink: nothing is written any more, whatever the dead process still tries. */
class MortalSink {
  readonly table: TableSink;
  isDead = false;
  constructor(shared: TableSink) {
    this.table = shared;
    this.plugin = {
      ...shared.plugin,
      write: async (handle, batch, ctx) => {
        if (this.isDead) await new Promise(() => undefined);
        return (await shared.plugin.write(handle, batch, ctx)) ?? undefined;
      },
    };
  }
  readonly plugin: TableSink['plugin'];
}

for (const keepsOffsets of [true, false]) {
  test(`kills at any moment lose nothing${keepsOffsets ? ', and a sink with the offsets in its table repeats nothing' : ''}`, async () => {
    const source = new CountingSource();
    const shared = new TableSink({ keepsOffsets });
    // A dead member is out of its group after its session.
    const fast = {
      'consumer.override.session.timeout.ms': '6000',
      'consumer.override.max.poll.records': '20',
    };
    const config = {
      'connector.class': 'counting',
      topic: 't',
      records: String(count),
      'batch.size': '7',
      // Records wait in the producer longer than positions wait to be stored.
      'producer.override.linger.ms': '60',
      'producer.override.batch.size': '4000',
    };
    for (let round = 0; round < 4; round++) {
      const before = shared.rows.length;
      const sink = new MortalSink(shared);
      const { worker, kill } = await cluster.mortalWorker([source.plugin, sink.plugin]);
      if (round === 0) {
        await worker.herder.createConnector('in', config);
        await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 't', ...fast });
      }
      const isFurther = () => shared.rows.length > before || shared.rows.length >= count;
      await until(() => source.reads.length > round && isFurther());
      sink.isDead = true;
      kill();
      const admin = cluster.client().admin();
      await admin.removeMembers('connect-out').catch(() => undefined);
    }
    const worker = await cluster.worker([source.plugin, shared.plugin]);
    await worker.whenDone(['in', 'out']);
    const topic = (await cluster.read('t')).map(({ value }) => JSON.parse(value ?? '').n as number);
    expect(new Set(topic).size).toBe(count);
    const rows = shared.rows.map(({ value }) => (value as { n: number }).n);
    if (keepsOffsets) expect(rows).toEqual(topic);
    else expect(new Set(rows).size).toBe(count);
  });
}
