import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ConfigError,
  type DefinedSink,
  type OffsetChange,
  type PartitionOffset,
  type SinkContext,
} from '../../../runtime/plugin/index.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

const out = { 'connector.class': 'table', topics: 't' };

async function fill(count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, n) => ({
    topic: 't',
    partition: 0,
    value: Buffer.from(String(n)),
  }));
  await cluster.client().producer().send(records);
}

const committed = async (worker: Awaited<ReturnType<TestCluster['worker']>>): Promise<unknown> =>
  (await worker.herder.connectorOffsets('out'))[0]?.offset?.['kafka_offset'];

test('only offsets that preCommit returns are committed, and none that the sink was not given', async () => {
  await fill(10);
  const sink = new TableSink();
  const asked: PartitionOffset[][] = [];
  let limit = 4;
  const plugin: DefinedSink = {
    ...sink.plugin,
    preCommit: (_handle, offsets) => {
      asked.push([...offsets]);
      const foreign = { topic: 't', partition: 9, offset: 1 };
      return Promise.resolve([...offsets.map((each) => ({ ...each, offset: limit })), foreign]);
    },
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('out', out);
  await until(async () => (await committed(worker)) === 4);
  limit = 99;
  const before = asked.length;
  await until(() => asked.length > before + 2);
  expect(await committed(worker)).toBe(4);
  limit = 10;
  await worker.whenDone(['out']);
  expect(asked.at(-1)).toEqual([{ topic: 't', partition: 0, offset: 10 }]);
  expect(await worker.herder.connectorOffsets('out')).toHaveLength(1);
});

test('a sink that rewinds gets the records again from there, and the committed offset follows', async () => {
  await fill(6);
  const sink = new TableSink();
  let hasRewound = false;
  const plugin: DefinedSink = {
    ...sink.plugin,
    write: async (handle, batch, ctx) => {
      const refused = await sink.plugin.write(handle, batch, ctx);
      if (!hasRewound) {
        ctx.rewind([
          { topic: 't', partition: 0, offset: 2 },
          { topic: 'other', partition: 0, offset: 0 },
        ]);
      }
      hasRewound = true;
      return refused ?? [];
    },
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('out', out);
  await until(() => sink.rows.length >= 10);
  await worker.whenDone(['out']);
  expect(sink.rows.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5, 2, 3, 4, 5]);
  expect(await committed(worker)).toBe(6);
});

test('partitions that a sink pauses stay quiet, also over a pause of the connector, until it resumes them', async () => {
  const client = cluster.client();
  await client.admin().createTopics([{ name: 't', partitionCount: 2, replicationFactor: 1, configs: {} }]);
  const send = (partition: number, value: number): Promise<unknown> =>
    client.producer().send([{ topic: 't', partition, value: Buffer.from(String(value)) }]);
  const sink = new TableSink();
  let context: SinkContext | undefined;
  const plugin: DefinedSink = {
    ...sink.plugin,
    open: (config, ctx) => {
      context = ctx;
      ctx.pause([{ topic: 't', partition: 1 }]);
      return sink.plugin.open(config, ctx);
    },
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('out', out);
  await Promise.all([send(0, 1), send(1, 2)]);
  await until(() => sink.rows.length === 1);
  const isState = (state: string) => () => worker.herder.connectorStatus('out').tasks[0]?.state === state;
  await worker.herder.pauseConnector('out');
  await until(isState('PAUSED'));
  await worker.herder.resumeConnector('out');
  await until(isState('RUNNING'));
  await send(0, 3);
  await until(() => sink.rows.length === 2);
  expect(sink.rows.map(({ value }) => value)).toEqual([1, 3]);
  context?.resume([{ topic: 't', partition: 1 }]);
  await until(() => sink.rows.length === 3);
  expect(sink.rows.at(-1)).toMatchObject({ partition: 1, value: 2 });
});

test('a sink hears which partitions it gets and which are taken, after what it wrote of them is committed', async () => {
  await fill(3);
  const sink = new TableSink();
  const heard: unknown[] = [];
  const plugin: DefinedSink = {
    ...sink.plugin,
    flush: () => {
      heard.push('flush');
      return Promise.resolve();
    },
    assigned: (_handle, partitions) => void heard.push(['assigned', partitions]),
    revoked: (_handle, partitions) => void heard.push(['revoked', partitions]),
  };
  const worker = await cluster.worker([plugin], { 'offset.flush.interval.ms': '60000' });
  await worker.herder.createConnector('out', out);
  await until(() => sink.rows.length === 3);
  await worker.herder.stopConnector('out');
  const own = [{ topic: 't', partition: 0 }];
  expect(heard).toEqual([['assigned', own], 'flush', ['revoked', own]]);
  expect(await committed(worker)).toBe(3);
});

test('offsets that a sink keeps itself are altered and reset with those of its group', async () => {
  await fill(5);
  const sink = new TableSink({ keepsOffsets: true });
  const changes: (readonly OffsetChange[] | undefined)[] = [];
  const plugin: DefinedSink = {
    ...sink.plugin,
    alterOffsets: (_config, offsets) => {
      if (offsets?.some(({ offset }) => offset === 77) === true) throw new ConfigError('77 is not possible.');
      changes.push(offsets);
      for (const { topic, partition, offset } of offsets ?? [])
        if (offset !== undefined) sink.offsets.set(`${topic}/${partition}`, { topic, partition, offset });
      if (offsets === undefined) sink.offsets.clear();
    },
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('out', out);
  await worker.whenDone(['out']);
  await worker.herder.stopConnector('out');
  const alter = (offset: number): Promise<string> =>
    worker.herder.alterConnectorOffsets('out', [
      { partition: { kafka_topic: 't', kafka_partition: 0 }, offset: { kafka_offset: offset } },
    ]);
  await expect(alter(77)).rejects.toThrow('77 is not possible.');
  expect(await alter(3)).toBe('The offsets for this connector have been altered successfully');
  await worker.herder.resumeConnector('out');
  await until(() => sink.rows.length === 7);
  await worker.whenDone(['out']);
  await worker.herder.stopConnector('out');
  expect(await worker.herder.resetConnectorOffsets('out')).toBe(
    'The offsets for this connector have been reset successfully',
  );
  await worker.herder.resumeConnector('out');
  await until(() => sink.rows.length === 12);
  expect(sink.rows.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 3, 4, 0, 1, 2, 3, 4]);
  expect(changes).toEqual([[{ topic: 't', partition: 0, offset: 3 }], undefined]);
});

test('members of a sink’s group are named after their connector and task', async () => {
  await fill(1);
  const worker = await cluster.worker([new TableSink().plugin]);
  await worker.herder.createConnector('out', out);
  await worker.whenDone(['out']);
  const [group] = await cluster.client().admin().describeGroups(['connect-out']);
  expect(group?.members.map(({ clientId }) => clientId)).toEqual(['connector-consumer-out-0']);
});

test.each<readonly [unknown, string]>([
  [undefined, 'yielded undefined instead of a batch'],
  [{ records: 7, position: 1 }, 'a batch whose records are a value of type number'],
  [{ records: [3], position: 1 }, 'a value of type number among its records'],
  [{ records: [] }, 'a batch whose position is undefined'],
  [{ records: [], position: new Date(0) }, 'which is no JSON'],
  [{ records: [], position: Number.NaN }, 'which is no JSON'],
  [{ records: [], position: 1, unreadable: ['x'] }, 'among its unreadable'],
])('a source that yields %j fails with a text that says what to yield', async (junk, text) => {
  const source = new CountingSource();
  const plugin = {
    ...source.plugin,
    async *read() {
      yield junk as never;
    },
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 't' });
  const failed = expect(worker.whenDone(['in'])).rejects;
  await failed.toThrow(text);
  expect(worker.herder.connectorStatus('in').tasks[0]?.trace).toContain('yield { records');
});

test('a source task that was given up sends and stores nothing when its plugin comes back', async () => {
  const source = new CountingSource();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  source.gate = gate;
  let afterGate = 0;
  source.make = (n) => {
    afterGate++;
    return { value: n };
  };
  const plugin = {
    ...source.plugin,
    // Deaf: it goes on after the stop.
    read: (config: unknown, from: never, ctx: object) =>
      source.plugin.read(config, from, { ...ctx, signal: new AbortController().signal } as never),
  };
  const worker = await cluster.worker([plugin], { 'task.shutdown.graceful.timeout.ms': '30' });
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 't' });
  await until(() => source.reads.length === 1);
  await worker.herder.stopConnector('in');
  open();
  await until(() => afterGate > 0);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await worker.herder.connectorOffsets('in')).toEqual([]);
  expect((await cluster.client().admin().listTopics()).map(({ name }) => name)).not.toContain('t');
});

test('a sink whose consumer cannot be made is not left open', async () => {
  const sink = new TableSink();
  const worker = await cluster.worker([sink.plugin]);
  const wrong = { 'consumer.override.heartbeat.interval.ms': '50000' };
  await worker.herder.createConnector('out', { ...out, ...wrong });
  const task = () => worker.herder.connectorStatus('out').tasks[0];
  await until(() => task()?.state === 'FAILED');
  expect(task()?.trace).toContain('heartbeatIntervalMs has to be below sessionTimeoutMs');
  expect(sink.closed).toBe(sink.opened);
});
