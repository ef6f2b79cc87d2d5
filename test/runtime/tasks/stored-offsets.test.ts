import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { MemoryLog } from '../../../runtime/herder/memory-log.ts';
import { SourceOffsets } from '../../../runtime/herder/source-offsets.ts';
import { FlushTimeoutError, OffsetWriterFencedError } from '../../../runtime/tasks/errors.ts';
import { withinFlushTimeout } from '../../../runtime/tasks/flush-deadline.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

const at = (n: number) => [{ partition: { id: 0 }, position: { n } }];

test('a writer that was replaced, closed or overruled by an operator writes nothing any more', async () => {
  const offsets = await SourceOffsets.open(new MemoryLog());
  const first = offsets.openWriter('c', 0);
  const neighbour = offsets.openWriter('c', 1);
  await first.write(at(1));
  const second = offsets.openWriter('c', 0);
  expect(second.generation).toBeGreaterThan(first.generation);
  await expect(first.write(at(2))).rejects.toThrow(OffsetWriterFencedError);
  first.close();
  await second.write(at(3));
  await neighbour.write([{ partition: { id: 1 }, position: { n: 9 } }]);
  expect(offsets.read('c', { id: 0 })).toEqual({ n: 3 });
  second.close();
  await expect(second.write(at(4))).rejects.toThrow(OffsetWriterFencedError);
  await offsets.alter('c', [{ partition: { id: 1 }, offset: { n: 0 } }]);
  await expect(neighbour.write([{ partition: { id: 1 }, position: { n: 10 } }])).rejects.toThrow(
    "task 1 of 'c' may not store positions any more",
  );
  expect([offsets.read('c', { id: 0 }), offsets.read('c', { id: 1 })]).toEqual([{ n: 3 }, { n: 0 }]);
});

test('what takes longer than offset.flush.timeout.ms is told, and its own end is then nobody’s business', async () => {
  const clock = new ManualClock();
  const { promise, reject } = Promise.withResolvers<string>();
  const outcome = withinFlushTimeout(clock, 500, promise);
  clock.advance(500);
  await expect(outcome).rejects.toThrow(FlushTimeoutError);
  reject(new Error('later'));
  expect(await withinFlushTimeout(clock, 500, Promise.resolve('in time'))).toBe('in time');
  await expect(withinFlushTimeout(clock, 500, Promise.reject(new Error('own')))).rejects.toThrow('own');
});

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

test('a sink whose brokers are gone counts a commit that is not done in time as failed', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const { worker, kill } = await cluster.mortalWorker([source.plugin, sink.plugin], {
    'offset.flush.timeout.ms': '50',
    'offset.flush.interval.ms': '20',
    'task.shutdown.graceful.timeout.ms': '600',
  });
  // Cut off between what is consumed and its commit.
  sink.beforeWrite = () => {
    kill();
    return undefined;
  };
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 't' });
  await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 't' });
  const failed = () =>
    worker
      .metrics()
      .find(({ name }) => name.endsWith('task_metrics_offset_commit_failure_percentage'))
      ?.samples.find(({ labels }) => labels?.['connector'] === 'out')?.value;
  await until(() => failed() === 1);
  expect(sink.rows).not.toEqual([]);
});
