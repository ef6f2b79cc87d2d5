import { clusterWide, defineConfigs, int, list, long, string } from '../definition.ts';
import { atLeast, listOfWords, oneOf } from '../validator.ts';

/** Metrics and client telemetry. */
// biome-ignore format: a table, one config a line.
export const metricConfigs = defineConfigs({
  'metrics.num.samples': int(2, 'LOW', 'Samples a metric is computed from.', atLeast(1)),
  'metrics.sample.window.ms': long(30_000, 'LOW', 'Time one metric sample covers.', atLeast(1)),
  'metric.reporters': list('org.apache.kafka.common.metrics.JmxReporter', 'LOW', 'Classes that publish metrics.', listOfWords, clusterWide),
  'metrics.recording.level': string('INFO', 'LOW', 'Detail of the metrics recorded: INFO, DEBUG or TRACE.', oneOf('INFO', 'DEBUG', 'TRACE')),
  'kafka.metrics.reporters': list('', 'LOW', 'Classes that publish metrics of the older kind.', listOfWords),
  'kafka.metrics.polling.interval.secs': int(10, 'LOW', 'Seconds between two polls of the older metrics reporters.', atLeast(1)),
  'telemetry.max.bytes': int(1_048_576, 'LOW', 'Largest metrics push accepted from a client.', atLeast(1)),
});
