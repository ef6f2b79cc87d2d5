// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like that.
import { expect, test } from 'vitest';
import { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import {
  consumerOptions,
  pluginConfig,
  producerOptions,
  referenceResolver,
  sinkSettings,
  sourceSettings,
  topicCreationRules,
  transformSpecs,
  validateConnector,
  workerSettings,
} from '../../../runtime/config/index.ts';
import { registryOf } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

const worker = workerSettings({});
const base = { name: 'c', 'connector.class': 'counting' };

test('a worker needs no property, and every wrong one is named', () => {
  expect(worker).toMatchObject({
    workerId: 'localhost:8083',
    groupId: 'connect-cluster',
    configTopic: { name: 'connect-configs', partitionCount: 1, replicationFactor: undefined, configs: {} },
    offsetTopic: { name: 'connect-offsets', partitionCount: 25 },
    statusTopic: { name: 'connect-status', partitionCount: 5 },
    offsetFlushIntervalMs: 60_000,
  });
  const wrong = {
    'offset.flush.interval.ms': 'soon',
    'status.storage.partitions': '0',
    'topic.tracking.enable': 'maybe',
    'producer.linger.ms': 'abc',
  };
  expect(() => workerSettings(wrong)).toThrow(
    /status.storage.partitions: Value must be at least 1[\s\S]*offset.flush.interval.ms: Not a number[\s\S]*either true or false[\s\S]*producer\.\*: Invalid value abc for configuration linger.ms/,
  );
});

test('storage keys that are not for us become configs of the topic', () => {
  const { configTopic } = workerSettings({
    'config.storage.topic': 'mine',
    'config.storage.replication.factor': '2',
    'config.storage.segment.ms': '1000',
  });
  expect(configTopic).toMatchObject({
    name: 'mine',
    replicationFactor: 2,
    configs: { 'segment.ms': '1000' },
  });
});

test('a connector that names a converter configures it alone; one that does not gets the worker’s', () => {
  const own = workerSettings({ 'value.converter': 'json', 'value.converter.schemas.enable': 'false' });
  const inherited = sourceSettings({ ...base, 'value.converter.schemas.enable': 'true' }, own);
  expect(inherited.valueConverter).toEqual({ className: 'json', config: { 'schemas.enable': 'false' } });
  const named = sourceSettings(
    { ...base, 'value.converter': 'string', 'value.converter.encoding': 'x' },
    own,
  );
  expect(named.valueConverter).toEqual({ className: 'string', config: { encoding: 'x' } });
});

test('error settings are read; -1 retries for ever', () => {
  const settings = sinkSettings(
    { ...base, topics: 'a, b', 'errors.retry.timeout': '-1', 'errors.deadletterqueue.topic.name': 'd' },
    worker,
  );
  expect(settings.topics).toEqual(['a', 'b']);
  expect(settings.errors).toMatchObject({
    isTolerated: false,
    retryTimeoutMs: Number.POSITIVE_INFINITY,
    deadLetterTopic: 'd',
    deadLetterReplicationFactor: undefined,
  });
});

test('clients take the worker’s settings, then the connector’s overrides', () => {
  const user = { connector: 'c', task: 3 };
  const own = workerSettings({
    'producer.linger.ms': '5',
    'producer.acks': '1',
    'consumer.fetch.min.bytes': '7',
  });
  expect(producerOptions(own, { 'producer.override.acks': 'all' }, user)).toEqual({
    clientId: 'connector-producer-c-3',
    acks: -1,
    lingerMs: 5,
    deliveryTimeoutMs: 2_147_483_647,
    bufferBytesMax: 8 << 20,
  });
  const overrides = {
    'consumer.override.group.id': 'g',
    'consumer.override.partition.assignment.strategy':
      'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
  };
  expect(consumerOptions(own, overrides, user)).toEqual({
    clientId: 'connector-consumer-c-3',
    groupId: 'g',
    autoCommit: false,
    autoOffsetReset: 'earliest',
    assignors: ['cooperative-sticky'],
    fetchMinBytes: 7,
    pollRecordsMax: 2_000,
    prefetchBytesMax: 4 << 20,
  });
  expect(consumerOptions(own, {}, user).groupId).toBe('connect-c');
  const wide = { 'producer.override.buffer.memory': '33554432', 'consumer.override.max.poll.records': '7' };
  expect(producerOptions(own, wide, user).bufferBytesMax).toBe(32 << 20);
  expect(consumerOptions(own, wide, user).pollRecordsMax).toBe(7);
});

test('overrides that the policy forbids, or of a wrong type, are problems', () => {
  const source = new CountingSource();
  const plugins = registryOf([source.plugin]);
  const config = {
    ...base,
    topic: 't',
    'producer.override.linger.ms': 'abc',
    'producer.override.acks': 'all',
  };
  const errorsOf = (settings: typeof worker) =>
    validateConnector(source.plugin, config, { plugins, worker: settings }).configs.flatMap(
      ({ value }) => value.errors,
    );
  expect(errorsOf(worker)).toEqual([
    'Invalid value abc for configuration linger.ms: Not a number of type LONG',
  ]);
  const strict = {
    'connector.client.config.override.policy': 'Allowlist',
    'connector.client.config.override.allowlist': 'acks',
  };
  expect(errorsOf(workerSettings(strict))[0]).toBe(
    "The 'Allowlist' policy does not allow 'linger.ms' to be overridden in the connector configuration.",
  );
});

test('an assignor that is not known is a problem, of the worker as of a connector', () => {
  const sink = new TableSink();
  const plugins = registryOf([sink.plugin]);
  const key = 'partition.assignment.strategy';
  const known = 'known are RangeAssignor, RoundRobinAssignor, StickyAssignor, CooperativeStickyAssignor';
  for (const name of ['com.example.OwnAssignor', 'constructor']) {
    const reason = `Invalid value [${name}] for configuration ${key}: No assignor is called ${name}; ${known}`;
    const config = { name: 'c', 'connector.class': 'table', topics: 't', [`consumer.override.${key}`]: name };
    const { configs } = validateConnector(sink.plugin, config, { plugins, worker });
    expect(configs.flatMap(({ value }) => value.errors)).toEqual([reason]);
    expect(() => workerSettings({ [`consumer.${key}`]: name })).toThrow(`consumer.*: ${reason}`);
  }
});

test('a sink whose group is the worker’s is refused, and so is exactly-once where there is none', () => {
  const sink = new TableSink();
  const source = new CountingSource();
  const plugins = registryOf([sink.plugin, source.plugin]);
  const errorsOf = (plugin: typeof sink.plugin | typeof source.plugin, config: Record<string, string>) =>
    validateConnector(plugin, config, { plugins, worker }).configs.flatMap(({ value }) => value.errors);
  expect(errorsOf(sink.plugin, { name: 'cluster', 'connector.class': 'table', topics: 't' })).toEqual([
    'Consumer group for sink connector named cluster conflicts with Connect worker group connect-cluster',
  ]);
  const once = { ...base, topic: 't', 'exactly.once.support': 'required', 'offsets.storage.topic': 'own' };
  expect(errorsOf(source.plugin, once)).toHaveLength(2);
});

test('rules for new topics: the first group that fits, else the default; wrong ones are listed', () => {
  const rules = {
    'topic.creation.default.partitions': '4',
    'topic.creation.default.replication.factor': '-1',
    'topic.creation.groups': 'a,b',
    'topic.creation.a.include': 'x.*, y',
    'topic.creation.a.exclude': 'xx',
    'topic.creation.a.retention.ms': '5',
    'topic.creation.b.include': '.*z',
    'topic.creation.b.partitions': '9',
  };
  const planFor = (topic: string) => topicCreationRules(rules)?.planFor(topic);
  expect(planFor('x1')).toMatchObject({
    partitionCount: 4,
    replicationFactor: -1,
    configs: { 'retention.ms': '5' },
  });
  expect(planFor('xx')).toMatchObject({ partitionCount: 4, configs: {} });
  expect(planFor('xyz')).toMatchObject({ partitionCount: 4, configs: { 'retention.ms': '5' } });
  expect(planFor('z')).toMatchObject({ partitionCount: 9 });
  expect(topicCreationRules({})).toBeUndefined();
  const source = new CountingSource();
  const plugins = registryOf([source.plugin]);
  const wrong = { ...base, topic: 't', 'topic.creation.groups': 'a', 'topic.creation.a.partitions': '0' };
  const { configs } = validateConnector(source.plugin, wrong, { plugins, worker });
  expect(configs.flatMap(({ value }) => (value.errors.length > 0 ? [value.name] : []))).toEqual([
    'topic.creation.default.replication.factor',
    'topic.creation.default.partitions',
    'topic.creation.a.include',
    'topic.creation.a.partitions',
  ]);
});

test('a plugin gets its own keys only, unless it has one of the runtime’s', () => {
  const schema = { type: 'object', passUnknown: true, properties: { topics: { type: 'string' } } } as const;
  const config = {
    ...base,
    topics: 't',
    'errors.tolerance': 'all',
    'transforms.a.type': 'x',
    own: '1',
    'a.b': '2',
  };
  expect(pluginConfig(config, schema)).toEqual({ topics: 't', own: '1', 'a.b': '2' });
});

test('transforms are taken apart with their predicates', () => {
  const config = {
    transforms: 'a, b',
    'transforms.a.type': 'Filter',
    'transforms.a.predicate': 'p',
    'transforms.a.negate': 'TRUE',
    'transforms.b.type': 'Cast',
    'transforms.b.spec': 'x:int8',
    'predicates.p.type': 'HasHeaderKey',
    'predicates.p.name': 'h',
  };
  expect(transformSpecs(config)).toEqual([
    {
      alias: 'a',
      type: 'Filter',
      predicate: { alias: 'p', type: 'HasHeaderKey', config: { name: 'h' } },
      isNegated: true,
      config: {},
    },
    { alias: 'b', type: 'Cast', predicate: undefined, isNegated: false, config: { spec: 'x:int8' } },
  ]);
});

test('references are replaced from files, directories and the environment; what is not found stays', () => {
  const { clock, entropy, executor } = simulatedPlatform('references');
  const files = new MemoryFiles({ clock, entropy, executor });
  files.makeDirectory('/etc/secrets');
  const write = (path: string, text: string) => {
    const file = files.open(path, 'create');
    file.append([Buffer.from(text)]);
    file.close();
  };
  write('/etc/db.properties', '# comment\nuser = ann\npassword=pa=ss word\n');
  write('/etc/secrets/token', 't0ken');
  write('/secret', 'password=no');
  const resolve = referenceResolver(
    {
      'config.providers': 'f,d,env',
      'config.providers.f.class': 'org.apache.kafka.common.config.provider.FileConfigProvider',
      'config.providers.f.param.allowed.paths': '/etc',
      'config.providers.d.class': 'directory',
      'config.providers.d.param.allowed.paths': '/etc/secrets',
      'config.providers.env.param.allowlist.pattern': 'DB_.*',
    },
    { files, environment: { DB_HOST: 'db', HOME: '/root' } },
  );
  expect(
    resolve({
      a: '${f:/etc/db.properties:user}:${f:/etc/db.properties:password}@${env:DB_HOST}',
      b: '${d:/etc/secrets:token}',
      c: '${env:HOME} ${nope:x} ${f:/secret:password} ${f:/etc/../secret:password} ${d:/etc/secrets:../db.properties}',
      d: 'plain $ {} text',
    }),
  ).toEqual({
    a: 'ann:pa=ss word@db',
    b: 't0ken',
    c: '${env:HOME} ${nope:x} ${f:/secret:password} ${f:/etc/../secret:password} ${d:/etc/secrets:../db.properties}',
    d: 'plain $ {} text',
  });
  for (const provider of ['file', 'directory', 'env']) {
    expect(() => referenceResolver({ 'config.providers': provider }, { files, environment: {} })).toThrow(
      /is not set: name .* Nothing is allowed by default/,
    );
  }
  expect(() => referenceResolver({ 'config.providers': 'vault' }, { files, environment: {} })).toThrow(
    "'vault' is not known",
  );
});
