import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  brokerConfigDefinition,
  brokerConfigs,
  type ConfigDefinition,
  ConfigError,
  clientMetricsConfigs,
  clientQuotaConfigs,
  groupConfigs,
  parseConfigValue,
  topicConfigs,
} from '../../../broker/config/index.ts';

const broker = (name: string): ConfigDefinition => {
  const definition = brokerConfigDefinition(name);
  if (definition === undefined) throw new Error(`no broker config ${name}`);
  return definition;
};

const problem = (definition: ConfigDefinition, text: string): string => {
  try {
    parseConfigValue(definition, text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
};

const tables = { brokerConfigs, topicConfigs, groupConfigs, clientMetricsConfigs, clientQuotaConfigs };

describe.each(Object.entries(tables))('%s', (_table, table) => {
  const rows = Object.entries<ConfigDefinition>(table);

  test.each(rows)('%s has a default its own validator accepts', (name, definition) => {
    expect(definition.name).toBe(name);
    if (definition.default === null || definition.default === undefined) return;
    expect(problem(definition, definition.default)).toBe('none');
  });

  test('every config says in one sentence what it is for', () => {
    const bad = rows.filter(([, { documentation }]) => !/^[A-Z_].{9,90}\.$/.test(documentation));
    expect(bad.map(([name]) => name)).toEqual([]);
  });
});

test('the tables have every config of Kafka 4.3 and those of Millrace', () => {
  expect(Object.keys(topicConfigs)).toHaveLength(34);
  expect(Object.keys(groupConfigs)).toHaveLength(17);
  expect(Object.keys(clientMetricsConfigs)).toHaveLength(3);
  expect(Object.keys(clientQuotaConfigs)).toHaveLength(5);
  expect(Object.keys(brokerConfigs)).toHaveLength(368);
});

describe('values', () => {
  const text = (row: ConfigDefinition | undefined) => row ?? broker('node.id');
  test.each([
    ['auto.create.topics.enable', ' TRUE ', true],
    ['auto.create.topics.enable', 'false', false],
    ['num.partitions', ' +7 ', 7],
    ['num.partitions', '007', 7],
    ['log.retention.bytes', '-1', -1],
    ['log.flush.interval.messages', '9223372036854775807', Number.POSITIVE_INFINITY],
    ['log.flush.interval.messages', '9007199254740991', 9007199254740991],
    ['log.flush.interval.messages', '9007199254740992', Number.POSITIVE_INFINITY],
    ['log.cleaner.min.cleanable.ratio', '1e-1', 0.1],
    ['log.cleanup.policy', ' compact , delete,compact ', ['compact', 'delete']],
    ['log.cleanup.policy', '  ', []],
    ['ssl.keystore.password', ' spaces kept ', ' spaces kept '],
    ['broker.rack', ' a ', 'a'],
    ['offsets.topic.replication.factor', '3', 3],
    ['compression.gzip.level', '-1', -1],
    ['group.consumer.migration.policy', 'Upgrade', 'Upgrade'],
  ])('%s of "%s" is %j', (name, value, expected) => {
    expect(parseConfigValue(text(broker(name)), value)).toEqual(expected);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['auto.create.topics.enable', 'yes', 'Expected value to be either true or false'],
    ['num.partitions', '1.5', 'Not a number of type INT'],
    ['num.partitions', '', 'Not a number of type INT'],
    ['num.partitions', '2147483648', 'Not a number of type INT'],
    ['num.partitions', '0', 'Value must be at least 1'],
    ['offsets.topic.replication.factor', '32768', 'Not a number of type SHORT'],
    ['log.retention.bytes', '9223372036854775808', 'Not a number of type LONG'],
    ['log.retention.bytes', '9'.repeat(5000), 'Not a number of type LONG'],
    ['log.cleaner.min.cleanable.ratio', '1.5', 'Value must be no more than 1'],
    ['log.cleaner.min.cleanable.ratio', '-0.5', 'Value must be at least 0'],
    ['log.cleaner.min.cleanable.ratio', '0x1', 'Not a number of type DOUBLE'],
    ['log.cleaner.io.buffer.load.factor', 'Infinity', 'Not a number of type DOUBLE'],
    ['compression.type', 'brotli', 'String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer'],
    ['compression.gzip.level', '0', 'Value must be between 1 and 9 or equal to -1'],
    ['compression.lz4.level', '18', 'Value must be no more than 17'],
    ['controller.quorum.voters', '1@a', 'Each entry should be in the form {id}@{host}:{port}.'],
    ['controller.quorum.bootstrap.servers', 'a', 'Each entry should be in the form {host}:{port}.'],
  ];
  test.each(refused)('%s refuses "%s": %s', (name, value, finding) => {
    expect(problem(broker(name), value)).toBe(`Invalid value ${value} for configuration ${name}: ${finding}`);
  });

  test('an unknown word in a list is named alone', () => {
    expect(problem(topicConfigs['cleanup.policy'], 'delete,shred')).toBe(
      'Invalid value shred for configuration cleanup.policy: String must be one of: compact, delete',
    );
  });

  test('an empty word in a list is refused, an empty list where something is needed too', () => {
    expect(problem(topicConfigs['cleanup.policy'], 'delete,,compact')).toBe(
      "Configuration 'cleanup.policy' values must not be empty.",
    );
    expect(problem(broker('process.roles'), '')).toBe(
      "Configuration 'process.roles' must not be empty. Valid values include: [broker, controller]",
    );
    expect(problem(broker('listeners'), '')).toMatch(/^Configuration 'listeners' must not be empty/);
  });

  test.each([
    ['*', 'none'],
    ['0:1,1:2', 'none'],
    ['', 'none'],
    ['0:1,*', expect.stringContaining("must be the literal '*'")],
    ['a', expect.stringContaining("must be the literal '*'")],
  ])('throttled replicas "%s": %s', (value, expected) => {
    expect(problem(topicConfigs['leader.replication.throttled.replicas'], value)).toEqual(expected);
  });

  test.each(['earliest', 'latest', 'by_duration:PT1H30M', 'by_duration:P1D', 'by_duration:PT0.5S'])(
    'share groups may start at %s',
    (value) => expect(problem(groupConfigs['share.auto.offset.reset'], value)).toBe('none'),
  );
  test.each(['none', 'by_duration:', 'by_duration:P', 'by_duration:PT', 'by_duration:1h'])(
    'share groups may not start at %s',
    (value) => expect(problem(groupConfigs['share.auto.offset.reset'], value)).not.toBe('none'),
  );

  test('any text gives a value or a ConfigError, for every config', () => {
    const all = Object.values<ConfigDefinition>({ ...brokerConfigs, ...topicConfigs, ...groupConfigs });
    const texts = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom('-', '+', '1e999', '١', ',,'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...all), texts, (definition, value) => {
        expect(problem(definition, value)).not.toBe('');
      }),
    );
  });
});
