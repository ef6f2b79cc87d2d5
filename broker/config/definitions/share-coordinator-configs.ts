import { clusterWide, defineConfigs, int, internal, short } from '../definition.ts';
import { atLeast, between } from '../validator.ts';

/** The share coordinator and its state topic (KIP-932). */
// biome-ignore format: a table, one config a line.
export const shareCoordinatorConfigs = defineConfigs({
  'share.coordinator.state.topic.num.partitions': int(50, 'HIGH', 'Partitions of __share_group_state; fixed once created.', atLeast(1)),
  'share.coordinator.state.topic.replication.factor': short(3, 'HIGH', 'Replicas of __share_group_state.', atLeast(1)),
  'share.coordinator.state.topic.min.isr': short(2, 'HIGH', 'In-sync replicas that __share_group_state needs for a write.', atLeast(1)),
  'share.coordinator.state.topic.segment.bytes': int(104_857_600, 'HIGH', 'Segment size of __share_group_state.', atLeast(1)),
  'share.coordinator.threads': int(1, 'MEDIUM', 'Threads of the share coordinator.', atLeast(1)),
  'share.coordinator.snapshot.update.records.per.snapshot': int(500, 'MEDIUM', 'Update records between two snapshots of share state.', between(0, 500)),
  'share.coordinator.load.buffer.size': int(5_242_880, 'HIGH', 'Bytes read at once when share state is loaded.', atLeast(1)),
  'share.coordinator.state.topic.compression.codec': int(0, 'HIGH', 'Codec number of __share_group_state, 0 for none.'),
  'share.coordinator.append.linger.ms': int(-1, 'MEDIUM', 'Time share state writes wait to share a batch, -1 adapts to the load.', atLeast(-1)),
  'share.coordinator.write.timeout.ms': int(5000, 'HIGH', 'Time a share state write waits for its replicas.', atLeast(1)),
  'share.coordinator.state.topic.prune.interval.ms': int(300_000, 'LOW', 'Time between two trims of __share_group_state.', atLeast(1), internal),
  'share.coordinator.cold.partition.snapshot.interval.ms': int(300_000, 'LOW', 'Time between two snapshots of quiet share partitions.', atLeast(1), internal),
  'share.coordinator.cached.buffer.max.bytes': int(1_048_588, 'MEDIUM', 'Largest write buffer the share coordinator keeps for reuse.', atLeast(524_288), clusterWide),
});
