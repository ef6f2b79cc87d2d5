import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineSource, type Plugin } from '../../../runtime/plugin/index.ts';
import { TestCluster, until } from './cluster.ts';
import { CountingSource, TableSink } from './memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

const into = { 'connector.class': 'counting', topic: 't' };
const quick = { 'restart.backoff.ms': '1', 'restart.backoff.max.ms': '5' };

test('with restart.policy=any a task that fails starts again by itself, and goes on from its position', async () => {
  const source = new CountingSource();
  source.failures = [3, 6].map((at) => ({ at, error: new Error(`broken at ${at}`) }));
  const worker = await cluster.worker([source.plugin]);
  const states: string[] = [];
  worker.onEvent(({ task, state }) => void (task === 0 && states.push(state)));
  await worker.herder.createConnector('in', { ...into, ...quick, 'restart.policy': 'any' });
  await worker.whenDone(['in']);
  expect((await cluster.read('t')).map(({ key }) => key)).toEqual(
    Array.from({ length: 10 }, (_, n) => `0-${n}`),
  );
  expect(states.filter((state) => state === 'FAILED')).toHaveLength(2);
  expect(states.at(-1)).toBe('EXHAUSTED');
});

test('after restart.attempts.max restarts in a row the failure is final, until someone restarts the task', async () => {
  const source = new CountingSource();
  source.failures = Array.from({ length: 4 }, () => ({ at: 3, error: new Error('broken') }));
  const worker = await cluster.worker([source.plugin]);
  const limited = { ...quick, 'restart.policy': 'any', 'restart.attempts.max': '2' };
  await worker.herder.createConnector('in', { ...into, ...limited });
  await expect(worker.whenDone(['in'])).rejects.toThrow('broken');
  expect(source.failures).toHaveLength(1);
  worker.herder.restartTask('in', 0);
  await worker.whenDone(['in']);
  expect(await cluster.read('t')).toHaveLength(10);
});

test('with restart.policy=retriable only what may pass is tried again', async () => {
  const source = new CountingSource();
  source.failures = [{ at: 3, error: new Error('for good') }];
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', { ...into, ...quick, 'restart.policy': 'retriable' });
  await expect(worker.whenDone(['in'])).rejects.toThrow('for good');
  expect(source.reads).toHaveLength(1);
});

test('a connector that cannot list its partitions is tried again as well', async () => {
  const source = new CountingSource();
  let failuresLeft = 2;
  const plugin: typeof source.plugin = {
    ...source.plugin,
    partitions: () =>
      failuresLeft-- > 0 ? Promise.reject(new Error('no list')) : Promise.resolve([{ id: 0 }]),
  };
  const worker = await cluster.worker([plugin]);
  await worker.herder.createConnector('in', { ...into, ...quick, 'restart.policy': 'any' });
  await worker.whenDone(['in']);
  expect(await cluster.read('t')).toHaveLength(10);
});

test('a connector that was stopped is not started again by an earlier failure', async () => {
  const source = new CountingSource();
  source.failures = [{ at: 0, error: new Error('broken') }];
  const worker = await cluster.worker([source.plugin]);
  const slow = { 'restart.policy': 'any', 'restart.backoff.ms': '40' };
  await worker.herder.createConnector('in', { ...into, ...slow });
  await until(() => worker.herder.connectorStatus('in').tasks[0]?.state === 'FAILED');
  await worker.herder.stopConnector('in');
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(source.reads).toHaveLength(1);
  expect(worker.herder.connectorStatus('in')).toMatchObject({ connector: { state: 'STOPPED' }, tasks: [] });
});

test('keys beyond Kafka Connect’s are checked, and listed only when the config has one of them', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  const names = (config: object): string[] =>
    worker.herder.validate({ name: 'in', ...into, ...config }).configs.map(({ value }) => value.name);
  expect(names({})).not.toContain('restart.policy');
  expect(names({ isolation: 'inline' })).toContain('restart.policy');
  await expect(
    worker.herder.createConnector('in', { ...into, 'restart.policy': 'sometimes' }),
  ).rejects.toThrow('String must be one of: none, retriable, any');
});

test('a limited sink and a limited source move all their records', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  const limit = { 'rate.limit.records.per.second': '1000', 'consumer.override.max.poll.records': '2' };
  await worker.herder.createConnector('in', { ...into, ...limit });
  await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 't', ...limit });
  await worker.whenDone(['in', 'out']);
  expect(sink.table()).toHaveLength(10);
});

test('nothing is started any more by a worker that has stopped, whatever a source asks for while it ends', async () => {
  const { promise: isHanging, resolve: onHanging } = Promise.withResolvers<void>();
  let listings = 0;
  let reads = 0;
  const restless = defineSource({
    name: 'restless',
    version: '1',
    config: { type: 'object', properties: { topic: { type: 'string' } } },
    partitions: async () => {
      listings++;
      if (listings === 2) {
        onHanging();
        await new Promise(() => undefined);
      }
      return [{}];
    },
    async *read(_config, _from, ctx) {
      reads++;
      ctx.reconfigure();
      yield { records: [{ value: 1 }], position: 1 };
      await ctx.sleep(60_000);
      ctx.reconfigure();
    },
  });
  const worker = await cluster.worker([restless as unknown as Plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'restless', topic: 't' });
  await isHanging;
  await worker.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([listings, reads]).toEqual([2, 1]);
});
