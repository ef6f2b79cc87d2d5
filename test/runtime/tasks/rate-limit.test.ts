import { expect, test } from 'vitest';
import type { Clock } from '../../../platform/clock.ts';
import { RateLimit } from '../../../runtime/tasks/rate-limit.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

test('records wait for the share of time of those before them; time that was not used is lost', () => {
  let now = 1_000;
  const clock: Clock = { now: () => 0, monotonic: () => now, timer: () => ({ cancel: () => undefined }) };
  const limit = new RateLimit(clock, 100);
  expect(limit.spend(10)).toBe(100);
  now += 40;
  expect(limit.spend(1)).toBe(70);
  now += 5_000;
  expect(limit.spend(2)).toBe(20);
  expect(new RateLimit(clock, Number.POSITIVE_INFINITY).spend(1_000_000)).toBe(0);
});

test('a sink that waits for its share of time commits, and is paused, resumed and stopped at once', async () => {
  const cluster = await TestCluster.start();
  const sink = new TableSink();
  const worker = await cluster.worker([new CountingSource().plugin, sink.plugin]);
  const { herder } = worker;
  await herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers', records: '10' });
  await worker.whenDone(['in']);
  const limited = { topics: 'numbers', 'rate.limit.records.per.second': '0.001' };
  await herder.createConnector('out', { 'connector.class': 'table', ...limited });
  // Ten records, and hours before the next ones; but what is written is committed.
  await worker.whenDone(['out']);
  const stateOf = () => herder.connectorStatus('out').tasks[0]?.state;
  await herder.pauseConnector('out');
  await until(() => stateOf() === 'PAUSED');
  await herder.resumeConnector('out');
  await until(() => stateOf() === 'RUNNING');
  await cluster.close();
  expect(sink.rows).toHaveLength(10);
  expect(sink.closed).toBe(1);
});
