import { clusterWide, defineConfigs, int, long, string } from '../definition.ts';
import { atLeast, between, oneOf } from '../validator.ts';

/** What Millrace adds to Kafka's configs. */
// biome-ignore format: a table, one config a line.
export const millraceConfigs = defineConfigs({
  'log.scrub.interval.ms': long(604_800_000, 'LOW', 'Time from one background check of all closed segments to the next, -1 for none.', atLeast(-1), clusterWide),
  'log.scrub.bytes.per.second': long(2_097_152, 'LOW', 'Bytes per second that the background check reads.', atLeast(1), clusterWide),
  'durability': string('fsync', 'HIGH', 'When an acknowledged record counts as safe: fsync, or page-cache as in Kafka.', oneOf('fsync', 'page-cache')),
  'metrics.host': string('127.0.0.1', 'LOW', 'Address on which metrics and health are served over HTTP.'),
  'metrics.port': int(-1, 'LOW', 'Port of /metrics, /health/live and /health/ready; 0 takes a free one, -1 serves none.', between(-1, 65535)),
});
