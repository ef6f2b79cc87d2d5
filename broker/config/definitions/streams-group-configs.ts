import { clusterWide, defineConfigs, INT_MAX, int } from '../definition.ts';
import { atLeast } from '../validator.ts';

/** Streams groups (KIP-1071). */
// biome-ignore format: a table, one config a line.
export const streamsGroupConfigs = defineConfigs({
  'group.streams.session.timeout.ms': int(45_000, 'MEDIUM', 'Session timeout of streams groups.', atLeast(1)),
  'group.streams.min.session.timeout.ms': int(45_000, 'MEDIUM', 'Shortest session timeout a streams group may set.', atLeast(1)),
  'group.streams.max.session.timeout.ms': int(60_000, 'MEDIUM', 'Longest session timeout a streams group may set.', atLeast(1)),
  'group.streams.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Heartbeat interval of streams groups.', atLeast(1)),
  'group.streams.min.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Shortest heartbeat interval a streams group may set.', atLeast(1)),
  'group.streams.max.heartbeat.interval.ms': int(15_000, 'MEDIUM', 'Longest heartbeat interval a streams group may set.', atLeast(1)),
  'group.streams.max.size': int(INT_MAX, 'MEDIUM', 'Most members of a streams group.', atLeast(1)),
  'group.streams.num.standby.replicas': int(0, 'MEDIUM', 'Standby copies of each stateful task.', atLeast(0)),
  'group.streams.max.standby.replicas': int(2, 'MEDIUM', 'Most standby copies a streams group may set.', atLeast(0)),
  'group.streams.initial.rebalance.delay.ms': int(3000, 'MEDIUM', "Wait for more members before a streams group's first assignment.", atLeast(0)),
  'group.streams.assignment.interval.ms': int(1000, 'MEDIUM', 'Least time between two assignments of a streams group.', atLeast(0), clusterWide),
  'group.streams.min.assignment.interval.ms': int(0, 'MEDIUM', 'Shortest assignment interval a streams group may set.', atLeast(0)),
  'group.streams.max.assignment.interval.ms': int(15_000, 'MEDIUM', 'Longest assignment interval a streams group may set.', atLeast(0)),
});
