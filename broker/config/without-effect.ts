import { listenerConfigBase } from './broker-configs.ts';

/** Configs of Kafka, and of its older versions, that this broker takes and that change nothing here: why, and which. */
const patterns: readonly RegExp[] = [
  // Threads: there is one event loop.
  /^(num\.(network|io)\.threads|background\.threads|num\.recovery\.threads\.per\.data\.dir)$/,
  /^(log\.cleaner\.threads|group\.coordinator\.(background\.)?threads|share\.coordinator\.threads)$/,
  /^num\.replica\.(fetchers|alter\.log\.dirs\.threads)$/,
  // Sockets: the system sizes their buffers, and a request that has come is begun at once.
  /^(socket\.(send|receive)\.buffer\.bytes|socket\.listen\.backlog\.size|queued\.max\.(requests|request\.bytes))$/,
  // Other nodes: there are none.
  /^(replica\.(?!high\.watermark|alter\.log\.dirs)|controller\.quorum\.(?!voters)|controller\.socket\.|broker\.(heartbeat|session)\.)/,
  /^(auto\.leader\.rebalance|leader\.imbalance|unclean\.leader\.election\.interval|controlled\.shutdown|request\.timeout)/,
  /^(metadata\.max\.idle|initial\.broker\.registration|controller\.performance|server\.max\.startup|socket\.connection\.setup|follower\.fetch)/,
  // Purgatories: nothing that is done stays in ours.
  /\.purgatory\.purge\.interval\.requests$/,
  // Metrics reporters, policies and other Java classes.
  /^(metric\.|metrics\.(?!host$|port$)|kafka\.metrics|(create\.topic|alter\.config)\.policy\.class|config\.providers|replica\.selector)/,
  // Tiered storage.
  /^(remote\.|log\.local\.retention|rsm\.|rlmm\.)/,
  // Kafka before 4.0.
  /^(zookeeper\.|inter\.broker\.protocol\.version|log\.message\.(format\.version|downconversion|timestamp\.difference))/,
  /^(advertised\.(host\.name|port)|host\.name|port|broker\.id\.generation|reserved\.broker\.max\.id|control\.plane)/,
];

/** Whether a broker of Kafka 4.3 or before knows the property, and this one takes no notice of it. */
export function isWithoutEffect(name: string): boolean {
  const config = listenerConfigBase(name) ?? name;
  return patterns.some((pattern) => pattern.test(config));
}
