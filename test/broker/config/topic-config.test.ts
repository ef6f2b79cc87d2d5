import { describe, expect, test } from 'vitest';
import {
  type BrokerConfigLayers,
  describeTopicConfigs,
  staticLayers,
  topicConfig,
  topicConfigProblems,
  topicConfigs,
} from '../../../broker/config/index.ts';

const texts = (values: Readonly<Record<string, string>> = {}) => new Map(Object.entries(values));
const layers = (parts: {
  dynamicBroker?: Record<string, string>;
  dynamicDefault?: Record<string, string>;
  static?: Record<string, string>;
}): BrokerConfigLayers => ({
  dynamicBroker: texts(parts.dynamicBroker),
  dynamicDefault: texts(parts.dynamicDefault),
  static: texts(parts.static),
});
const bare = staticLayers(new Map());

describe('the typed view', () => {
  test('has the defaults of the table when nothing is set', () => {
    expect(topicConfig(new Map(), bare)).toMatchObject({
      segmentBytes: 1024 ** 3,
      segmentMs: 604_800_000,
      retentionMs: 604_800_000,
      retentionBytes: Number.POSITIVE_INFINITY,
      flushMs: Number.POSITIVE_INFINITY,
      maxMessageBytes: 1_048_588,
      cleanupPolicy: { delete: true, compact: false },
      compressionType: 'producer',
      messageTimestampType: 'CreateTime',
      localRetentionMs: 604_800_000,
      preallocate: false,
    });
  });

  test('takes the topic over this broker over all brokers over the properties', () => {
    const all = layers({
      dynamicBroker: { 'log.segment.bytes': '3000000' },
      dynamicDefault: { 'log.segment.bytes': '4000000', 'log.index.interval.bytes': '5' },
      static: { 'log.segment.bytes': '5000000', 'log.index.interval.bytes': '6', 'log.preallocate': 'true' },
    });
    expect(topicConfig(texts({ 'segment.bytes': '2000000' }), all).segmentBytes).toBe(2_000_000);
    expect(topicConfig(new Map(), all)).toMatchObject({
      segmentBytes: 3_000_000,
      indexIntervalBytes: 5,
      preallocate: true,
    });
  });

  test.each([
    [{ 'log.retention.hours': '2' }, 7_200_000],
    [{ 'log.retention.hours': '2', 'log.retention.minutes': '3' }, 180_000],
    [{ 'log.retention.hours': '2', 'log.retention.minutes': '3', 'log.retention.ms': '4' }, 4],
    [{ 'log.retention.hours': '-1' }, Number.POSITIVE_INFINITY],
    [{ 'log.retention.ms': '-1', 'log.retention.hours': '2' }, Number.POSITIVE_INFINITY],
  ])('retention from %j is %d ms', (properties, expected) => {
    expect(topicConfig(new Map(), staticLayers(texts(properties))).retentionMs).toBe(expected);
  });

  test.each([
    [{ 'log.roll.hours': '1' }, { segmentMs: 3_600_000 }],
    [{ 'log.roll.hours': '1', 'log.roll.ms': '5' }, { segmentMs: 5 }],
    [{ 'log.roll.jitter.hours': '1' }, { segmentJitterMs: 3_600_000 }],
    [{ 'log.flush.scheduler.interval.ms': '7' }, { flushMs: 7 }],
    [{ 'log.flush.scheduler.interval.ms': '7', 'log.flush.interval.ms': '8' }, { flushMs: 8 }],
    [{ 'message.max.bytes': '9' }, { maxMessageBytes: 9 }],
    [{ 'log.cleaner.min.cleanable.ratio': '0.1' }, { minCleanableDirtyRatio: 0.1 }],
    [{ 'log.message.timestamp.type': 'LogAppendTime' }, { messageTimestampType: 'LogAppendTime' }],
  ])('the broker config %j gives %j', (properties, expected) => {
    expect(topicConfig(new Map(), staticLayers(texts(properties)))).toMatchObject(expected);
  });

  test('internal.segment.bytes has no lower bound and wins', () => {
    const overrides = texts({ 'internal.segment.bytes': '100', 'segment.bytes': '2000000' });
    expect(topicConfig(overrides, bare).segmentBytes).toBe(100);
    expect(topicConfigProblems(overrides, bare)).toEqual([]);
  });

  test('cleanup.policy may be both, or nothing', () => {
    const policy = (text: string) => topicConfig(texts({ 'cleanup.policy': text }), bare).cleanupPolicy;
    expect(policy('compact')).toEqual({ delete: false, compact: true });
    expect(policy('delete,compact')).toEqual({ delete: true, compact: true });
    expect(policy('')).toEqual({ delete: false, compact: false });
  });

  test('local retention follows retention unless it is set', () => {
    const overrides = texts({ 'retention.ms': '50', 'retention.bytes': '60', 'local.retention.ms': '7' });
    expect(topicConfig(overrides, bare)).toMatchObject({ localRetentionMs: 7, localRetentionBytes: 60 });
  });

  test('a text that cannot be used is passed over for the next layer', () => {
    const damaged = layers({
      dynamicDefault: { 'log.retention.ms': 'soon' },
      static: { 'log.retention.ms': '11' },
    });
    expect(topicConfig(texts({ 'retention.ms': '?', 'future.config': 'x' }), damaged).retentionMs).toBe(11);
  });
});

describe('validation', () => {
  test('names every problem', () => {
    expect(
      topicConfigProblems(texts({ 'no.such': '1', 'retention.ms': 'x', 'min.insync.replicas': '0' }), bare),
    ).toEqual([
      'Unknown topic config name: no.such',
      'Invalid value x for configuration retention.ms: Not a number of type LONG',
      'Invalid value 0 for configuration min.insync.replicas: Value must be at least 1',
    ]);
  });

  test('compares values with each other and with the broker', () => {
    const short = staticLayers(texts({ 'log.cleaner.max.compaction.lag.ms': '10' }));
    expect(topicConfigProblems(texts({ 'min.compaction.lag.ms': '20' }), short)).toEqual([
      'conflict topic config setting min.compaction.lag.ms (20) > max.compaction.lag.ms (10)',
    ]);
    expect(topicConfigProblems(texts({ 'min.compaction.lag.ms': '10' }), short)).toEqual([]);
  });

  test('refuses tiered storage, which this broker does not have', () => {
    expect(topicConfigProblems(texts({ 'remote.storage.enable': 'true' }), bare)).toEqual([
      expect.stringContaining('Tiered Storage functionality is disabled'),
    ]);
  });
});

describe('describing', () => {
  const described = (overrides: Record<string, string>, from: BrokerConfigLayers, name: string) =>
    describeTopicConfigs(texts(overrides), from).find((entry) => entry.name === name);

  test('lists every config that is not internal, and internal ones when set', () => {
    const names = describeTopicConfigs(new Map(), bare).map(({ name }) => name);
    expect(names).toEqual(Object.keys(topicConfigs).filter((name) => name !== 'internal.segment.bytes'));
    expect(described({ 'internal.segment.bytes': '5' }, bare, 'internal.segment.bytes')).toMatchObject({
      value: '5',
      source: 1,
    });
  });

  test('orders synonyms from the topic to the default', () => {
    const all = layers({
      dynamicBroker: { 'log.retention.ms': '3' },
      dynamicDefault: { 'log.retention.ms': '4' },
      static: { 'log.retention.minutes': '5' },
    });
    expect(described({ 'retention.ms': '2' }, all, 'retention.ms')).toEqual({
      name: 'retention.ms',
      value: '2',
      isReadOnly: false,
      isSensitive: false,
      source: 1,
      type: 5,
      documentation: topicConfigs['retention.ms'].documentation,
      synonyms: [
        { name: 'retention.ms', value: '2', source: 1 },
        { name: 'log.retention.ms', value: '3', source: 2 },
        { name: 'log.retention.ms', value: '4', source: 3 },
        { name: 'log.retention.minutes', value: '5', source: 4 },
        { name: 'log.retention.hours', value: '168', source: 5 },
      ],
    });
  });

  test('a value from hours is shown in milliseconds, its synonym as it was given', () => {
    expect(described({}, staticLayers(texts({ 'log.retention.hours': '2' })), 'retention.ms')).toMatchObject({
      value: '7200000',
      source: 4,
      synonyms: [{ name: 'log.retention.hours', value: '2', source: 4 }],
    });
  });

  test('a config without broker counterpart has the default and no synonyms', () => {
    expect(described({}, bare, 'remote.storage.enable')).toMatchObject({
      value: 'false',
      source: 5,
      synonyms: [],
      type: 1,
    });
  });

  test('Long.MAX keeps its digits', () => {
    expect(described({}, bare, 'flush.ms')?.value).toBe('9223372036854775807');
  });
});
