import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCluster } from './cluster.ts';
import { CountingSource, TableSink } from './memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

test('a source and a sink move records through a topic until both are done', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('in', {
    'connector.class': 'counting',
    topic: 'numbers',
    records: '10',
  });
  await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 'numbers' });
  await worker.whenDone(['in', 'out']);
  expect(sink.table()).toEqual(Array.from({ length: 10 }, (_, n) => ({ n, partition: 0 })));
  expect(worker.progress()).toMatchObject([
    {
      name: 'in',
      type: 'source',
      state: 'RUNNING',
      tasks: [{ recordsRead: 10, recordsWritten: 10, isExhausted: true }],
    },
    { name: 'out', type: 'sink', state: 'RUNNING', tasks: [{ recordsRead: 10, recordsWritten: 10, lag: 0 }] },
  ]);
  expect(source.acked.at(-1)).toBe(10);
});
