import { className, clusterWide, defineConfigs, int, internal, LONG_MAX, long } from '../definition.ts';
import { atLeast } from '../validator.ts';

/** Quota measurement and replication throttles. */
// biome-ignore format: a table, one config a line.
export const quotaConfigs = defineConfigs({
  'quota.window.num': int(11, 'LOW', 'Samples a client quota is measured over.', atLeast(1)),
  'replication.quota.window.num': int(11, 'LOW', 'Samples a replication quota is measured over.', atLeast(1)),
  'alter.log.dirs.replication.quota.window.num': int(11, 'LOW', 'Samples the quota of directory moves is measured over.', atLeast(1)),
  'controller.quota.window.num': int(11, 'LOW', 'Samples the quota of metadata changes is measured over.', atLeast(1)),
  'quota.window.size.seconds': int(1, 'LOW', 'Seconds of one sample of a client quota.', atLeast(1)),
  'replication.quota.window.size.seconds': int(1, 'LOW', 'Seconds of one sample of a replication quota.', atLeast(1)),
  'alter.log.dirs.replication.quota.window.size.seconds': int(1, 'LOW', 'Seconds of one sample of the quota of directory moves.', atLeast(1)),
  'controller.quota.window.size.seconds': int(1, 'LOW', 'Seconds of one sample of the quota of metadata changes.', atLeast(1)),
  'client.quota.callback.class': className(null, 'LOW', 'Class that computes client quotas.'),
  'leader.replication.throttled.rate': long(LONG_MAX, 'MEDIUM', 'Bytes per second leaders send to throttled followers.', atLeast(0), clusterWide, internal),
  'follower.replication.throttled.rate': long(LONG_MAX, 'MEDIUM', 'Bytes per second throttled followers fetch.', atLeast(0), clusterWide, internal),
  'replica.alter.log.dirs.io.max.bytes.per.second': long(LONG_MAX, 'MEDIUM', 'Bytes per second for moves between directories.', atLeast(0), clusterWide, internal),
});

/** Whether `name` is a throttle of replication: no broker starts with one, it is only set while brokers run. */
export function isReplicationThrottle(name: string): boolean {
  return /^((leader|follower)\.replication\.throttled\.rate|replica\.alter\.log\.dirs\.io\.max\.bytes\.per\.second)$/.test(
    name,
  );
}
