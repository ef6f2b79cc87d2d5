import { clusterWide, defineConfigs, INT_MAX, int, list, long, short } from '../definition.ts';
import { atLeast, nonEmptyListOf } from '../validator.ts';

/** The group coordinator, the offsets topic and classic groups. */
// biome-ignore format: a table, one config a line.
export const groupCoordinatorConfigs = defineConfigs({
  'group.coordinator.rebalance.protocols': list('classic,consumer,streams', 'MEDIUM', 'Group protocols the coordinator speaks.', nonEmptyListOf(['consumer', 'classic', 'share', 'streams'])),
  'group.coordinator.threads': int(4, 'HIGH', 'Threads of the group coordinator.', atLeast(1)),
  'group.coordinator.background.threads': int(2, 'HIGH', 'Threads for assignments and patterns of groups.', atLeast(1)),
  'group.coordinator.append.linger.ms': int(-1, 'MEDIUM', 'Time writes wait to share a batch, -1 adapts to the load.', atLeast(-1)),
  'offsets.commit.timeout.ms': int(5000, 'HIGH', 'Time an offset commit waits for its replicas.', atLeast(1)),
  'offsets.load.buffer.size': int(5_242_880, 'HIGH', 'Bytes read at once when group state is loaded.', atLeast(1)),
  'offsets.topic.replication.factor': short(3, 'HIGH', 'Replicas of __consumer_offsets.', atLeast(1)),
  'offsets.topic.num.partitions': int(50, 'HIGH', 'Partitions of __consumer_offsets; fixed once created.', atLeast(1)),
  'offsets.topic.segment.bytes': int(104_857_600, 'HIGH', 'Segment size of __consumer_offsets.', atLeast(1)),
  'offsets.topic.compression.codec': int(0, 'HIGH', 'Codec number of __consumer_offsets, 0 for none.'),
  'group.coordinator.cached.buffer.max.bytes': int(1_048_588, 'MEDIUM', 'Largest write buffer the group coordinator keeps for reuse.', atLeast(524_288), clusterWide),
  'offset.metadata.max.bytes': int(4096, 'HIGH', 'Largest metadata text of a committed offset.'),
  'offsets.retention.minutes': int(10_080, 'HIGH', 'Minutes offsets of an empty group are kept.', atLeast(1)),
  'offsets.retention.check.interval.ms': long(600_000, 'HIGH', 'Time between two looks for expired offsets.', atLeast(1)),
  'group.min.session.timeout.ms': int(6000, 'MEDIUM', 'Shortest session timeout of a classic member.'),
  'group.max.session.timeout.ms': int(1_800_000, 'MEDIUM', 'Longest session timeout of a classic member.'),
  'group.initial.rebalance.delay.ms': int(3000, 'MEDIUM', 'Wait for more members before the first rebalance of an empty group.'),
  'group.max.size': int(INT_MAX, 'MEDIUM', 'Most members of a classic group.', atLeast(1)),
});
