import type { BrokerConfigLayers, ConfigTexts } from './config-layers.ts';
import { configSynonyms } from './config-layers.ts';
import type { ConfigDefinition, ConfigValue } from './definition.ts';
import { topicConfigs } from './definitions/topic-configs.ts';
import { ConfigError } from './errors.ts';
import { inTopicUnit, topicConfigSynonyms } from './topic-synonyms.ts';
import { parseConfigValue } from './value.ts';

/**
 * A topic's configs as the log uses them. Limits that are off (`-1`, Long.MAX) are `Infinity`: compare and add, do not
 * test. Sizes in bytes, times in milliseconds.
 */
export interface TopicConfig {
  /** `internal.segment.bytes` when set, else `segment.bytes`. */
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly segmentJitterMs: number;
  readonly segmentIndexBytes: number;
  readonly flushMessages: number;
  readonly flushMs: number;
  /** Infinity: no limit. */
  readonly retentionBytes: number;
  /** Infinity: records never expire. */
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  readonly indexIntervalBytes: number;
  readonly deleteRetentionMs: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly fileDeleteDelayMs: number;
  readonly minCleanableDirtyRatio: number;
  /** Both false: keep everything (4.1+). */
  readonly cleanupPolicy: { readonly delete: boolean; readonly compact: boolean };
  readonly uncleanLeaderElectionEnable: boolean;
  readonly minInsyncReplicas: number;
  readonly compressionType: CompressionType;
  /** -1: the codec's own default. */
  readonly compressionGzipLevel: number;
  readonly compressionLz4Level: number;
  readonly compressionZstdLevel: number;
  readonly preallocate: boolean;
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime';
  readonly messageTimestampBeforeMaxMs: number;
  readonly messageTimestampAfterMaxMs: number;
  /** `*` alone, or `partition:broker`. */
  readonly leaderReplicationThrottledReplicas: readonly string[];
  readonly followerReplicationThrottledReplicas: readonly string[];
  readonly remoteStorageEnable: boolean;
  /** -2 resolved to {@link retentionMs}. */
  readonly localRetentionMs: number;
  /** -2 resolved to {@link retentionBytes}. */
  readonly localRetentionBytes: number;
  readonly remoteLogCopyDisable: boolean;
  readonly remoteLogDeleteOnDisable: boolean;
}

export type CompressionType = 'uncompressed' | 'zstd' | 'lz4' | 'snappy' | 'gzip' | 'producer';
export type TopicConfigName = keyof typeof topicConfigs;

/**
 * The typed configs of a topic: its overrides over the broker's layers over the defaults. Never throws: a text that
 * cannot be used (written by another version) is passed over for the next layer's.
 */
export function topicConfig(overrides: ConfigTexts, layers: BrokerConfigLayers): TopicConfig {
  const value = <N extends TopicConfigName>(name: N) =>
    topicConfigValue(topicConfigs[name], overrides, layers);
  const number = (name: TopicConfigName): number => Number(value(name));
  const retentionMs = unlimited(number('retention.ms'));
  const retentionBytes = unlimited(number('retention.bytes'));
  const policies = value('cleanup.policy') as readonly string[];
  return {
    segmentBytes: Number(value('internal.segment.bytes') ?? value('segment.bytes')),
    segmentMs: number('segment.ms'),
    segmentJitterMs: number('segment.jitter.ms'),
    segmentIndexBytes: number('segment.index.bytes'),
    flushMessages: number('flush.messages'),
    flushMs: number('flush.ms'),
    retentionBytes,
    retentionMs,
    maxMessageBytes: number('max.message.bytes'),
    indexIntervalBytes: number('index.interval.bytes'),
    deleteRetentionMs: number('delete.retention.ms'),
    minCompactionLagMs: number('min.compaction.lag.ms'),
    maxCompactionLagMs: number('max.compaction.lag.ms'),
    fileDeleteDelayMs: number('file.delete.delay.ms'),
    minCleanableDirtyRatio: number('min.cleanable.dirty.ratio'),
    cleanupPolicy: { delete: policies.includes('delete'), compact: policies.includes('compact') },
    uncleanLeaderElectionEnable: value('unclean.leader.election.enable') as boolean,
    minInsyncReplicas: number('min.insync.replicas'),
    compressionType: value('compression.type') as CompressionType,
    compressionGzipLevel: number('compression.gzip.level'),
    compressionLz4Level: number('compression.lz4.level'),
    compressionZstdLevel: number('compression.zstd.level'),
    preallocate: value('preallocate') as boolean,
    messageTimestampType: value('message.timestamp.type') as TopicConfig['messageTimestampType'],
    messageTimestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    leaderReplicationThrottledReplicas: value('leader.replication.throttled.replicas') as readonly string[],
    followerReplicationThrottledReplicas: value(
      'follower.replication.throttled.replicas',
    ) as readonly string[],
    remoteStorageEnable: value('remote.storage.enable') as boolean,
    localRetentionMs: localLimit(number('local.retention.ms'), retentionMs),
    localRetentionBytes: localLimit(number('local.retention.bytes'), retentionBytes),
    remoteLogCopyDisable: value('remote.log.copy.disable') as boolean,
    remoteLogDeleteOnDisable: value('remote.log.delete.on.disable') as boolean,
  };
}

/** The definition of topic config `name`, or undefined. */
export function topicConfigDefinition(name: string): ConfigDefinition | undefined {
  return Object.hasOwn(topicConfigs, name) ? topicConfigs[name as TopicConfigName] : undefined;
}

function topicConfigValue(
  definition: ConfigDefinition,
  overrides: ConfigTexts,
  layers: BrokerConfigLayers,
): ConfigValue | null {
  const override = overrides.get(definition.name);
  const synonyms = configSynonyms(topicConfigSynonyms(definition.name), layers);
  const texts = synonyms.map(({ name, value }) => inTopicUnit(name, value));
  if (override !== undefined) texts.unshift(override);
  if (definition.default !== null && definition.default !== undefined) texts.push(definition.default);
  for (const text of texts) {
    try {
      return parseConfigValue(definition, text);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  return null;
}

const unlimited = (value: number): number => (value < 0 ? Number.POSITIVE_INFINITY : value);

const localLimit = (value: number, whole: number): number => (value === -2 ? whole : unlimited(value));
