import { afterEach, beforeEach, expect, test } from 'vitest';
import { prometheusText } from '../../platform/metrics.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { RecordError } from '../../runtime/plugin/index.ts';
import { WindowedStat } from '../../runtime/tasks/windowed-stat.ts';
import type { Worker } from '../../runtime/worker.ts';
import { TestCluster, until } from './herder/cluster.ts';
import { CountingSource, TableSink } from './herder/memory-plugins.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

function values(worker: Worker): ReadonlyMap<string, string> {
  const lines = prometheusText(worker.metrics())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
}

test('a source, a sink and a failed task tell under Kafka Connect’s names what they have done', async () => {
  const source = new CountingSource();
  const broken = new CountingSource('broken');
  broken.failures = [{ at: 3, error: new Error('broken') }];
  const sink = new TableSink();
  sink.beforeWrite = (records) =>
    records.flatMap(({ value }, index) =>
      (value as { n: number }).n === 4 ? [new RecordError(index, 'four')] : [],
    );
  const worker = await cluster.worker([source.plugin, broken.plugin, sink.plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 't' });
  await worker.herder.createConnector('bad', { 'connector.class': 'broken', topic: 'b' });
  const dead = { 'errors.tolerance': 'all', 'errors.deadletterqueue.topic.name': 'dead' };
  await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 't', ...dead });
  await worker.whenDone(['in', 'out']);
  await expect(worker.whenDone(['bad'])).rejects.toThrow('broken');
  const found = values(worker);
  const expected = {
    kafka_connect_worker_metrics_connector_count: '3',
    kafka_connect_worker_metrics_task_count: '3',
    kafka_connect_worker_metrics_connector_startup_attempts_total: '3',
    kafka_connect_worker_metrics_connector_startup_success_percentage: '1',
    kafka_connect_worker_metrics_task_startup_success_total: '3',
    kafka_connect_worker_metrics_task_startup_failure_percentage: '0',
    'kafka_connect_connector_task_converter_info{connector="in",task="0",converter="key",class="org.apache.kafka.connect.storage.StringConverter",version="1.0.0"}':
      '1',
    'kafka_connect_sink_task_metrics_offset_commit_skip_total{connector="out",task="0"}': '0',
    'kafka_connect_worker_metrics_connector_failed_task_count{connector="bad"}': '1',
    'kafka_connect_worker_metrics_connector_running_task_count{connector="in"}': '1',
    'kafka_connect_connector_task_status{connector="bad",task="0",status="failed"}': '1',
    'kafka_connect_connector_status{connector="out",status="running",type="sink",class="test.TableSinkConnector",version="4.5.6"}':
      '1',
    'kafka_connect_source_task_metrics_source_record_poll_total{connector="in",task="0"}': '10',
    'kafka_connect_source_task_metrics_source_record_write_total{connector="in",task="0"}': '10',
    'kafka_connect_source_task_metrics_source_record_active_count{connector="in",task="0"}': '0',
    'kafka_connect_source_task_metrics_source_record_poll_total{connector="bad",task="0"}': '3',
    'kafka_connect_sink_task_metrics_sink_record_read_total{connector="out",task="0"}': '10',
    'kafka_connect_sink_task_metrics_sink_record_send_total{connector="out",task="0"}': '9',
    'kafka_connect_sink_task_metrics_partition_count{connector="out",task="0"}': '1',
    'kafka_consumer_consumer_coordinator_metrics_rebalance_total{connector="out",task="0"}': '1',
    'kafka_consumer_consumer_coordinator_metrics_assigned_partitions{connector="out",task="0"}': '1',
    'kafka_connect_connector_task_metrics_batch_size_max{connector="in",task="0"}': '3',
    'kafka_connect_connector_task_metrics_offset_commit_success_percentage{connector="in",task="0"}': '1',
    'kafka_connect_task_error_metrics_total_record_failures{connector="out",task="0"}': '1',
    'kafka_connect_task_error_metrics_deadletterqueue_produce_requests{connector="out",task="0"}': '1',
    'kafka_connect_task_error_metrics_deadletterqueue_produce_failures{connector="out",task="0"}': '0',
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found.get(name)]))).toEqual(expected);
  const ratio = Number(
    found.get('kafka_connect_connector_task_metrics_running_ratio{connector="in",task="0"}'),
  );
  expect(ratio).toBeGreaterThan(0);
  expect(ratio).toBeLessThanOrEqual(1);
  expect([...found.keys()].some((name) => name.includes('sink_task_metrics') && name.includes('"in"'))).toBe(
    false,
  );
});

test('what is older than a minute no longer counts in averages, maxima and rates, but in totals', () => {
  const clock = new ManualClock();
  const stat = new WindowedStat(clock);
  expect(stat.average).toBeNaN();
  stat.record(10);
  stat.record(20);
  expect([stat.average, stat.max, stat.rate]).toEqual([15, 20, 1]);
  clock.advance(40_000);
  stat.record(6);
  expect([stat.average, stat.max]).toEqual([12, 20]);
  clock.advance(70_000);
  expect(stat.max).toBeNaN();
  expect([stat.count, stat.sum, stat.rate]).toEqual([3, 36, 0]);
});

test('each rebalance of a sink is counted', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 'numbers' });
  await worker.whenDone(['in']);
  const quick = { topics: 'numbers', 'consumer.override.heartbeat.interval.ms': '20' };
  await worker.herder.createConnector('out', { 'connector.class': 'table', ...quick });
  await worker.whenDone(['out']);
  const rebalances = () =>
    worker
      .metrics()
      .find(({ name }) => name === 'kafka_consumer_consumer_coordinator_metrics_rebalance_total')
      ?.samples.map(({ value }) => value);
  expect(rebalances()).toEqual([1]);
  const other = cluster.client().consumer({ groupId: 'connect-out', autoOffsetReset: 'earliest' });
  other.subscribe({ topics: ['numbers'] });
  await until(async () => {
    await other.poll(10);
    return (rebalances()?.[0] ?? 0) > 1;
  });
  await other.close();
});
