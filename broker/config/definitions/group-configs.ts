import { boolean, defineConfigs, int, string } from '../definition.ts';
import { atLeast, oneOf, shareAutoOffsetReset } from '../validator.ts';

/** Configs of one group. */
// biome-ignore format: a table, one config a line.
export const groupConfigs = defineConfigs({
  'consumer.session.timeout.ms': int(45_000, 'MEDIUM', 'Time without heartbeat after which a member of this group is removed.', atLeast(1)),
  'consumer.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Heartbeat interval given to the members of this group.', atLeast(1)),
  'consumer.assignment.interval.ms': int(1000, 'MEDIUM', 'Least time between two assignments of this group.', atLeast(0)),
  'share.session.timeout.ms': int(45_000, 'MEDIUM', 'Time without heartbeat after which a member of this share group is removed.', atLeast(1)),
  'share.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Heartbeat interval given to the members of this share group.', atLeast(1)),
  'share.record.lock.duration.ms': int(30_000, 'MEDIUM', 'Time a delivered record stays locked to its consumer.', atLeast(1000)),
  'share.delivery.count.limit': int(5, 'MEDIUM', 'Deliveries of a record before it is archived.', atLeast(2)),
  'share.partition.max.record.locks': int(2000, 'MEDIUM', 'Records of a partition locked at once.', atLeast(100)),
  'share.auto.offset.reset': string('latest', 'MEDIUM', 'Where a share group without state begins: earliest, latest or by_duration.', shareAutoOffsetReset),
  'share.isolation.level': string('read_uncommitted', 'MEDIUM', 'Whether this share group sees records of unfinished transactions.', oneOf('read_committed', 'read_uncommitted')),
  'share.renew.acknowledge.enable': boolean(true, 'MEDIUM', 'Let consumers extend the lock of a record.'),
  'share.assignment.interval.ms': int(1000, 'MEDIUM', 'Least time between two assignments of this share group.', atLeast(0)),
  'streams.session.timeout.ms': int(45_000, 'MEDIUM', 'Time without heartbeat after which a member of this streams group is removed.', atLeast(1)),
  'streams.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Heartbeat interval given to the members of this streams group.', atLeast(1)),
  'streams.num.standby.replicas': int(0, 'MEDIUM', 'Standby copies of each stateful task of this group.', atLeast(0)),
  'streams.initial.rebalance.delay.ms': int(3000, 'MEDIUM', 'Wait for more members before the first assignment of this group.', atLeast(0)),
  'streams.assignment.interval.ms': int(1000, 'MEDIUM', 'Least time between two assignments of this streams group.', atLeast(0)),
});
