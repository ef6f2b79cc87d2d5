import { boolean, defineConfigs, int, internal, list, long, string } from '../definition.ts';
import { atLeast, hostPorts, quorumVoters } from '../validator.ts';

/** The metadata quorum and its log. */
// biome-ignore format: a table, one config a line.
export const quorumConfigs = defineConfigs({
  'controller.quorum.voters': list('', 'HIGH', 'Voters of a static quorum, as id@host:port.', quorumVoters),
  'controller.quorum.bootstrap.servers': list('', 'HIGH', 'Addresses at which the quorum is looked for, as host:port.', hostPorts),
  'controller.quorum.election.timeout.ms': int(1000, 'HIGH', 'Longest wait without leader before an election.', atLeast(0)),
  'controller.quorum.fetch.timeout.ms': int(2000, 'HIGH', 'Longest time without a successful fetch before a new leader is sought.', atLeast(0)),
  'controller.quorum.election.backoff.max.ms': int(1000, 'HIGH', 'Longest pause between two elections.', atLeast(0)),
  'controller.quorum.append.linger.ms': int(25, 'MEDIUM', 'Time metadata writes wait to share a batch.', atLeast(0)),
  'controller.quorum.request.timeout.ms': int(2000, 'MEDIUM', 'Time a quorum request waits for its answer.', atLeast(0)),
  'controller.quorum.retry.backoff.ms': int(20, 'LOW', 'Pause before a quorum request is tried again.', atLeast(0)),
  'controller.quorum.auto.join.enable': boolean(false, 'LOW', 'Let a controller add itself to the voters.'),
  'controller.quorum.fetch.snapshot.max.bytes': int(1_048_576, 'LOW', 'Bytes of a snapshot fetched at once.', atLeast(1)),
  'controller.quorum.fetch.max.bytes': int(1_048_576, 'LOW', 'Bytes of the metadata log fetched at once.', atLeast(1)),
  'metadata.log.max.record.bytes.between.snapshots': long(20_971_520, 'HIGH', 'Bytes of metadata records after which a snapshot is taken.', atLeast(1)),
  'metadata.log.max.snapshot.interval.ms': long(3_600_000, 'HIGH', 'Age of the last metadata snapshot that forces a new one.', atLeast(0)),
  'metadata.log.dir': string(null, 'HIGH', 'Directory of the metadata log; the first data directory when absent.'),
  'metadata.log.segment.bytes': int(1_073_741_824, 'HIGH', 'Segment size of the metadata log.', atLeast(8_388_608)),
  'metadata.log.segment.ms': long(604_800_000, 'HIGH', 'Age at which a metadata segment is rolled.'),
  'metadata.max.retention.bytes': long(104_857_600, 'HIGH', 'Size of metadata log and snapshots above which old ones go.'),
  'metadata.max.retention.ms': long(604_800_000, 'HIGH', 'Age at which old metadata segments and snapshots go.'),
  'metadata.max.idle.interval.ms': int(500, 'LOW', 'Time between no-op records on a quiet metadata log.', atLeast(0)),
  'internal.metadata.log.segment.bytes': int(null, 'LOW', 'Segment size of the metadata log without a lower bound, for tests.', internal),
  'internal.metadata.max.batch.size.in.bytes': int(8_388_608, 'LOW', 'Largest batch written to the metadata log.', internal),
  'internal.metadata.delete.delay.millis': long(60_000, 'LOW', 'Time a removed metadata file stays on disk.', internal),
});
