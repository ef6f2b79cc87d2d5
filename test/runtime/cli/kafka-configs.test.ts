import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ran, ToolCluster } from './tool-cluster.ts';

let cluster: ToolCluster;

beforeAll(async () => {
  cluster = await ToolCluster.start();
  for (const topic of ['orders', 'payments']) await cluster.run(`kafka-topics --create --topic ${topic}`);
});

afterAll(() => cluster.close());

const configs = (command: string): Promise<Ran> => cluster.run(`kafka-configs ${command}`);
const done = (...lines: string[]): Ran => ({
  code: 0,
  out: lines.map((line) => `${line}\n`).join(''),
  err: '',
});
const failed = (...lines: string[]): Ran => ({
  code: 1,
  out: '',
  err: lines.map((line) => `${line}\n`).join(''),
});

/** A refusal of the broker as the tool tells it. */
const refused = (args: string, javaClass: string, message: string): Ran =>
  failed(
    `Error while executing config command with args '--bootstrap-server localhost:9092 ${args}'`,
    `java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.${javaClass}: ${message}`,
  );

test('configs of a topic are set, shown with where they come from, and deleted', async () => {
  const topic = '--entity-type topics --entity-name orders';
  expect(await configs(`--describe ${topic}`)).toEqual(done('Dynamic configs for topic orders are:'));
  const completed = done('Completed updating config for topic orders.');
  expect(
    await configs(`--alter ${topic} --add-config retention.ms=86400000,max.message.bytes=2000000`),
  ).toEqual(completed);
  expect(await configs(`--alter ${topic} --add-config cleanup.policy=[compact,delete]`)).toEqual(completed);
  const shown = done(
    'Dynamic configs for topic orders are:',
    '  cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete}',
    '  max.message.bytes=2000000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=2000000, DEFAULT_CONFIG:message.max.bytes=1048588}',
    '  retention.ms=86400000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=86400000}',
  );
  expect(await configs(`--describe ${topic}`)).toEqual(shown);
  expect(await configs('--describe --topic orders')).toEqual(shown);
  expect(
    await configs(`--alter ${topic} --delete-config retention.ms,max.message.bytes,cleanup.policy`),
  ).toEqual(completed);
  expect(await configs(`--describe ${topic}`)).toEqual(done('Dynamic configs for topic orders are:'));
});

test('configs are set from a file', async () => {
  cluster.writeFile('/add.properties', 'segment.ms=1000\ncleanup.policy=compact,delete\n');
  await configs('--alter --topic payments --add-config-file /add.properties');
  const { out } = await configs('--describe --topic payments');
  expect(out.match(/^ {2}\S+/gm)).toEqual(['  cleanup.policy=compact,delete', '  segment.ms=1000']);
  await configs('--alter --topic payments --delete-config segment.ms,cleanup.policy');
});

test('--all shows the defaults, too, sorted', async () => {
  const { out } = await configs('--describe --topic orders --all');
  const names = out
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim().split('=')[0] ?? '');
  expect(out).toMatch(/^All configs for topic orders are:\n/);
  expect(names.length).toBeGreaterThan(25);
  expect(names).toEqual(names.toSorted());
});

test('without a name all topics are shown', async () => {
  expect(await configs('--describe --entity-type topics')).toEqual(
    done('Dynamic configs for topic orders are:', 'Dynamic configs for topic payments are:'),
  );
});

test('what is not there is said to be missing', async () => {
  const missing = (what: string) => done(`The ${what} doesn't exist and doesn't have dynamic config.`);
  expect(await configs('--describe --topic nope')).toEqual(missing("topic 'nope'"));
  expect(await configs('--describe --broker 9')).toEqual(missing("broker '9'"));
  expect(await configs('--describe --group nope')).toEqual(missing("group 'nope'"));
});

test('a broker and the default of all brokers have configs of their own', async () => {
  expect(await configs('--describe --broker 1')).toEqual(done('Dynamic configs for broker 1 are:'));
  expect(
    await configs('--alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=2'),
  ).toEqual(done('Completed updating config for broker 1.'));
  expect((await configs('--describe --broker 1')).out).toContain(
    '\n  log.cleaner.threads=2 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.cleaner.threads=2, DEFAULT_CONFIG:log.cleaner.threads=1}\n',
  );
  expect(await configs('--alter --broker-defaults --add-config log.cleaner.threads=1')).toEqual(
    done('Completed updating default config for brokers in the cluster.'),
  );
  const { out } = await configs('--describe --entity-type brokers --entity-default');
  expect(out).toMatch(/^Default configs for brokers in the cluster are:\n/);
  expect(out).toContain(
    '  log.cleaner.threads=1 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=1}\n',
  );
  expect((await configs('--describe --entity-type brokers')).out.match(/^\S.*$/gm)).toEqual([
    'Dynamic configs for broker 1 are:',
    'Default configs for brokers in the cluster are:',
  ]);
});

test('a group has configs before it has members', async () => {
  expect(
    await configs(
      '--alter --entity-type groups --entity-name g1 --add-config consumer.session.timeout.ms=50000',
    ),
  ).toEqual(done('Completed updating config for group g1.'));
  expect(await configs('--describe --group g1')).toEqual(
    done(
      'Dynamic configs for group g1 are:',
      '  consumer.session.timeout.ms=50000 sensitive=false synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000, DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000}',
    ),
  );
});

test.each([
  [
    '--alter --topic orders --add-config no.such=1',
    'InvalidConfigurationException',
    'Unknown topic config name: no.such',
  ],
  [
    '--alter --topic orders --add-config retention.ms=abc',
    'InvalidConfigurationException',
    'Invalid value abc for configuration retention.ms: Not a number of type LONG',
  ],
  [
    '--alter --topic nope --add-config retention.ms=1',
    'UnknownTopicOrPartitionException',
    "The topic 'nope' does not exist.",
  ],
  [
    '--alter --broker 1 --add-config node.id=3',
    'InvalidRequestException',
    'Cannot update these configs dynamically: [node.id]',
  ],
])('the broker refuses "%s"', async (command, javaClass, message) => {
  expect(await configs(command)).toEqual(refused(command, javaClass, message));
});

test.each([
  [
    '--alter --topic orders',
    'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
  ],
  [
    '--alter --topic orders --add-config retention.ms',
    'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.',
  ],
  ['--alter --topic orders --add-config a=1 --delete-config a', 'The config a is to be set and deleted'],
  ['--alter --topic orders --add-config-file /nope', '/nope (No such file or directory)'],
  [
    '--alter --entity-type topics --add-config a=1',
    'The --entity-name must be specified with --alter of topics',
  ],
  [
    '--describe --entity-type planets',
    'Invalid entity type planets, the entity type must be one of topics, clients, users, brokers, ips, client-metrics, groups, broker-loggers with a --bootstrap-server or --bootstrap-controller argument',
  ],
  ['--describe', 'At least one entity type must be specified'],
  [
    '--describe --topic a --group b',
    'Only one entity type can be described or altered at a time: topics or groups',
  ],
  [
    '--describe --broker one',
    'The entity name for brokers must be a valid integer broker id, but it is: one',
  ],
  [
    '--describe --entity-type topics --entity-default',
    '--entity-default is for brokers: topics have no common dynamic configs',
  ],
  [
    '--describe --client app',
    'Quotas and credentials (--entity-type clients) are not supported by this tool yet',
  ],
  [
    '--describe --user-defaults',
    'Quotas and credentials (--entity-type users) are not supported by this tool yet',
  ],
])('"%s" is refused in one line', async (command, message) => {
  expect(await configs(command)).toEqual(failed(message));
});

test('a server has to be named', async () => {
  expect(await cluster.runWith('kafka-configs', ['--describe', '--topic', 'orders'])).toEqual(
    failed('Either --bootstrap-server or --bootstrap-controller must be specified.'),
  );
});

test.each([
  ['--topic orders', 'Command must include exactly one action: --describe, --alter.'],
  [
    '--describe --topic orders --add-config a=1',
    'Option "[add-config]" can\'t be used with option "[describe]"',
  ],
  ['--alter --topic orders --all', 'Option "[all]" can\'t be used with option "[alter]"'],
])('"%s" is told with the table of options', async (command, message) => {
  expect(await configs(command)).toEqual({ code: 1, out: '', err: `${message}\n(options)` });
});
