import { describe, expect, test } from 'vitest';
import {
  type BrokerConfigLayers,
  brokerConfig,
  brokerConfigs,
  brokerPropertyProblems,
  type ConfigDefinition,
  ConfigError,
  clientMetricsConfigs,
  clientMetricsProblems,
  describeBrokerConfigs,
  describeBrokerDefaults,
  describeClientMetricsConfigs,
  describeGroupConfigs,
  describeLoggers,
  dynamicBrokerConfigProblems,
  examineProperties,
  groupConfig,
  groupConfigProblem,
  groupConfigs,
  singleNodeProperties,
  staticLayers,
  topicConfigs,
} from '../../../broker/config/index.ts';

const texts = (values: Readonly<Record<string, string>> = {}) => new Map(Object.entries(values));
const node = (properties: Readonly<Record<string, string>> = {}): BrokerConfigLayers =>
  staticLayers(singleNodeProperties(texts(properties)));
const problems = (properties: Readonly<Record<string, string>>) =>
  brokerPropertyProblems(singleNodeProperties(texts(properties)));

describe('the typed view', () => {
  test('has a property for every config', () => {
    expect(brokerConfig(node())).toMatchObject({
      nodeId: 1,
      numPartitions: 1,
      autoCreateTopicsEnable: true,
      messageMaxBytes: 1_048_588,
      fetchMaxBytes: 57_671_680,
      socketRequestMaxBytes: 104_857_600,
      groupInitialRebalanceDelayMs: 3000,
      groupConsumerAssignors: ['uniform', 'range'],
      logCleanerBackoffMs: 15_000,
      logRetentionMs: null,
      logCleanerIoMaxBytesPerSecond: Number.MAX_VALUE,
      serverMaxStartupTimeMs: Number.POSITIVE_INFINITY,
      durability: 'fsync',
    });
  });

  test('a single node keeps one replica of the internal topics, unless it is told otherwise', () => {
    expect(brokerConfig(node())).toMatchObject({
      offsetsTopicReplicationFactor: 1,
      transactionStateLogReplicationFactor: 1,
      transactionStateLogMinIsr: 1,
      shareCoordinatorStateTopicReplicationFactor: 1,
      shareCoordinatorStateTopicMinIsr: 1,
    });
    expect(brokerConfig(node({ 'offsets.topic.replication.factor': '2' }))).toMatchObject({
      offsetsTopicReplicationFactor: 2,
    });
  });

  test('parses listeners, with IPv6 and all interfaces', () => {
    const config = brokerConfig(
      node({
        listeners: 'PLAINTEXT://[::1]:9092,internal://:0,TLS://10.0.0.1:9093',
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:SASL_PLAINTEXT,TLS:SSL',
      }),
    );
    expect(config.listeners).toEqual([
      { name: 'PLAINTEXT', host: '::1', port: 9092, securityProtocol: 'PLAINTEXT' },
      { name: 'INTERNAL', host: '', port: 0, securityProtocol: 'SASL_PLAINTEXT' },
      { name: 'TLS', host: '10.0.0.1', port: 9093, securityProtocol: 'SSL' },
    ]);
    expect(config.advertisedListeners).toEqual(config.listeners);
  });

  test('log.dirs wins over log.dir', () => {
    expect(brokerConfig(node({ 'log.dir': 'a' })).logDirs).toEqual(['a']);
    expect(brokerConfig(node({ 'log.dir': 'a', 'log.dirs': 'b,c' })).logDirs).toEqual(['b', 'c']);
  });

  test('a dynamic value wins, one that cannot be used is passed over', () => {
    const layers = {
      ...node({ 'num.io.threads': '3' }),
      dynamicDefault: texts({ 'num.io.threads': '4', 'message.max.bytes': '77' }),
      dynamicBroker: texts({ 'num.io.threads': 'many' }),
    };
    expect(brokerConfig(layers)).toMatchObject({ numIoThreads: 4, messageMaxBytes: 77 });
  });

  test('durability can be weakened to what Kafka does', () => {
    expect(brokerConfig(node({ durability: 'page-cache' })).durability).toBe('page-cache');
    expect(problems({ durability: 'none' })).toEqual([
      'Invalid value none for configuration durability: String must be one of: fsync, page-cache',
    ]);
  });
});

describe('static validation', () => {
  test('names every bad property at once', () => {
    expect(problems({ 'num.partitions': '0', 'log.retention.hours': 'x' })).toEqual([
      'Invalid value 0 for configuration num.partitions: Value must be at least 1',
      'Invalid value x for configuration log.retention.hours: Not a number of type INT',
    ]);
  });

  test('names what is required', () => {
    expect(brokerPropertyProblems(new Map())).toEqual(
      ['process.roles', 'node.id', 'controller.listener.names'].map(
        (name) => `Missing required configuration "${name}" which has no default value.`,
      ),
    );
    expect(() => brokerConfig(staticLayers(new Map()))).toThrow(ConfigError);
  });

  const refused: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ listeners: 'PLAINTEXT://a:1,PLAINTEXT://b:2' }, 'Each listener must have a different name'],
    [{ listeners: 'PLAINTEXT://a:1,SSL://a:1' }, 'Each listener must have a different port'],
    [{ listeners: 'nonsense' }, 'Unable to parse to a broker endpoint'],
    [{ listeners: 'PLAINTEXT://a:70000' }, 'Unable to parse to a broker endpoint'],
    [{ listeners: 'MINE://a:1' }, 'No security protocol defined for listener MINE'],
    [{ 'listener.security.protocol.map': 'A:TLS' }, 'listener.security.protocol.map'],
    [{ 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' }, 'nonroutable meta-address'],
    [{ 'advertised.listeners': 'SSL://a:9092' }, 'SSL is not in listeners'],
    [{ 'inter.broker.listener.name': 'OTHER' }, 'inter.broker.listener.name must be a listener name'],
    [{ 'log.retention.ms': '0' }, 'log.retention.ms must be unlimited (-1) or, greater than or equal to 1'],
    [{ 'log.retention.hours': '0' }, 'log.retention.ms must be unlimited'],
    [{ 'cordoned.log.dirs': '/none' }, 'All entries in cordoned.log.dirs must be present'],
    [{ 'log.roll.ms': '0' }, 'log.roll.ms must be greater'],
    [{ 'replica.fetch.wait.max.ms': '40000' }, 'replica.socket.timeout.ms should always be'],
    [{ 'log.cleaner.dedupe.buffer.size': '1000' }, 'log.cleaner.dedupe.buffer.size must be at least 1MB'],
    [
      { 'group.consumer.session.timeout.ms': '44000' },
      'group.consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
    ],
    [
      { 'group.share.heartbeat.interval.ms': '20000' },
      'group.share.heartbeat.interval.ms must be less than or equal to group.share.max.heartbeat.interval.ms',
    ],
    [
      {
        'group.consumer.max.heartbeat.interval.ms': '50000',
        'group.consumer.heartbeat.interval.ms': '45000',
      },
      'group.consumer.heartbeat.interval.ms must be less than group.consumer.session.timeout.ms',
    ],
    [{ 'group.streams.num.standby.replicas': '3' }, 'group.streams.max.standby.replicas must be greater'],
    [{ 'remote.log.storage.system.enable': 'true' }, 'no tiered storage'],
  ];
  test.each(refused)('%j: %s', (properties, expected) => {
    expect(problems(properties)).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  test('properties nobody knows are listed, a listener’s own are known', () => {
    const properties = texts({
      'no.such': '1',
      'listener.name.internal.ssl.keystore.location': 'k',
      'listener.name.internal.scram-sha-256.sasl.jaas.config': 'j',
      'listener.name.internal.no.such': '1',
    });
    expect(examineProperties(properties).unknown).toEqual(['no.such', 'listener.name.internal.no.such']);
  });
});

describe('dynamic validation', () => {
  const check = (proposed: Record<string, string>, isPerBroker = false) =>
    dynamicBrokerConfigProblems(texts(proposed), { isPerBroker, layers: node() });

  test.each([
    [{ 'log.retention.ms': '100' }, false],
    [{ 'log.cleaner.threads': '2' }, true],
    [{ 'my.plugin.setting': 'x' }, false],
    [{ 'listener.name.plaintext.ssl.keystore.location': '/k' }, true],
    [{ 'cordoned.log.dirs': '*' }, true],
    [{ 'num.io.threads': '16', 'num.network.threads': '6', 'background.threads': '5' }, false],
    [{ 'listener.name.plaintext.max.connections': '5' }, false],
  ])('%j is accepted (one broker: %s)', (proposed, isPerBroker) => {
    expect(check(proposed, isPerBroker)).toEqual([]);
  });

  test('a read-only config is refused for one broker and for all', () => {
    for (const isPerBroker of [true, false]) {
      expect(check({ 'node.id': '2', 'num.partitions': '2' }, isPerBroker)).toEqual([
        'Cannot update these configs dynamically: [node.id, num.partitions]',
      ]);
    }
  });

  test('a per-broker config needs a broker', () => {
    expect(check({ 'cordoned.log.dirs': '*' })).toEqual([
      'Cannot update these configs at default cluster level, broker id must be specified: [cordoned.log.dirs]',
    ]);
  });

  test('a broker cannot keep more on its own disk than it keeps at all', () => {
    const [problem] = check({ 'log.retention.bytes': '5', 'log.local.retention.bytes': '6' });
    expect(problem).toContain('Value must not be more than log.retention.bytes property value: 5');
    expect(check({ 'log.retention.bytes': '5', 'log.local.retention.bytes': '-2' })).toEqual([]);
    expect(check({ 'log.retention.ms': '5', 'log.local.retention.ms': '-1' })[0]).toContain('must not be -1');
  });

  test('a retention below 0 is none', () => {
    expect(check({ 'log.retention.ms': '-3' })).toEqual([]);
    expect(check({ 'log.retention.ms': '0' })).toHaveLength(1);
  });

  test('what has nothing to read anew needs no listener', () => {
    expect(check({ 'sasl.jaas.config': 'x', 'ssl.protocol': 'TLSv1.3' }, true)).toEqual([]);
  });

  test('a security config needs its listener', () => {
    expect(check({ 'ssl.keystore.location': '/k' }, true)).toEqual([
      'These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]',
    ]);
  });

  test.each([
    [
      { 'num.io.threads': '17' },
      'Dynamic thread count update validation failed for num.io.threads=17, value should not be greater than double the current value 8',
    ],
    [
      { 'background.threads': '4' },
      'Dynamic thread count update validation failed for background.threads=4, value should be at least half the current value 10',
    ],
    [
      { 'log.cleaner.threads': '3' },
      'Log cleaner threads cannot be increased to more than double the current value 1',
    ],
    [{ 'log.cleaner.threads': '0' }, 'Log cleaner threads should be at least 1'],
  ])('thread counts change in steps: %j', (proposed: Record<string, string>, finding) => {
    expect(check(proposed)).toEqual([
      `Invalid value org.apache.kafka.common.config.ConfigException: ${finding} for configuration Invalid dynamic configuration`,
    ]);
  });

  test("of a listener's configs only those that limit connections may be set for all brokers", () => {
    const name = 'listener.name.plaintext.max.connections.per.ip';
    expect(check({ [name]: '5' })).toEqual([
      `Cannot update these configs at default cluster level, broker id must be specified: [${name}]`,
    ]);
  });

  test.each([
    ['nonsense', 'begin 0, end -1, length 8'],
    ['10.0.0.1:many', 'For input string: "many"'],
  ])('exceptions to the limit per address are read as Java reads them: %s', (text, finding) => {
    expect(check({ 'max.connections.per.ip.overrides': text })).toEqual([
      `Error parsing configuration property 'max.connections.per.ip.overrides': ${finding}`,
    ]);
  });

  test('the first kind of problem is told, as Kafka stops at it', () => {
    expect(check({ 'node.id': '2', 'log.retention.ms': 'x', 'cordoned.log.dirs': '*' })).toEqual([
      'Cannot update these configs dynamically: [node.id]',
    ]);
  });

  test('a bad value is named, and one that contradicts what is running', () => {
    expect(check({ 'log.retention.ms': 'x' })).toEqual([
      'Invalid value x for configuration log.retention.ms: Not a number of type LONG',
    ]);
    expect(check({ 'log.retention.ms': '0' })).toEqual([
      'requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
    ]);
  });
});

test('every config has a type, an importance and a sentence that explains it', () => {
  for (const table of [brokerConfigs, topicConfigs, groupConfigs, clientMetricsConfigs]) {
    for (const { name, documentation } of Object.values<ConfigDefinition>(table)) {
      expect(documentation, name).toMatch(/^[A-Z].{10,}\.$/);
      expect(documentation.length, name).toBeLessThan(160);
    }
  }
});

describe('describing a broker', () => {
  const layers: BrokerConfigLayers = {
    static: singleNodeProperties(
      texts({ 'ssl.key.password': 'secret', 'my.plugin': 'x', 'log.cleaner.threads': '3' }),
    ),
    dynamicDefault: texts({ 'log.cleaner.threads': '4' }),
    dynamicBroker: texts({ 'log.cleaner.threads': '5' }),
  };
  const of = (name: string) => describeBrokerConfigs(layers).find((entry) => entry.name === name);

  test('shows where a value comes from', () => {
    expect(of('log.cleaner.threads')).toMatchObject({
      value: '5',
      source: 2,
      isReadOnly: false,
      synonyms: [
        { name: 'log.cleaner.threads', value: '5', source: 2 },
        { name: 'log.cleaner.threads', value: '4', source: 3 },
        { name: 'log.cleaner.threads', value: '3', source: 4 },
        { name: 'log.cleaner.threads', value: '1', source: 5 },
      ],
    });
  });

  test('one replica of the offsets topic is reported as this node’s own setting', () => {
    expect(of('offsets.topic.replication.factor')).toMatchObject({
      value: '1',
      source: 4,
      isReadOnly: true,
      type: 4,
    });
  });

  test('never shows a password, or a config nobody defines', () => {
    expect(of('ssl.key.password')).toMatchObject({ value: null, isSensitive: true, type: 9 });
    expect(of('ssl.key.password')?.synonyms).toEqual([{ name: 'ssl.key.password', value: null, source: 4 }]);
    expect(of('my.plugin')).toMatchObject({ value: null, isSensitive: true, type: 0, documentation: null });
  });

  test('prints values as Kafka does', () => {
    expect(of('log.cleaner.io.max.bytes.per.second')?.value).toBe('1.7976931348623157E308');
    expect(of('log.cleaner.io.buffer.load.factor')?.value).toBe('0.9');
    expect(of('log.retention.ms')).toMatchObject({ value: null, source: 5 });
    expect(of('controller.performance.sample.period.ms')).toBeUndefined();
  });

  test('the resource without a name has only what is set for all brokers', () => {
    expect(describeBrokerDefaults(layers.dynamicDefault)).toEqual([
      expect.objectContaining({
        name: 'log.cleaner.threads',
        value: '4',
        source: 3,
        synonyms: [{ name: 'log.cleaner.threads', value: '4', source: 3 }],
      }),
    ]);
  });

  test('loggers have a level and nothing else', () => {
    expect(describeLoggers(texts({ root: 'INFO' }))).toEqual([
      expect.objectContaining({ name: 'root', value: 'INFO', source: 6, isReadOnly: false, synonyms: [] }),
    ]);
  });
});

describe('groups', () => {
  const broker = brokerConfig(node({ 'group.consumer.heartbeat.interval.ms': '6000' }));

  test('inherit from the broker and stay within its bounds', () => {
    const config = groupConfig(
      texts({ 'consumer.session.timeout.ms': '1', 'share.delivery.count.limit': '100', 'no.such': '1' }),
      broker,
    );
    expect(config).toMatchObject({
      consumerHeartbeatIntervalMs: 6000,
      consumerSessionTimeoutMs: 45_000,
      shareDeliveryCountLimit: 10,
      shareAutoOffsetReset: 'latest',
      shareRenewAcknowledgeEnable: true,
    });
    expect(Object.keys(config)).toHaveLength(Object.keys(groupConfigs).length);
  });

  test.each([
    [{ 'no.such': '1' }, 'Unknown group config name: no.such'],
    [
      { 'consumer.session.timeout.ms': '44999' },
      'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
    ],
    [
      { 'consumer.session.timeout.ms': '60001' },
      'consumer.session.timeout.ms must be less than or equal to group.consumer.max.session.timeout.ms',
    ],
    [
      { 'streams.num.standby.replicas': '3' },
      'streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas',
    ],
    [
      { 'share.record.lock.duration.ms': '5' },
      'Invalid value 5 for configuration share.record.lock.duration.ms: Value must be at least 1000',
    ],
    // Of several, the first: unknown names, then values that are none, then bounds, in the order of the definitions.
    [
      { 'consumer.session.timeout.ms': '999', 'consumer.assignment.interval.ms': '-1', 'no.such': '1' },
      'Unknown group config name: no.such',
    ],
    [
      { 'consumer.session.timeout.ms': '999', 'consumer.assignment.interval.ms': '-1' },
      'Invalid value -1 for configuration consumer.assignment.interval.ms: Value must be at least 0',
    ],
    [
      { 'consumer.session.timeout.ms': '999', 'consumer.heartbeat.interval.ms': '15001' },
      'consumer.heartbeat.interval.ms must be less than or equal to group.consumer.max.heartbeat.interval.ms',
    ],
  ])('%j: %s', (overrides, expected) => {
    expect(groupConfigProblem(texts(overrides), broker)).toBe(expected);
  });

  test('are described with the broker’s value as synonym', () => {
    const entries = describeGroupConfigs(texts({ 'consumer.session.timeout.ms': '50000' }), node());
    expect(entries).toHaveLength(17);
    expect(entries.find(({ name }) => name === 'consumer.session.timeout.ms')).toMatchObject({
      value: '50000',
      source: 8,
      synonyms: [
        { name: 'consumer.session.timeout.ms', value: '50000', source: 8 },
        { name: 'group.consumer.session.timeout.ms', value: '45000', source: 5 },
      ],
    });
  });
});

describe('client metrics', () => {
  test.each([
    [{ metrics: '*', 'interval.ms': '100', match: 'client_id=a.*,client_software_name=java' }, []],
    [{ 'interval.ms': '99' }, [expect.stringContaining('between 100 and 3600000')]],
    [{ other: '1' }, ['Unknown client metrics configuration: other']],
  ])('%j', (overrides, expected) => {
    const { unknown, values, interval } = clientMetricsProblems(texts(overrides));
    expect([...unknown, ...values, ...interval]).toEqual(expected);
  });

  test.each(['client_id', 'client_id=', 'client_id=a=b', '=a', 'client_colour=red', 'client_id=('])(
    'match=%s matches no client',
    (match) => {
      expect(clientMetricsProblems(texts({ match })).match).toEqual([
        `Illegal client matching pattern: ${match}`,
      ]);
    },
  );

  test('are described with defaults', () => {
    expect(describeClientMetricsConfigs(texts({ 'interval.ms': '500' }))).toMatchObject([
      { name: 'metrics', value: '', source: 5 },
      { name: 'interval.ms', value: '500', source: 7 },
      { name: 'match', value: '', source: 5 },
    ]);
  });
});
