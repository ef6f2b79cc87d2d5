import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ran, ToolCluster } from './tool-cluster.ts';

let cluster: ToolCluster;

beforeAll(async () => {
  cluster = await ToolCluster.start();
});

afterAll(() => cluster.close());

const topics = async (command: string): Promise<Ran> => {
  const { code, out, err } = await cluster.run(`kafka-topics ${command}`);
  return {
    code,
    out: out.replace(/TopicId: [\w-]{22}\t/g, 'TopicId: <id>\t'),
    err: err.replace(/^\[\d{4}-\d\d-\d\d [\d:]{8},\d{3}\]/gm, '[<time>]'),
  };
};

const done = (out = ''): Ran => ({ code: 0, out, err: '' });

/** A failure as the tool tells it twice: on stdout, and with its Java class on stderr. */
const failed = (message: string, javaClass = 'java.lang.IllegalArgumentException'): Ran => ({
  code: 1,
  out: `Error while executing topic command : ${message}\n`,
  err: `[<time>] ERROR ${javaClass}: ${message}\n (org.apache.kafka.tools.TopicCommand)\n`,
});

const badUsage = (message: string): Ran => ({ code: 1, out: '', err: `${message}\n(options)` });

test('topics are created, listed, described, grown and deleted', async () => {
  expect(await topics('--list --topic life.*')).toEqual(done('\n'));
  expect(await topics('--create --topic life')).toEqual(done('Created topic life.\n'));
  expect(await topics('--list --topic life.*')).toEqual(done('life\n'));
  expect(await topics('--alter --topic life --partitions 2')).toEqual(done());
  expect(await topics('--describe --topic life')).toEqual(
    done(
      [
        'Topic: life\tTopicId: <id>\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: min.insync.replicas=1',
        '\tTopic: life\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: ',
        '\tTopic: life\tPartition: 1\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: ',
        '',
      ].join('\n'),
    ),
  );
  expect(await topics('--delete --topic life')).toEqual(done());
  expect(await topics('--list --topic life')).toEqual(done('\n'));
});

test('configs of a topic stand in its line', async () => {
  await topics(
    '--create --topic configured --partitions 1 --config cleanup.policy=compact --config segment.ms=1000',
  );
  expect(await topics('--describe --topic configured --topics-with-overrides')).toEqual(
    done(
      'Topic: configured\tTopicId: <id>\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: min.insync.replicas=1,cleanup.policy=compact,segment.ms=1000\n',
    ),
  );
});

test('regular expressions and lists select topics', async () => {
  for (const name of ['sel1', 'sel2', 'other-sel']) await topics(`--create --topic ${name}`);
  expect((await topics('--list --topic sel.')).out).toBe('sel1\nsel2\n');
  expect((await topics("--list --topic 'sel1|other.*'")).out).toBe('other-sel\nsel1\n');
  expect((await topics('--list --topic sel1,sel2')).out).toBe('sel1\nsel2\n');
  expect((await topics('--describe --topic sel.')).out.match(/^Topic: \w+/gm)).toEqual([
    'Topic: sel1',
    'Topic: sel2',
  ]);
  expect((await topics('--delete --topic sel.')).code).toBe(0);
  expect((await topics('--list --topic .*sel.*')).out).toBe('other-sel\n');
});

test('a topic is described by its id', async () => {
  await topics('--create --topic by-id');
  const { out } = await cluster.run('kafka-topics --describe --topic by-id');
  const id = /TopicId: (\S+)/.exec(out)?.[1] ?? '';
  expect((await topics(`--describe --topic-id ${id}`)).out).toContain('Topic: by-id\t');
  expect(await topics('--describe --topic-id nope')).toEqual(
    failed("TopicId 'nope' does not exist as expected"),
  );
});

test('replicas can be assigned by hand', async () => {
  expect(await topics('--create --topic assigned --replica-assignment 1,1,1')).toEqual(
    done('Created topic assigned.\n'),
  );
  expect((await topics('--describe --topic assigned')).out).toContain('PartitionCount: 3');
  expect(await topics('--create --topic a2 --replica-assignment 7')).toEqual(
    failed(
      'The manual partition assignment includes broker 7, but no such broker is registered.',
      'org.apache.kafka.common.errors.InvalidReplicaAssignmentException',
    ),
  );
  expect(await topics('--create --topic a2 --replica-assignment 1:1')).toEqual(
    failed('Partition replica lists may not contain duplicate entries: 1'),
  );
  expect((await topics('--create --topic a2 --replica-assignment 1:2,1')).out).toContain(
    'Partition 1 has different replication factor: 1',
  );
  expect((await topics('--create --topic a2 --replica-assignment x')).out).toContain(
    "'x' is not a broker id",
  );
});

test('partitions that lack something are shown alone', async () => {
  await topics('--create --topic healthy --partitions 2');
  for (const filter of ['under-replicated', 'unavailable', 'under-min-isr']) {
    expect(await topics(`--describe --topic healthy --${filter}-partitions`)).toEqual(done());
  }
  expect((await topics('--describe --topic healthy --at-min-isr-partitions')).out).toBe(
    [0, 1]
      .map(
        (each) =>
          `\tTopic: healthy\tPartition: ${each}\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: \n`,
      )
      .join(''),
  );
});

test('internal topics are left out on request', async () => {
  await cluster.run('kafka-consumer-groups --reset-offsets --group g --topic by-id --to-earliest --execute');
  expect((await topics('--list')).out).toContain('__consumer_offsets\n');
  expect((await topics('--list --exclude-internal')).out).not.toContain('__consumer_offsets');
});

test('a topic that exists is an error, unless it may', async () => {
  await topics('--create --topic twice');
  expect(await topics('--create --topic twice')).toEqual(
    failed("Topic 'twice' already exists.", 'org.apache.kafka.common.errors.TopicExistsException'),
  );
  expect(await topics('--create --topic twice --if-not-exists')).toEqual(done());
});

test.each(['--describe', '--alter --partitions 4', '--delete'])(
  '%s of a topic that is missing is an error, unless it may',
  async (action) => {
    expect(await topics(`${action} --topic nope`)).toEqual(failed("Topic 'nope' does not exist as expected"));
    expect(await topics(`${action} --topic nope --if-exists`)).toEqual(done());
  },
);

test('names with dots and underscores are warned of', async () => {
  const { code, out } = await topics('--create --topic a.b_c');
  expect(code).toBe(0);
  expect(out).toMatch(/^WARNING: Due to limitations in metric names,.*\nCreated topic a\.b_c\.\n$/);
  expect((await topics('--create --topic a_b.c')).out).toMatch(/collides with existing topic: a\.b_c\n$/);
});

test.each([
  ["'bad name!'", '', /Topic name is invalid: 'bad name!' contains/],
  ['t', '--replication-factor 2', /replication factor of 2 cannot be reached/],
  ['t', '--replication-factor 0', /^Error.*The replication factor must be between 1 and 32767 inclusive/],
  ['t', '--partitions 0', /^Error.*The partitions must be greater than 0/],
  ['t', '--partitions abc', /^Error.*Cannot parse argument 'abc' of option partitions/],
  ['t', '--config no.such=1', /Unknown topic config name: no\.such/],
  ['t', '--config retention.ms', /all configs to be added must be in the format "key=val"/],
  ['t', '--config retention.ms=abc', /Invalid value abc for configuration retention\.ms/],
])('--create --topic %s %s is refused', async (name, more, message) => {
  const { code, out, err } = await topics(`--create --topic ${name} ${more}`);
  expect(code).toBe(1);
  expect(out).toMatch(message);
  expect(err).toMatch(/^\[<time>\] ERROR [\w.]+(Exception|Error): /);
});

test('partitions can only be added', async () => {
  await topics('--create --topic grown --partitions 3');
  const error = 'org.apache.kafka.common.errors.InvalidPartitionsException';
  expect(await topics('--alter --topic grown --partitions 2')).toEqual(
    failed('The topic grown currently has 3 partition(s); 2 would not be an increase.', error),
  );
  expect(await topics('--alter --topic grown --partitions 3')).toEqual(
    failed('Topic already has 3 partition(s).', error),
  );
  expect((await topics('--alter --topic grown --partitions 5 --replica-assignment 1,1,1,1')).out).toContain(
    '--replica-assignment is for 4 partitions, --partitions asks for 5',
  );
  expect(await topics('--alter --topic grown --partitions 5 --replica-assignment 1,1,1,1,1')).toEqual(done());
});

test.each([
  ['', 'Command must include exactly one action: --list, --describe, --create, --alter or --delete'],
  [
    '--list --create',
    'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
  ],
  ['--create', 'Missing required argument "[topic]"'],
  ['--delete', 'Missing required argument "[topic]"'],
  ['--alter --topic t', 'Missing required argument "[partitions]"'],
  ['--list --foo', 'foo is not a recognized option'],
  ['--list --partitions 3', 'Option "[partitions]" can\'t be used with option "[list]"'],
  ['--describe --if-exists', '--topic or --topic-id is required to describe a topic'],
  [
    '--create --topic t --partitions 1 --replica-assignment 1',
    'Option "[replica-assignment]" can\'t be used with option "[partitions]"',
  ],
  [
    '--describe --unavailable-partitions --under-replicated-partitions',
    'Option "[under-replicated-partitions]" can\'t be used with option "[unavailable-partitions]"',
  ],
  [
    '--alter --topic t --config retention.ms=1000',
    'Option combination "[[config], [bootstrap-server]]" can\'t be used with option "[alter]" (To alter topic configurations, the kafka-configs tool can be used.)',
  ],
])('"%s" is told with the table of options', async (command, message) => {
  expect(await topics(command)).toEqual(badUsage(message));
});

test('--help and no arguments show the options and fail, as in Kafka', async () => {
  const usage = badUsage('This tool helps to create, delete, describe, or change a topic.');
  expect(await cluster.runWith('kafka-topics', ['--help'])).toEqual(usage);
  expect(await cluster.runWith('kafka-topics', [])).toEqual(usage);
});

test('a server has to be named', async () => {
  expect(await cluster.runWith('kafka-topics', ['--list'])).toEqual({
    code: 1,
    out: '',
    err: '--bootstrap-server must be specified\n',
  });
});

test('--zookeeper is answered with the command line that works', async () => {
  const { code, err } = await cluster.runWith('kafka-topics', [
    '--zookeeper',
    'zk:2181',
    '--create',
    '--topic',
    "it's",
  ]);
  expect(code).toBe(1);
  expect(err).toContain("\n  kafka-topics --bootstrap-server localhost:9092 --create --topic 'it'\\''s'\n");
  const inline = await cluster.runWith('kafka-configs', [
    '--describe',
    '--zookeeper=zk:2181',
    '--topic',
    't',
  ]);
  expect(inline.err).toContain('\n  kafka-configs --bootstrap-server localhost:9092 --describe --topic t\n');
});

test('any one of several servers will do', async () => {
  const { code } = await cluster.runWith('kafka-topics', [
    '--bootstrap-server',
    'localhost:1,[::1]:2,localhost:9092',
    '--list',
  ]);
  expect(code).toBe(0);
});

test('a server that does not answer is named when the time is up', async () => {
  cluster.writeFile('/fast.properties', 'default.api.timeout.ms=200\nretry.backoff.ms=10\n');
  const args = ['--bootstrap-server', 'localhost:1', '--list', '--command-config', '/fast.properties'];
  const { code, out, err } = await cluster.runWith('kafka-topics', args);
  expect([code, out, err]).toEqual([
    1,
    expect.stringMatching(/^Error while executing topic command : .*localhost:1/),
    expect.stringContaining('org.apache.kafka.common.errors.TimeoutException: '),
  ]);
});

test('an address that is none is an error', async () => {
  const { code, out } = await cluster.runWith('kafka-topics', ['--bootstrap-server', 'localhost', '--list']);
  expect([code, out]).toEqual([
    1,
    expect.stringContaining("'localhost' is not an address of the form host:port"),
  ]);
});

test.each([
  ['security.protocol=SASL_SSL', 'security.protocol=SASL_SSL'],
  ['sasl.mechanism=PLAIN', 'sasl.mechanism'],
  ['ssl.truststore.location=/x', 'ssl.truststore.location'],
])('%s in --command-config is said not to be supported', async (text, named) => {
  cluster.writeFile(`/${named}`, `${text}\n`);
  const { code, out } = await topics(`--list --command-config /${named}`);
  expect(code).toBe(1);
  expect(out).toContain(`${named}: SASL and TLS are not supported by this tool yet`);
});

test('a plaintext connection is not refused for settings that it ignores', async () => {
  cluster.writeFile('/plain', 'security.protocol=PLAINTEXT\nssl.keystore.type=PEM\n');
  expect((await topics('--list --command-config /plain')).code).toBe(0);
});

test('a --command-config that is missing is an error', async () => {
  expect(await topics('--list --command-config /nope')).toEqual(
    failed('/nope (No such file or directory)', 'java.nio.file.NoSuchFileException'),
  );
});

test('who waits for a broker that is not there hears why, and is not kept from leaving', async () => {
  const controller = new AbortController();
  const stop = setTimeout(() => controller.abort(), 100);
  const ran = await cluster.runWith('kafka-topics', ['--bootstrap-server', 'nowhere:9092', '--list'], {
    signal: controller.signal,
  });
  clearTimeout(stop);
  expect(ran).toEqual({
    code: 130,
    out: '',
    err: expect.stringMatching(/WARN no connection to a broker.*nowhere/),
  });
});
