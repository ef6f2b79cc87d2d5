import { clusterWide, defineConfigs, INT_MAX, int, internal, list, string } from '../definition.ts';
import { atLeast, nonEmptyListOf, oneOfIgnoringCase } from '../validator.ts';

/** The built-in assignors, by their names and by Kafka's classes. */
const assignors = [
  'uniform',
  'range',
  'org.apache.kafka.coordinator.group.assignor.UniformAssignor',
  'org.apache.kafka.coordinator.group.assignor.RangeAssignor',
];

/** Consumer groups (KIP-848). */
// biome-ignore format: a table, one config a line.
export const consumerGroupConfigs = defineConfigs({
  'group.consumer.session.timeout.ms': int(45_000, 'MEDIUM', 'Session timeout of consumer groups.', atLeast(1)),
  'group.consumer.min.session.timeout.ms': int(45_000, 'MEDIUM', 'Shortest session timeout a consumer group may set.', atLeast(1)),
  'group.consumer.max.session.timeout.ms': int(60_000, 'MEDIUM', 'Longest session timeout a consumer group may set.', atLeast(1)),
  'group.consumer.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Heartbeat interval of consumer groups.', atLeast(1)),
  'group.consumer.min.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Shortest heartbeat interval a consumer group may set.', atLeast(1)),
  'group.consumer.max.heartbeat.interval.ms': int(15_000, 'MEDIUM', 'Longest heartbeat interval a consumer group may set.', atLeast(1)),
  'group.consumer.max.size': int(INT_MAX, 'MEDIUM', 'Most members of a consumer group.', atLeast(1)),
  'group.consumer.assignors': list('uniform,range', 'MEDIUM', 'Server-side assignors; the first is the default.', nonEmptyListOf(assignors)),
  'group.consumer.migration.policy': string('bidirectional', 'MEDIUM', 'Conversion between classic and consumer groups while members move.', oneOfIgnoringCase('disabled', 'downgrade', 'upgrade', 'bidirectional')),
  'group.consumer.assignment.interval.ms': int(1000, 'MEDIUM', 'Least time between two assignments of a consumer group.', atLeast(0), clusterWide),
  'group.consumer.min.assignment.interval.ms': int(0, 'MEDIUM', 'Shortest assignment interval a consumer group may set.', atLeast(0)),
  'group.consumer.max.assignment.interval.ms': int(15_000, 'MEDIUM', 'Longest assignment interval a consumer group may set.', atLeast(0)),
  'group.consumer.regex.refresh.interval.ms': int(600_000, 'MEDIUM', 'Time between two evaluations of subscription patterns.', atLeast(10_000), internal),
});
