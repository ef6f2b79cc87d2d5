import type { BrokerConfigName } from './broker-configs.ts';
import { brokerConfigNames } from './config-layers.ts';

/** The broker config that is the default of a topic config. Absent: the topic config has only its own default. */
const serverSynonyms: Readonly<Record<string, BrokerConfigName>> = {
  'segment.bytes': 'log.segment.bytes',
  'segment.ms': 'log.roll.ms',
  'segment.jitter.ms': 'log.roll.jitter.ms',
  'segment.index.bytes': 'log.index.size.max.bytes',
  'flush.messages': 'log.flush.interval.messages',
  'flush.ms': 'log.flush.interval.ms',
  'retention.bytes': 'log.retention.bytes',
  'retention.ms': 'log.retention.ms',
  'max.message.bytes': 'message.max.bytes',
  'index.interval.bytes': 'log.index.interval.bytes',
  'delete.retention.ms': 'log.cleaner.delete.retention.ms',
  'min.compaction.lag.ms': 'log.cleaner.min.compaction.lag.ms',
  'max.compaction.lag.ms': 'log.cleaner.max.compaction.lag.ms',
  'file.delete.delay.ms': 'log.segment.delete.delay.ms',
  'min.cleanable.dirty.ratio': 'log.cleaner.min.cleanable.ratio',
  'cleanup.policy': 'log.cleanup.policy',
  'unclean.leader.election.enable': 'unclean.leader.election.enable',
  'min.insync.replicas': 'min.insync.replicas',
  'compression.type': 'compression.type',
  'compression.gzip.level': 'compression.gzip.level',
  'compression.lz4.level': 'compression.lz4.level',
  'compression.zstd.level': 'compression.zstd.level',
  preallocate: 'log.preallocate',
  'message.timestamp.type': 'log.message.timestamp.type',
  'message.timestamp.before.max.ms': 'log.message.timestamp.before.max.ms',
  'message.timestamp.after.max.ms': 'log.message.timestamp.after.max.ms',
  'local.retention.ms': 'log.local.retention.ms',
  'local.retention.bytes': 'log.local.retention.bytes',
};

const millisecondsPerUnit: Readonly<Record<string, number>> = {
  'log.roll.hours': 3_600_000,
  'log.roll.jitter.hours': 3_600_000,
  'log.retention.hours': 3_600_000,
  'log.retention.minutes': 60_000,
};

/** Broker configs that stand in for topic config `name`, the most specific first; none for configs only topics have. */
export function topicConfigSynonyms(name: string): readonly string[] {
  const server = Object.hasOwn(serverSynonyms, name) ? serverSynonyms[name] : undefined;
  return server === undefined ? [] : brokerConfigNames(server);
}

/**
 * A broker config's text in the unit of the topic config: hours and minutes become milliseconds; negative stays, but any
 * retention below 0 is -1, none.
 */
export function inTopicUnit(brokerConfigName: string, text: string): string {
  const factor = millisecondsPerUnit[brokerConfigName];
  const value = Number(text.trim());
  if (value < 0 && brokerConfigName.startsWith('log.retention.'))
    return brokerConfigName.endsWith('.bytes') ? text : '-1';
  if (factor === undefined || !Number.isInteger(value)) return text;
  return String(value < 0 ? value : value * factor);
}
