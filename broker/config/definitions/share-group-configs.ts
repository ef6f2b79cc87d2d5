import { clusterWide, defineConfigs, int, internal, list, string } from '../definition.ts';
import { atLeast, between, nonEmptyList } from '../validator.ts';

/** Share groups (KIP-932). */
// biome-ignore format: a table, one config a line.
export const shareGroupConfigs = defineConfigs({
  'group.share.session.timeout.ms': int(45_000, 'MEDIUM', 'Session timeout of share groups.', atLeast(1)),
  'group.share.min.session.timeout.ms': int(45_000, 'MEDIUM', 'Shortest session timeout a share group may set.', atLeast(1)),
  'group.share.max.session.timeout.ms': int(60_000, 'MEDIUM', 'Longest session timeout a share group may set.', atLeast(1)),
  'group.share.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Heartbeat interval of share groups.', atLeast(1)),
  'group.share.min.heartbeat.interval.ms': int(5000, 'MEDIUM', 'Shortest heartbeat interval a share group may set.', atLeast(1)),
  'group.share.max.heartbeat.interval.ms': int(15_000, 'MEDIUM', 'Longest heartbeat interval a share group may set.', atLeast(1)),
  'group.share.max.size': int(200, 'MEDIUM', 'Most members of a share group.', between(1, 1000)),
  'group.share.assignors': list('simple', 'MEDIUM', 'Assignor of share groups.', nonEmptyList),
  'group.share.assignment.interval.ms': int(1000, 'MEDIUM', 'Least time between two assignments of a share group.', atLeast(0), clusterWide),
  'group.share.min.assignment.interval.ms': int(0, 'MEDIUM', 'Shortest assignment interval a share group may set.', atLeast(0)),
  'group.share.max.assignment.interval.ms': int(15_000, 'MEDIUM', 'Longest assignment interval a share group may set.', atLeast(0)),
  'group.share.initialize.retry.interval.ms': int(30_000, 'LOW', 'Pause before share state initialisation is tried again.', atLeast(1), internal),
  'group.share.delivery.count.limit': int(5, 'MEDIUM', 'Deliveries of a shared record before it is archived.', between(2, 10)),
  'group.share.max.delivery.count.limit': int(10, 'MEDIUM', 'Highest delivery limit a share group may set.', between(5, 25)),
  'group.share.min.delivery.count.limit': int(2, 'MEDIUM', 'Lowest delivery limit a share group may set.', between(2, 5)),
  'group.share.record.lock.duration.ms': int(30_000, 'MEDIUM', 'Time a shared record stays locked to its consumer.', between(1000, 3_600_000)),
  'group.share.min.record.lock.duration.ms': int(15_000, 'MEDIUM', 'Shortest lock time a share group may set.', between(1000, 30_000)),
  'group.share.max.record.lock.duration.ms': int(60_000, 'MEDIUM', 'Longest lock time a share group may set.', between(30_000, 3_600_000)),
  'group.share.partition.max.record.locks': int(2000, 'MEDIUM', 'Shared records of a partition locked at once.', between(100, 10_000)),
  'group.share.max.partition.max.record.locks': int(4000, 'MEDIUM', 'Highest lock count a share group may set.', between(2000, 10_000)),
  'group.share.min.partition.max.record.locks': int(100, 'MEDIUM', 'Lowest lock count a share group may set.', between(100, 2000)),
  'share.fetch.purgatory.purge.interval.requests': int(1000, 'MEDIUM', 'Finished share fetches kept before the purgatory is swept.'),
  'group.share.max.share.sessions': int(2000, 'MEDIUM', 'Share sessions kept at once.', atLeast(1)),
  'group.share.persister.class.name': string('org.apache.kafka.server.share.persister.DefaultStatePersister', 'MEDIUM', 'Class that stores share group state.', internal),
});
