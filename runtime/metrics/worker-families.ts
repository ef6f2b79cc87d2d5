import type { MetricFamily, MetricSample } from '../../platform/metrics.ts';
import type { StartupCounts, WorkerStartups } from '../herder/index.ts';
import { activeRecords, type TaskMeters, type TaskProgress } from '../tasks/index.ts';

/** A converter (alias `key`, `value` or `header`), transform or predicate of a task. */
export interface TaskPart {
  readonly kind: 'converter' | 'transform' | 'predicate';
  readonly alias: string;
  readonly className: string;
  readonly version: string;
}

/** A task as its metrics see it. */
export interface MeasuredTask {
  readonly task: number;
  /** In capitals, as in its status. */
  readonly state: string;
  /** Undefined while there is no running object of the task. */
  readonly progress: TaskProgress | undefined;
  readonly meters: TaskMeters | undefined;
  /** Shares of its life, 0 to 1. */
  readonly runningRatio: number;
  readonly pauseRatio: number;
  readonly partitionCount: number;
  /** Its converters, transforms and predicates. */
  readonly parts: readonly TaskPart[];
  /** Counters of the plugin. */
  readonly counters: ReadonlyMap<string, number>;
}

/** A connector as its metrics see it. */
export interface MeasuredConnector {
  readonly name: string;
  readonly type: 'source' | 'sink' | 'unknown';
  readonly className: string;
  readonly version: string;
  readonly state: string;
  readonly tasks: readonly MeasuredTask[];
}

/** One value of each task. */
type Reading = (task: MeasuredTask & { progress: TaskProgress; meters: TaskMeters }) => number;
type Row = readonly [name: string, type: 'counter' | 'gauge', help: string, read: Reading];

const taskRows: readonly Row[] = [
  ['running_ratio', 'gauge', 'Share of its life that the task was running.', (t) => t.runningRatio],
  ['pause_ratio', 'gauge', 'Share of its life that the task was paused.', (t) => t.pauseRatio],
  ['batch_size_avg', 'gauge', 'Records in a batch, on average.', (t) => t.meters.read.average],
  ['batch_size_max', 'gauge', 'Records in the largest batch.', (t) => t.meters.read.max],
  [
    'offset_commit_avg_time_ms',
    'gauge',
    'Ms that a commit took, on average.',
    (t) => t.meters.commitMs.average,
  ],
  ['offset_commit_max_time_ms', 'gauge', 'Ms that the longest commit took.', (t) => t.meters.commitMs.max],
  [
    'offset_commit_success_percentage',
    'gauge',
    'Share of commits that succeeded.',
    (t) => share(t.meters, true),
  ],
  [
    'offset_commit_failure_percentage',
    'gauge',
    'Share of commits that failed.',
    (t) => share(t.meters, false),
  ],
];

const sourceRows: readonly Row[] = [
  ['source_record_poll_total', 'counter', 'Records that the source gave.', (t) => t.progress.recordsRead],
  [
    'source_record_poll_rate',
    'gauge',
    'Records that the source gave, per second.',
    (t) => t.meters.read.rate,
  ],
  [
    'source_record_write_total',
    'counter',
    'Records that are durable in Kafka.',
    (t) => t.progress.recordsWritten,
  ],
  ['source_record_write_rate', 'gauge', 'Records sent to Kafka, per second.', (t) => t.meters.written.rate],
  [
    'poll_batch_avg_time_ms',
    'gauge',
    'Ms the source took for a batch, on average.',
    (t) => t.meters.batchMs.average,
  ],
  [
    'poll_batch_max_time_ms',
    'gauge',
    'Ms the source took for its slowest batch.',
    (t) => t.meters.batchMs.max,
  ],
  [
    'source_record_active_count',
    'gauge',
    'Records that are not yet durable.',
    (t) => activeRecords(t.progress),
  ],
  [
    'source_record_active_count_avg',
    'gauge',
    'Records that were not yet durable, on average.',
    (t) => t.meters.active.average,
  ],
  [
    'source_record_active_count_max',
    'gauge',
    'Most records that were not yet durable.',
    (t) => t.meters.active.max,
  ],
];

const sinkRows: readonly Row[] = [
  ['sink_record_read_total', 'counter', 'Records that were consumed.', (t) => t.progress.recordsRead],
  ['sink_record_read_rate', 'gauge', 'Records that were consumed, per second.', (t) => t.meters.read.rate],
  [
    'sink_record_send_total',
    'counter',
    'Records that the sink has written.',
    (t) => t.progress.recordsWritten,
  ],
  [
    'sink_record_send_rate',
    'gauge',
    'Records that the sink has written, per second.',
    (t) => t.meters.written.rate,
  ],
  [
    'sink_record_active_count',
    'gauge',
    'Records that are consumed and not yet written.',
    (t) => activeRecords(t.progress),
  ],
  [
    'sink_record_active_count_avg',
    'gauge',
    'Records that were consumed and not yet written, on average.',
    (t) => t.meters.active.average,
  ],
  [
    'sink_record_active_count_max',
    'gauge',
    'Most records that were consumed and not yet written.',
    (t) => t.meters.active.max,
  ],
  ['sink_record_lag_max', 'gauge', 'Records that wait in the task’s partitions.', (t) => t.progress.lag],
  ['partition_count', 'gauge', 'Partitions the task has.', (t) => t.partitionCount],
  ['offset_commit_seq_no', 'gauge', 'Number of the last commit.', commits],
  ['offset_commit_completion_total', 'counter', 'Commits that succeeded.', (t) => t.meters.commitMs.count],
  [
    'offset_commit_completion_rate',
    'gauge',
    'Commits that succeeded, per second.',
    (t) => t.meters.commitMs.countRate,
  ],
  [
    'offset_commit_skip_total',
    'counter',
    'Commits whose end came too late to count.',
    (t) => t.meters.commitSkips.count,
  ],
  [
    'offset_commit_skip_rate',
    'gauge',
    'Commits whose end came too late to count, per second.',
    (t) => t.meters.commitSkips.countRate,
  ],
  [
    'put_batch_avg_time_ms',
    'gauge',
    'Ms the sink took for a batch, on average.',
    (t) => t.meters.batchMs.average,
  ],
  ['put_batch_max_time_ms', 'gauge', 'Ms the sink took for its slowest batch.', (t) => t.meters.batchMs.max],
];

/** Of the sink's consumer. */
const coordinatorRows: readonly Row[] = [
  ['rebalance_total', 'counter', 'Rebalances of the sink’s group.', (t) => t.meters.rebalanceMs.count],
  [
    'rebalance_rate_per_hour',
    'gauge',
    'Rebalances of the sink’s group, per hour.',
    (t) => t.meters.rebalanceMs.countRate * 3_600,
  ],
  ['rebalance_latency_total', 'counter', 'Ms that rebalances took, in all.', (t) => t.meters.rebalanceMs.sum],
  ['rebalance_latency_avg', 'gauge', 'Ms a rebalance took, on average.', (t) => t.meters.rebalanceMs.average],
  ['rebalance_latency_max', 'gauge', 'Ms the longest rebalance took.', (t) => t.meters.rebalanceMs.max],
  ['assigned_partitions', 'gauge', 'Partitions the task has.', (t) => t.partitionCount],
];

const errorRows: readonly Row[] = [
  ['total_record_failures', 'counter', 'Records that failed in the end.', (t) => t.progress.failures],
  [
    'total_record_errors',
    'counter',
    'Failed attempts and failed records.',
    (t) => t.progress.failures + t.progress.retries,
  ],
  ['total_records_skipped', 'counter', 'Bad records that were left out.', (t) => t.progress.recordsSkipped],
  ['total_retries', 'counter', 'Attempts that were repeated.', (t) => t.progress.retries],
  ['total_errors_logged', 'counter', 'Tolerated errors that were logged.', (t) => t.progress.errorsLogged],
  [
    'deadletterqueue_produce_requests',
    'counter',
    'Records sent to the dead letter queue.',
    (t) => t.progress.deadLetterRequests,
  ],
  [
    'deadletterqueue_produce_failures',
    'counter',
    'Records that did not arrive there.',
    (t) => t.progress.deadLetterFailures,
  ],
  [
    'last_error_timestamp',
    'gauge',
    'When a record failed last, in ms since the epoch; 0: never.',
    (t) => t.progress.lastErrorAt ?? 0,
  ],
];

const countedStates = ['running', 'paused', 'failed', 'unassigned', 'destroyed', 'restarting'] as const;

/** The worker itself, beside its connectors. */
export interface MeasuredWorker {
  readonly connectors: readonly MeasuredConnector[];
  readonly startups: WorkerStartups;
  /** Ms since the epoch. */
  readonly startedAt: number;
}

/** Kafka Connect's metrics under the names that exporters for JMX give them. */
export function workerFamilies({ connectors, startups, startedAt }: MeasuredWorker): MetricFamily[] {
  return [
    family('kafka_connect_app_info_start_time_ms', 'When the worker was started, in ms since the epoch.', [
      { value: startedAt },
    ]),
    ...startupFamilies('connector', startups.connectors.counts),
    ...startupFamilies('task', startups.tasks.counts),
    family('kafka_connect_worker_metrics_connector_count', 'Connectors on this worker.', [
      { value: connectors.length },
    ]),
    family('kafka_connect_worker_metrics_task_count', 'Tasks on this worker.', [
      { value: connectors.reduce((sum, { tasks }) => sum + tasks.length, 0) },
    ]),
    family(
      'kafka_connect_worker_metrics_connector_total_task_count',
      'Tasks of the connector.',
      connectors.map(({ name, tasks }) => ({ labels: { connector: name }, value: tasks.length })),
    ),
    ...countedStates.map((state) =>
      family(
        `kafka_connect_worker_metrics_connector_${state}_task_count`,
        `Tasks of the connector that are ${state}.`,
        connectors.map(({ name, tasks }) => ({
          labels: { connector: name },
          value: tasks.filter((task) => task.state.toLowerCase() === state).length,
        })),
      ),
    ),
    family(
      'kafka_connect_connector_status',
      'Always 1: the label says what the connector is and does.',
      connectors.map(({ name, state, type, className, version }) => ({
        labels: { connector: name, status: state.toLowerCase(), type, class: className, version },
        value: 1,
      })),
    ),
    family(
      'kafka_connect_connector_task_status',
      'Always 1: the label says what the task does.',
      connectors.flatMap(({ name, tasks }) =>
        tasks.map(({ task, state }) => ({
          labels: { connector: name, task: String(task), status: state.toLowerCase() },
          value: 1,
        })),
      ),
    ),
    ...partFamilies(connectors),
    ...families('kafka_connect_connector_task_metrics', taskRows, connectors),
    ...families('kafka_connect_source_task_metrics', sourceRows, connectors, 'source'),
    ...families('kafka_connect_sink_task_metrics', sinkRows, connectors, 'sink'),
    ...families('kafka_consumer_consumer_coordinator_metrics', coordinatorRows, connectors, 'sink'),
    ...families('kafka_connect_task_error_metrics', errorRows, connectors),
    ...pluginFamilies(connectors),
  ];
}

/** NaN without an attempt, as in Kafka. */
function startupFamilies(
  what: 'connector' | 'task',
  { attempts, successes, failures }: StartupCounts,
): MetricFamily[] {
  const prefix = `kafka_connect_worker_metrics_${what}_startup`;
  const counter = (name: string, help: string, value: number): MetricFamily => {
    return { name: `${prefix}_${name}`, type: 'counter', help, samples: [{ value }] };
  };
  return [
    counter('attempts_total', `Starts of a ${what}.`, attempts),
    counter('success_total', `Starts of a ${what} that succeeded.`, successes),
    counter('failure_total', `Starts of a ${what} that failed.`, failures),
    family(`${prefix}_success_percentage`, `Share of starts of a ${what} that succeeded.`, [
      { value: successes / attempts },
    ]),
    family(`${prefix}_failure_percentage`, `Share of starts of a ${what} that failed.`, [
      { value: failures / attempts },
    ]),
  ];
}

/** Which classes, in which versions, a task is made of. */
function partFamilies(connectors: readonly MeasuredConnector[]): MetricFamily[] {
  const samplesOf = (kind: TaskPart['kind']) =>
    connectors.flatMap(({ name, tasks }) =>
      tasks.flatMap(({ task, parts }) =>
        parts
          .filter((part) => part.kind === kind)
          .map(({ alias, className, version }) => ({
            labels: { connector: name, task: String(task), [kind]: alias, class: className, version },
            value: 1,
          })),
      ),
    );
  const told = 'Always 1: the labels say which class it is.';
  return [
    family('kafka_connect_connector_task_converter_info', told, samplesOf('converter')),
    family('kafka_connect_connector_transform_info', told, samplesOf('transform')),
    family('kafka_connect_connector_predicate_info', told, samplesOf('predicate')),
  ];
}

function families(
  prefix: string,
  rows: readonly Row[],
  connectors: readonly MeasuredConnector[],
  type?: 'source' | 'sink',
): MetricFamily[] {
  const ofType = connectors.filter((each) => type === undefined || each.type === type);
  return rows.map(([name, metricType, help, read]) => ({
    name: `${prefix}_${name}`,
    type: metricType,
    help,
    samples: ofType.flatMap((connector) =>
      connector.tasks.flatMap((task) => {
        const { progress, meters } = task;
        if (progress === undefined || meters === undefined) return [];
        const labels = { connector: connector.name, task: String(task.task) };
        return [{ labels, value: read({ ...task, progress, meters }) }];
      }),
    ),
  }));
}

/** Counters that plugins keep by `ctx.metric`. */
function pluginFamilies(connectors: readonly MeasuredConnector[]): MetricFamily[] {
  const samples = new Map<string, MetricSample[]>();
  for (const { name: connector, tasks } of connectors) {
    for (const { task, counters } of tasks) {
      for (const [counter, value] of counters) {
        const name = `millrace_plugin_${counter.replace(/\W/g, '_')}_total`;
        const sample = { labels: { connector, task: String(task) }, value };
        samples.set(name, [...(samples.get(name) ?? []), sample]);
      }
    }
  }
  return [...samples].map(([name, list]) => ({
    name,
    type: 'counter',
    help: 'A counter of the connector’s own.',
    samples: list,
  }));
}

function family(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: 'gauge', help, samples };
}

function commits({ meters }: { readonly meters: TaskMeters }): number {
  return meters.commitMs.count + meters.commitFailures.count;
}

function share(meters: TaskMeters, isSuccess: boolean): number {
  const all = commits({ meters });
  if (all === 0) return 0;
  return (isSuccess ? meters.commitMs.count : meters.commitFailures.count) / all;
}
