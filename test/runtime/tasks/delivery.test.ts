import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StandaloneHerder } from '../../../runtime/herder/index.ts';
import { ConfigError, type JsonValue, RetriableError } from '../../../runtime/plugin/index.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

const into = { 'connector.class': 'counting', topic: 't' };
const out = { 'connector.class': 'table', topics: 't' };
const quickRetries = { 'errors.retry.delay.max.ms': '2' };

async function createTopic(name: string, partitionCount: number): Promise<void> {
  const client = cluster.client();
  await client.admin().createTopics([{ name, partitionCount }]);
  await client.close();
}

for (const keepsOffsets of [false, true]) {
  test(`stops at any moment lose and repeat nothing (${keepsOffsets ? 'the sink keeps the offsets' : 'the group keeps the offsets'})`, async () => {
    await createTopic('t', 3);
    const source = new CountingSource();
    const sink = new TableSink({ keepsOffsets });
    const worker = await cluster.worker([source.plugin, sink.plugin]);
    const count = { records: '2000', 'batch.size': '7', partitions: '2' };
    await worker.herder.createConnector('in', { ...into, ...count });
    await worker.herder.createConnector('out', {
      ...out,
      'tasks.max': '2',
      'consumer.override.max.poll.records': '20',
    });
    let current = worker;
    for (let round = 0; round < 4; round++) {
      const before = sink.rows.length;
      await until(() => sink.rows.length > before || sink.rows.length === 4_000);
      await current.close();
      current = await cluster.worker([source.plugin, sink.plugin]);
    }
    await current.whenDone(['in', 'out']);
    const seen = sink.rows.map(({ value }) => JSON.stringify(value));
    expect(new Set(seen).size).toBe(4_000);
    expect(seen).toHaveLength(4_000);
  });
}

test('a sink that keeps the offsets goes on from them, whatever its group has committed', async () => {
  const source = new CountingSource();
  const sink = new TableSink({ keepsOffsets: true });
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('in', into);
  await worker.herder.createConnector('out', out);
  await worker.whenDone(['in', 'out']);
  await worker.herder.stopConnector('out');
  await worker.herder.resetConnectorOffsets('out');
  await worker.herder.resumeConnector('out');
  await worker.whenDone(['out']);
  expect(sink.rows).toHaveLength(10);
  expect(await worker.herder.connectorOffsets('out')).toMatchObject([{ offset: { kafka_offset: 10 } }]);
});

test('a read that fails for the moment is repeated from the last position', async () => {
  const source = new CountingSource();
  source.failures = [3, 3, 6].map((at) => ({ at, error: new RetriableError('busy') }));
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', { ...into, ...quickRetries });
  await worker.whenDone(['in']);
  expect(source.reads.map(({ position }) => position)).toEqual([undefined, 3, 3, 6]);
  expect((await cluster.read('t')).map(({ value }) => JSON.parse(value ?? '').n)).toEqual(
    Array.from({ length: 10 }, (_, n) => n),
  );
  expect(worker.progress()[0]?.tasks[0]).toMatchObject({ retries: 3, failures: 0 });
});

test('a write that fails for the moment comes again with the same batch', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const batches: unknown[][] = [];
  sink.beforeWrite = (records) => {
    batches.push(records.map(({ offset }) => offset));
    if (batches.length < 4) throw new RetriableError('locked');
    return undefined;
  };
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('in', into);
  await worker.whenDone(['in']);
  await worker.herder.createConnector('out', { ...out, ...quickRetries });
  await worker.whenDone(['out']);
  expect(batches.slice(0, 4)).toEqual([batches[3], batches[3], batches[3], batches[3]]);
  expect(sink.table()).toHaveLength(10);
  expect(worker.progress().find(({ name }) => name === 'out')?.tasks[0]).toMatchObject({
    retries: 3,
    failures: 0,
  });
});

test('a stop while a write is repeated ends it, and the batch comes again after the start', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  sink.beforeWrite = () => {
    throw new RetriableError('locked');
  };
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('in', into);
  await worker.herder.createConnector('out', out);
  await until(() => sink.writes > 0);
  await worker.herder.stopConnector('out');
  expect(await worker.herder.connectorOffsets('out')).toEqual([]);
  sink.beforeWrite = undefined;
  await worker.herder.resumeConnector('out');
  await worker.whenDone(['out']);
  expect(sink.table()).toHaveLength(10);
});

test('two tasks of a sink share the partitions of a topic', async () => {
  await createTopic('t', 4);
  const source = new CountingSource();
  source.make = (n) => ({ value: n, partition: n % 4 });
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('out', { ...out, 'tasks.max': '2' });
  const admin = cluster.client().admin();
  await until(async () => {
    const [group] = await admin.describeGroups(['connect-out']);
    return group?.state === 'Stable' && group.members.every(({ assignment }) => assignment.length === 2);
  });
  await worker.herder.createConnector('in', { ...into, records: '40' });
  await worker.whenDone(['in', 'out']);
  expect(new Set(sink.rows.map(({ value }) => value)).size).toBe(40);
  expect(sink.rows).toHaveLength(40);
  const partitionsOf = (task: number) =>
    new Set(sink.rows.filter((row) => row.task === task).map((row) => row.partition));
  expect([partitionsOf(0).size, partitionsOf(1).size]).toEqual([2, 2]);
});

test('the partitions of a source are spread over its tasks', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', { ...into, partitions: '5', 'tasks.max': '3', records: '4' });
  await worker.whenDone(['in']);
  const ids = worker.herder.taskConfigs('in').map(({ config }) => config['source.partitions']);
  expect(ids).toEqual(['[{"id":0},{"id":1}]', '[{"id":2},{"id":3}]', '[{"id":4}]']);
  expect(await cluster.read('t')).toHaveLength(20);
  expect(worker.progress()[0]?.tasks.map(({ recordsWritten }) => recordsWritten)).toEqual([8, 8, 4]);
});

test('topics are created as topic.creation says before the first record', async () => {
  const source = new CountingSource();
  source.make = (n) => ({ topic: n < 5 ? 'log-a' : 'plain', key: 'k', value: n });
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', {
    ...into,
    'topic.creation.groups': 'logs',
    'topic.creation.default.partitions': '2',
    'topic.creation.default.replication.factor': '1',
    'topic.creation.logs.include': 'log-.*',
    'topic.creation.logs.exclude': 'log-b',
    'topic.creation.logs.partitions': '3',
    'topic.creation.logs.cleanup.policy': 'compact',
  });
  await worker.whenDone(['in']);
  const admin = cluster.client().admin();
  const topics = await admin.describeTopics(['log-a', 'plain']);
  expect(topics.map(({ partitions }) => partitions.length)).toEqual([3, 2]);
  const names = ['cleanup.policy'];
  const configs = await admin.describeConfigs(
    ['log-a', 'plain'].map((name) => ({ type: 'topic', name, names })),
  );
  expect(configs.map((each) => each.configs[0]?.value)).toEqual(['compact', 'delete']);
  expect(worker.herder.connectorTopics('in').toSorted()).toEqual(['log-a', 'plain']);
});

test('transforms that drop or multiply records leave no gap in what is stored', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  const drop = { transforms: 'd', 'transforms.d.type': 'Filter', 'transforms.d.predicate': 'p' };
  const predicate = { predicates: 'p', 'predicates.p.type': 'TopicNameMatches', 'predicates.p.pattern': 't' };
  await worker.herder.createConnector('in', into);
  await worker.herder.createConnector('out', { ...out, ...drop, ...predicate });
  await worker.whenDone(['in', 'out']);
  expect(sink.writes).toBe(0);
  expect(worker.progress()[1]?.tasks[0]).toMatchObject({
    recordsRead: 10,
    recordsFiltered: 10,
    recordsWritten: 0,
  });
  await worker.herder.createConnector('none', { ...into, ...drop, ...predicate });
  await worker.whenDone(['none']);
  expect(await worker.herder.connectorOffsets('none')).toMatchObject([
    { offset: { 'millrace.position': 10 } },
  ]);
});

test('a buffering sink is flushed before its offsets are committed, and at the end', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const log: string[] = [];
  sink.beforeWrite = (records) => {
    log.push(`write ${records.length}`);
    return undefined;
  };
  let failures = 2;
  const plugin = {
    ...sink.plugin,
    flush: () => {
      if (failures-- > 0) throw new RetriableError('not yet');
      log.push('flush');
      return Promise.resolve();
    },
  };
  const worker = await cluster.worker([source.plugin, plugin], { 'offset.flush.interval.ms': '600000' });
  await worker.herder.createConnector('in', into);
  await worker.whenDone(['in']);
  await worker.herder.createConnector('out', { ...out, ...quickRetries });
  await worker.whenDone(['out']);
  expect(log).toEqual(['write 10', 'flush']);
  expect(await worker.herder.connectorOffsets('out')).toMatchObject([{ offset: { kafka_offset: 10 } }]);
});

test('a sink reads the topics that match its pattern', async () => {
  const source = new CountingSource();
  source.make = (n) => ({ topic: n % 2 === 0 ? 'even-t' : 'odd', value: n });
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('in', into);
  await worker.whenDone(['in']);
  await worker.herder.createConnector('out', { 'connector.class': 'table', 'topics.regex': 'even-.*' });
  await worker.whenDone(['out']);
  expect(sink.table()).toEqual([0, 2, 4, 6, 8]);
});

test('partitions that go to another member while a write is repeated are left to that member', async () => {
  await createTopic('t', 2);
  const source = new CountingSource();
  source.make = (n) => ({ value: n, partition: n % 2 });
  const sink = new TableSink();
  let isLocked = true;
  sink.beforeWrite = () => {
    if (isLocked) throw new RetriableError('locked');
    return undefined;
  };
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('in', into);
  await worker.whenDone(['in']);
  await worker.herder.createConnector('out', { ...out, 'errors.retry.delay.max.ms': '20' });
  await until(() => sink.writes > 0);
  const other = cluster.client().consumer({ groupId: 'connect-out', autoOffsetReset: 'earliest' });
  other.subscribe({ topics: ['t'] });
  const theirs: unknown[] = [];
  while (theirs.length < 5) {
    for (const { records } of await other.poll(200)) {
      for (const { value } of records) theirs.push(JSON.parse(value?.toString() ?? ''));
    }
  }
  isLocked = false;
  await until(() => sink.rows.length >= 5);
  const ours = sink.rows.map(({ value }) => value);
  expect([...ours, ...theirs].toSorted((a, b) => Number(a) - Number(b))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  expect(new Set(sink.rows.map(({ partition }) => partition)).size).toBe(1);
});

test('new positions that the source refuses are not stored', async () => {
  const source = new CountingSource();
  const plugin: typeof source.plugin = {
    ...source.plugin,
    alterOffsets: (_config, offsets) => {
      const wrong = offsets.find(({ position }) => typeof position !== 'number' && position !== null);
      if (wrong !== undefined) throw new ConfigError('A position is a number.');
    },
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('in', into);
  await worker.whenDone(['in']);
  await worker.herder.stopConnector('in');
  const alter = (position: JsonValue) =>
    worker.herder.alterConnectorOffsets('in', [
      { partition: { id: 0 }, offset: { 'millrace.position': position } },
    ]);
  await expect(alter('x')).rejects.toThrow('A position is a number.');
  expect(await alter(8)).toBe('The offsets for this connector have been altered successfully');
  await worker.herder.resumeConnector('in');
  await worker.whenDone(['in']);
  expect(await cluster.read('t')).toHaveLength(12);
});

test('a source whose brokers are gone waits for offset.flush.timeout.ms when it is stopped, and not for ever', async () => {
  const source = new CountingSource();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  source.make = (n) => {
    // The first batch has arrived when the second one is sent.
    if (n === 2) source.gate = gate;
    return { value: n };
  };
  const patient = { 'offset.flush.timeout.ms': '50', 'task.shutdown.graceful.timeout.ms': '600000' };
  const { worker, kill } = await cluster.mortalWorker([source.plugin], patient);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 't' });
  const task = () => (worker.herder as StandaloneHerder).runners.get('in')?.tasks.get(0);
  await until(() => source.acked.length > 0);
  kill();
  open();
  await until(() => task()?.progress?.recordsRead === 10);
  await task()?.stop();
  expect(source.acked).toEqual([3]);
});
