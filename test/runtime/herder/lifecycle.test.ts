import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCluster, until } from './cluster.ts';
import { CountingSource, TableSink } from './memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n, partition: 0 }));

test('a worker that is started again resumes its connectors where they were', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const first = await cluster.worker([source.plugin, sink.plugin]);
  await first.herder.createConnector('in', {
    'connector.class': 'counting',
    topic: 'numbers',
    records: '10',
  });
  await first.herder.createConnector('out', { 'connector.class': 'table', topics: 'numbers' });
  await first.whenDone(['in', 'out']);
  await first.close();
  expect(sink.closed).toBe(1);
  const second = await cluster.worker([source.plugin, sink.plugin]);
  expect(second.herder.connectors()).toEqual(['in', 'out']);
  await second.whenDone(['in', 'out']);
  expect(source.reads.map(({ position }) => position)).toEqual([undefined, 10]);
  expect(sink.table()).toEqual(numbers(10));
});

test('a paused source sends nothing until it is resumed, and stays paused when the worker is started again', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  const config = { 'connector.class': 'counting', topic: 'numbers', records: '9' };
  await worker.herder.createConnector('in', config, 'PAUSED');
  await until(() => worker.herder.connectorStatus('in').tasks[0]?.state === 'PAUSED');
  expect(worker.herder.connectorStatus('in').connector.state).toBe('PAUSED');
  await worker.close();
  const second = await cluster.worker([source.plugin]);
  await until(() => second.herder.connectorStatus('in').tasks[0]?.state === 'PAUSED');
  expect(source.reads).toEqual([]);
  await second.herder.resumeConnector('in');
  await second.whenDone(['in']);
  expect(await cluster.read('numbers')).toHaveLength(9);
  expect(second.herder.connectorStatus('in')).toMatchObject({
    connector: { state: 'RUNNING' },
    tasks: [{ id: 0, state: 'RUNNING', version: '1.2.3' }],
  });
});

test('a source that is paused while it reads stores how far it came before it says so', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin], { 'offset.flush.interval.ms': '600000' });
  const config = { 'connector.class': 'counting', topic: 'numbers', records: '100000', 'batch.size': '1' };
  await worker.herder.createConnector('in', config);
  await until(() => (worker.progress()[0]?.tasks[0]?.recordsWritten ?? 0) > 5);
  await worker.herder.pauseConnector('in');
  await until(() => worker.herder.connectorStatus('in').tasks[0]?.state === 'PAUSED');
  const [offset] = await worker.herder.connectorOffsets('in');
  const written = worker.progress()[0]?.tasks[0]?.recordsWritten;
  expect(offset).toEqual({ partition: { id: 0 }, offset: { 'millrace.position': written } });
  expect(await cluster.read('numbers')).toHaveLength(written ?? -1);
});

test('a paused sink writes nothing until it is resumed', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 'numbers' }, 'PAUSED');
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await worker.whenDone(['in']);
  await until(() => worker.herder.connectorStatus('out').tasks[0]?.state === 'PAUSED');
  expect(sink.rows).toEqual([]);
  await worker.herder.resumeConnector('out');
  await worker.whenDone(['out']);
  expect(sink.table()).toEqual(numbers(10));
});

test('a stopped connector has no tasks; resumed it gets them again and goes on', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await worker.whenDone(['in']);
  await worker.herder.stopConnector('in');
  expect(worker.herder.connectorStatus('in')).toEqual({
    name: 'in',
    connector: { state: 'STOPPED', worker_id: 'localhost:8083', version: '1.2.3' },
    tasks: [],
    type: 'source',
  });
  expect(worker.herder.taskConfigs('in')).toEqual([]);
  await worker.close();
  const second = await cluster.worker([source.plugin]);
  await until(() => second.herder.connectorStatus('in').connector.state === 'STOPPED');
  await second.herder.resumeConnector('in');
  await second.whenDone(['in']);
  expect(source.reads.map(({ position }) => position)).toEqual([undefined, 10]);
  expect(second.herder.taskConfigs('in')).toHaveLength(1);
});

test('a new config restarts the tasks with it and keeps the position', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  const config = { 'connector.class': 'counting', topic: 'numbers', records: '10' };
  await worker.herder.createConnector('in', config);
  await worker.whenDone(['in']);
  const { isCreated, info } = await worker.herder.putConnectorConfig('in', { ...config, records: '16' });
  expect(isCreated).toBe(false);
  expect(info.config).toEqual({ ...config, records: '16', name: 'in' });
  await worker.whenDone(['in']);
  expect(await cluster.read('numbers')).toHaveLength(16);
  await worker.herder.patchConnectorConfig('in', { records: '18', 'batch.size': null });
  await worker.whenDone(['in']);
  expect(await cluster.read('numbers')).toHaveLength(18);
});

test('a deleted connector is gone with its statuses, and stays gone', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await worker.whenDone(['in']);
  await worker.herder.deleteConnector('in');
  expect(worker.herder.connectors()).toEqual([]);
  expect(() => worker.herder.connectorStatus('in')).toThrow('No status found for connector in');
  await worker.close();
  const second = await cluster.worker([source.plugin]);
  expect(second.herder.connectors()).toEqual([]);
  await expect(second.herder.deleteConnector('in')).rejects.toThrow('Connector in not found');
});

test('a failed task stays failed until it is restarted, and then goes on from its position', async () => {
  const source = new CountingSource();
  source.failures = [{ at: 6, error: new Error('disk on fire') }];
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await expect(worker.whenDone(['in'])).rejects.toThrow("Task 0 of 'in' failed: disk on fire");
  const status = worker.herder.connectorStatus('in');
  expect(status.connector.state).toBe('RUNNING');
  expect(status.tasks[0]).toMatchObject({ state: 'FAILED', trace: expect.stringContaining('disk on fire') });
  worker.herder.restartTask('in', 0);
  await worker.whenDone(['in']);
  expect(source.reads.map(({ position }) => position)).toEqual([undefined, 6]);
  expect(await cluster.read('numbers')).toHaveLength(10);
});

test('a restart of failed tasks only leaves the others alone', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  source.make = (n, partition) => {
    if (partition === 1 && n === 3 && source.failures.length > 0) throw source.failures.pop()?.error;
    return { value: n };
  };
  source.failures = [{ at: 1_000, error: new Error('once') }];
  const config = { 'connector.class': 'counting', topic: 'numbers', partitions: '2', 'tasks.max': '2' };
  await worker.herder.createConnector('in', config);
  await until(() => worker.herder.connectorStatus('in').tasks[1]?.state === 'FAILED');
  const planned = worker.herder.restartConnector('in', { includeTasks: true, onlyFailed: true });
  expect(planned.tasks.map(({ state }) => state)).toEqual(['RUNNING', 'RESTARTING']);
  expect(planned.connector.state).toBe('RUNNING');
  await worker.whenDone(['in']);
  expect(source.reads.map(({ partition, position }) => [partition['id'], position])).toEqual([
    [0, undefined],
    [1, undefined],
    [1, 3],
  ]);
});

test('a restart of connector and tasks shows RESTARTING first and runs again', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await worker.whenDone(['in']);
  const planned = worker.herder.restartConnector('in', { includeTasks: true, onlyFailed: false });
  expect([planned.connector.state, planned.tasks[0]?.state]).toEqual(['RESTARTING', 'RESTARTING']);
  await until(() => source.reads.length === 2);
  await worker.whenDone(['in']);
  await until(() => worker.herder.connectorStatus('in').connector.state === 'RUNNING');
});

test('a connector whose plugin is missing after a restart is FAILED, and the others run', async () => {
  const source = new CountingSource();
  const other = new CountingSource('other');
  const first = await cluster.worker([source.plugin, other.plugin]);
  await first.herder.createConnector('a', { 'connector.class': 'counting', topic: 'numbers' });
  await first.herder.createConnector('b', { 'connector.class': 'other', topic: 'numbers' });
  await first.close();
  const second = await cluster.worker([other.plugin]);
  await second.whenDone(['b']);
  await until(() => second.herder.connectorStatus('a').connector.state === 'FAILED');
  expect(second.herder.connectorStatus('a').connector.trace).toContain('counting');
});

test('a source that hangs while it lists its partitions blocks nobody and can be deleted', async () => {
  const hanging = new CountingSource('hanging');
  const source = new CountingSource();
  const plugin = { ...hanging.plugin, partitions: () => new Promise<never>(() => undefined) };
  const worker = await cluster.worker([plugin, source.plugin]);
  void worker.herder
    .createConnector('hung', { 'connector.class': 'hanging', topic: 'numbers' })
    .catch(() => undefined);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await worker.whenDone(['in']);
  await worker.herder.deleteConnector('hung');
  expect(worker.herder.connectors()).toEqual(['in']);
});

test('a sink that hangs in write is given up at stop, and stores nothing afterwards', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin], {
    'task.shutdown.graceful.timeout.ms': '50',
  });
  sink.beforeWrite = () => new Promise<never>(() => undefined);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 'numbers' });
  await until(() => sink.writes > 0);
  await worker.herder.stopConnector('out');
  expect(worker.herder.connectorStatus('out').connector.state).toBe('STOPPED');
  expect(await worker.herder.connectorOffsets('out')).toEqual([]);
});

test('a source that asks for it gets its partitions listed again', async () => {
  const source = new CountingSource();
  source.partitionCount = 1;
  let reconfigure: (() => void) | undefined;
  const read = source.plugin.read;
  const plugin: typeof source.plugin = {
    ...source.plugin,
    read: (config, from, ctx) => {
      reconfigure = () => ctx.reconfigure();
      return read(config, from, ctx);
    },
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('in', {
    'connector.class': 'counting',
    topic: 'numbers',
    'tasks.max': '2',
  });
  await worker.whenDone(['in']);
  source.partitionCount = 2;
  reconfigure?.();
  await until(() => worker.herder.taskConfigs('in').length === 2);
  await worker.whenDone(['in']);
  expect(await cluster.read('numbers')).toHaveLength(20);
  expect(source.reads.map(({ partition }) => partition['id'])).toEqual([0, 1]);
});

test('two changes in a row end in the state of the second', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  const config = { 'connector.class': 'counting', topic: 'numbers', records: '5' };
  const created = worker.herder.createConnector('in', config);
  await until(() => worker.herder.connectors().length === 1);
  await Promise.all([created, worker.herder.pauseConnector('in'), worker.herder.resumeConnector('in')]);
  await worker.whenDone(['in']);
  expect(await cluster.read('numbers')).toHaveLength(5);
});
