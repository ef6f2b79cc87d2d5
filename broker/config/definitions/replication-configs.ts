import { boolean, clusterWide, defineConfigs, int, internal, long, string } from '../definition.ts';
import { atLeast, oneOf } from '../validator.ts';

/** Replication and leader election. */
// biome-ignore format: a table, one config a line.
export const replicationConfigs = defineConfigs({
  'controller.socket.timeout.ms': int(30_000, 'MEDIUM', 'Socket timeout between brokers and controller.'),
  'default.replication.factor': int(1, 'MEDIUM', 'Replicas of a topic created without a count.'),
  'replica.lag.time.max.ms': long(30_000, 'HIGH', 'Time without catching up after which a follower leaves the ISR.'),
  'replica.socket.timeout.ms': int(30_000, 'HIGH', 'Socket timeout of replication requests.'),
  'replica.socket.receive.buffer.bytes': int(65_536, 'HIGH', 'Receive buffer of replication sockets.'),
  'replica.fetch.max.bytes': int(1_048_576, 'MEDIUM', 'Bytes a follower asks for per partition.', atLeast(0)),
  'replica.fetch.wait.max.ms': int(500, 'HIGH', 'Longest wait of a follower fetch for new data.'),
  'replica.fetch.backoff.ms': int(1000, 'MEDIUM', 'Pause of a follower after a failed fetch.', atLeast(0)),
  'replica.fetch.min.bytes': int(1, 'HIGH', 'Bytes that complete a follower fetch early.'),
  'replica.fetch.response.max.bytes': int(10_485_760, 'MEDIUM', 'Bytes a follower asks for per response.', atLeast(0)),
  'num.replica.fetchers': int(1, 'HIGH', 'Fetcher threads per source broker.', atLeast(1), clusterWide),
  'replica.high.watermark.checkpoint.interval.ms': long(5000, 'HIGH', 'Time between two writes of the high watermark checkpoint.'),
  'fetch.purgatory.purge.interval.requests': int(1000, 'MEDIUM', 'Finished fetches kept before the purgatory is swept.'),
  'producer.purgatory.purge.interval.requests': int(1000, 'MEDIUM', 'Finished produces kept before the purgatory is swept.'),
  'delete.records.purgatory.purge.interval.requests': int(1, 'MEDIUM', 'Finished record deletions kept before the purgatory is swept.'),
  'auto.leader.rebalance.enable': boolean(true, 'HIGH', 'Move leadership back to preferred replicas on a schedule.'),
  'leader.imbalance.check.interval.seconds': long(300, 'HIGH', 'Seconds between two looks for misplaced leaders.', atLeast(1)),
  'unclean.leader.election.interval.ms': long(300_000, 'MEDIUM', 'Time between two attempts at unclean elections.', atLeast(1), internal),
  'unclean.leader.election.enable': boolean(false, 'HIGH', 'Let a replica outside the ISR lead when nothing else is left; loses data.', clusterWide),
  'security.inter.broker.protocol': string('PLAINTEXT', 'MEDIUM', 'Security protocol between brokers.', oneOf('PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL')),
  'inter.broker.listener.name': string(null, 'MEDIUM', 'Listener that brokers use among themselves.'),
  'replica.selector.class': string(null, 'MEDIUM', 'Class that picks the replica a consumer reads from.'),
  'follower.fetch.last.tiered.offset.enable': boolean(false, 'MEDIUM', 'Let an empty follower begin at the last tiered offset.', clusterWide),
});
