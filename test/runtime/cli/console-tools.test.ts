import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ran, ToolCluster } from './tool-cluster.ts';

let cluster: ToolCluster;

beforeAll(async () => {
  cluster = await ToolCluster.start();
});

afterAll(() => cluster.close());

const create = (topic: string, partitions = 1) =>
  cluster.run(`kafka-topics --create --topic ${topic} --partitions ${partitions}`);
const produce = (command: string, stdin: string): Promise<Ran> =>
  cluster.run(`kafka-console-producer ${command}`, { stdin });
const consume = (command: string): Promise<Ran> => cluster.run(`kafka-console-consumer ${command}`);

const nothing: Ran = { code: 0, out: '', err: '' };
const printed = (out: string, count: number): Ran => ({
  code: 0,
  out,
  err: `Processed a total of ${count} messages\n`,
});
const badUsage = (message: string): Ran => ({ code: 1, out: '', err: `${message}\n(options)` });

test('lines become records, and records lines', async () => {
  await create('words');
  expect(await produce('--topic words', 'hello\nworld\n\nthree\r\nno end')).toEqual(nothing);
  expect(await consume('--topic words --from-beginning --max-messages 5')).toEqual(
    printed('hello\nworld\n\nthree\nno end\n', 5),
  );
});

test('the consumer ends when nothing has come for a while, and says so', async () => {
  await create('quiet');
  await produce('--topic quiet', 'one\n');
  const { code, out, err } = await consume('--topic quiet --from-beginning --timeout-ms 400');
  expect([code, out]).toEqual([0, 'one\n']);
  expect(err.replace(/^\[[^\]]*\]/, '[<time>]')).toBe(
    '[<time>] ERROR Error processing message, terminating consumer process:  (org.apache.kafka.tools.consumer.ConsoleConsumer)\n' +
      'org.apache.kafka.common.errors.TimeoutException\n' +
      'Processed a total of 1 messages\n',
  );
});

test('a partition is read from an offset', async () => {
  await create('offsets');
  await produce('--topic offsets', 'a\nb\nc\nd\n');
  const from = (offset: string, count: number) =>
    consume(`--topic offsets --partition 0 --offset ${offset} --max-messages ${count}`);
  expect(await from('2', 2)).toEqual(printed('c\nd\n', 2));
  expect(await from('earliest', 1)).toEqual(printed('a\n', 1));
  expect((await consume('--topic offsets --partition 0 --from-beginning --max-messages 1')).out).toBe('a\n');
  expect((await consume('--topic offsets --partition 0 --timeout-ms 100')).out).toBe('');
});

test('a group goes on behind what was printed, not behind what was fetched', async () => {
  await create('grouped');
  await produce('--topic grouped', 'a\nb\nc\nd\ne\n');
  const group = '--topic grouped --group readers';
  expect((await consume(`${group} --from-beginning --max-messages 2`)).out).toBe('a\nb\n');
  expect((await consume(`${group} --max-messages 1`)).out).toBe('c\n');
  expect((await consume(`${group} --from-beginning --max-messages 2`)).out).toBe('d\ne\n');
  const { out } = await cluster.run('kafka-consumer-groups --describe --group readers');
  expect(out).toMatch(/grouped +0 +5 +5 +0 +-/);
});

test('a consumer without a group leaves no offsets behind', async () => {
  await create('anonymous');
  await produce('--topic anonymous', 'a\n');
  await consume('--topic anonymous --from-beginning --max-messages 1');
  const { out } = await cluster.run('kafka-consumer-groups --describe --all-groups');
  expect(out).not.toContain('anonymous');
});

test('--max-messages 0 prints nothing', async () => {
  expect(await consume('--topic words --from-beginning --max-messages 0')).toEqual(printed('', 0));
});

test('--include reads all topics that match, also with commas in the expression', async () => {
  await create('inc1');
  await create('inc22');
  await produce('--topic inc1', 'x\n');
  await produce('--topic inc22', 'y\n');
  const { out } = await consume('--include inc[0-9]{1,2} --from-beginning --max-messages 2');
  expect(out.split('\n').sort()).toEqual(['', 'x', 'y']);
  expect((await consume('--include inc( --from-beginning')).err).toContain('Invalid regex');
});

const keyed = '--reader-property parse.key=true --reader-property key.separator=:';
const read = (topic: string, count: number, more: string) =>
  consume(`--topic ${topic} --from-beginning --max-messages ${count} ${more}`);

test('keys, headers and nulls go in and come out', async () => {
  await create('full');
  await produce(
    `--topic full ${keyed} --reader-property null.marker=NULL`,
    'k1:v1\nk2:v2:x\nk3:NULL\nNULL:v4\n',
  );
  await produce(
    '--topic full --reader-property parse.key=true --reader-property parse.headers=true',
    'h1:a,h2:b\tk5\tv5\nh3:\tk6\tv6\n',
  );
  expect((await read('full', 6, '--formatter-property print.key=true')).out).toBe(
    'k1\tv1\nk2\tv2:x\nk3\tnull\nnull\tv4\nk5\tv5\nk6\tv6\n',
  );
  const all = ['timestamp', 'partition', 'offset', 'epoch', 'headers', 'key'].map(
    (part) => `--formatter-property print.${part}=true`,
  );
  const { out } = await read('full', 6, all.join(' '));
  expect(out.replace(/CreateTime:\d{13}/g, 'CreateTime:<ms>').split('\n')).toEqual([
    'CreateTime:<ms>\tPartition:0\tOffset:0\tEpoch:NOT_PRESENT\tNO_HEADERS\tk1\tv1',
    'CreateTime:<ms>\tPartition:0\tOffset:1\tEpoch:NOT_PRESENT\tNO_HEADERS\tk2\tv2:x',
    'CreateTime:<ms>\tPartition:0\tOffset:2\tEpoch:NOT_PRESENT\tNO_HEADERS\tk3\tnull',
    'CreateTime:<ms>\tPartition:0\tOffset:3\tEpoch:NOT_PRESENT\tNO_HEADERS\tnull\tv4',
    'CreateTime:<ms>\tPartition:0\tOffset:4\tEpoch:NOT_PRESENT\th1:a,h2:b\tk5\tv5',
    'CreateTime:<ms>\tPartition:0\tOffset:5\tEpoch:NOT_PRESENT\th3:\tk6\tv6',
    '',
  ]);
});

test('separators and the text for null can be chosen', async () => {
  const properties = [
    'print.key=true',
    "'key.separator= => '",
    'print.headers=true',
    "'headers.separator=;'",
    'null.literal=NIL',
    "'line.separator=|'",
  ];
  const { out } = await read('full', 6, properties.map((each) => `--formatter-property ${each}`).join(' '));
  expect(out).toBe(
    'NO_HEADERS => k1 => v1|NO_HEADERS => k2 => v2:x|NO_HEADERS => k3 => NIL|NO_HEADERS => NIL => v4|h1:a;h2:b => k5 => v5|h3: => k6 => v6|',
  );
  expect(
    (await read('full', 2, '--formatter-property print.key=true --formatter-property print.value=false')).out,
  ).toBe('k1\nk2\n');
});

test('settings of reader and formatter may stand in files; options go before them', async () => {
  cluster.writeFile('/reader', 'parse.key=true\nkey.separator=/\n');
  cluster.writeFile('/formatter', 'print.key=true\nkey.separator==\n');
  await create('files');
  await produce('--topic files --reader-config /reader', 'a/1\n');
  await produce('--topic files --reader-config /reader --reader-property key.separator=+', 'b+2\n');
  expect((await read('files', 2, '--formatter-config /formatter')).out).toBe('a=1\nb=2\n');
  expect(
    (await read('files', 2, '--formatter-config /formatter --formatter-property key.separator=~')).out,
  ).toBe('a~1\nb~2\n');
});

test('a line without a key ends the producer, after the lines before it are sent', async () => {
  await create('badkey');
  const lines = 'k1:v1\nnokey\nk3:v3\n';
  expect(await produce(`--topic badkey ${keyed}`, lines)).toEqual({
    code: 1,
    out: '',
    err: "org.apache.kafka.common.KafkaException: No key separator found on line number 2: 'nokey'\n",
  });
  expect(await produce(`--topic badkey ${keyed} --reader-property ignore.error=true`, lines)).toEqual(
    nothing,
  );
  expect((await read('badkey', 4, '--formatter-property print.key=true')).out).toBe(
    'k1\tv1\nk1\tv1\nnull\tnokey\nk3\tv3\n',
  );
});

test.each(['', 'none', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'records are compressed with "%s"',
  async (codec) => {
    const topic = `codec-${codec || 'default'}`;
    await create(topic);
    expect(await produce(`--topic ${topic} --compression-codec ${codec}`, 'a\nb\n')).toEqual(nothing);
    expect((await read(topic, 2, '')).out).toBe('a\nb\n');
  },
);

test('old option names work, and are warned of', async () => {
  await create('old');
  expect(await produce('--topic old --property parse.key=true --producer-property acks=1', 'k\tv\n')).toEqual(
    {
      ...nothing,
      out:
        'Warning: --property is deprecated and will be removed in a future version. Use --reader-property instead.\n' +
        'Warning: --producer-property is deprecated and will be removed in a future version. Use --command-property instead.\n',
    },
  );
  const { out } = await read('old', 1, '--property print.key=true');
  expect(out).toBe(
    'Option --property is deprecated and will be removed in a future version. Use --formatter-property instead.\nk\tv\n',
  );
});

test('--sync sends one record after another', async () => {
  await create('sync');
  expect(await produce('--topic sync --sync --timeout 0', 'a\nb\nc\n')).toEqual(nothing);
  expect((await read('sync', 3, '')).out).toBe('a\nb\nc\n');
});

test('a topic that does not exist is created by its first record', async () => {
  expect(await produce('--topic auto-made', 'a\n')).toEqual(nothing);
  expect((await read('auto-made', 1, '')).out).toBe('a\n');
});

test('a record that is too large is told of, and the exit code is 1', async () => {
  await create('small');
  const { code, err } = await produce(
    '--topic small --command-property max.request.size=1000',
    `ok\n${'x'.repeat(2000)}\nok\n`,
  );
  expect(code).toBe(1);
  expect(err).toMatch(
    /ERROR Error when sending message to topic small with key: null, value: 2000 bytes with error:/,
  );
  expect((await read('small', 2, '')).out).toBe('ok\nok\n');
});

test('deserializers decide how keys and values are printed', async () => {
  await create('typed');
  const client = cluster.client();
  const producer = client.producer();
  await producer.send([
    { topic: 'typed', key: Buffer.from([0, 0, 0, 7]), value: Buffer.from('0000000000000100', 'hex') },
  ]);
  await producer.send([{ topic: 'typed', key: null, value: Buffer.from('short') }]);
  await producer.send([{ topic: 'typed', key: null, value: Buffer.from('0000000000000200', 'hex') }]);
  const package_ = 'org.apache.kafka.common.serialization.';
  const how = `--key-deserializer ${package_}IntegerDeserializer --value-deserializer ${package_}LongDeserializer --formatter-property print.key=true`;
  expect((await read('typed', 1, how)).out).toBe('7\t256\n');
  const failed = await read('typed', 3, how);
  expect([failed.code, failed.out]).toEqual([1, '7\t256\n']);
  expect(failed.err).toContain('SerializationException: Size of data received by LongDeserializer is not 8');
  const skipped = await read('typed', 3, `${how} --skip-message-on-error`);
  expect([skipped.code, skipped.out]).toEqual([0, '7\t256\nnull\t512\n']);
});

test('bytes that are not UTF-8 arrive as they were sent', async () => {
  await create('bytes');
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  async function* stdin() {
    yield Buffer.concat([bytes, Buffer.from('\n')]);
  }
  await cluster.run('kafka-console-producer --topic bytes', { stdin: stdin() });
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await cluster.run('kafka-console-consumer --topic bytes --from-beginning --max-messages 1', { stdout });
  expect(Buffer.concat(chunks)).toEqual(Buffer.concat([bytes, Buffer.from('\n')]));
});

test('the topics of Kafka itself are printed as JSON', async () => {
  await create('tracked');
  await produce('--topic tracked', 'a\n');
  await consume('--topic tracked --group tracker --from-beginning --max-messages 1');
  const topic = '--topic __consumer_offsets --from-beginning --timeout-ms 500';
  const offsets = (
    await consume(`${topic} --formatter org.apache.kafka.tools.consumer.OffsetsMessageFormatter`)
  ).out;
  expect(offsets).toMatch(
    /\{"key":\{"type":1,"data":\{"group":"tracker","topic":"tracked","partition":0\}\},"value":\{"version":\d,"data":\{"offset":1,"leaderEpoch":-1,"metadata":"","commitTimestamp":\d+[^}]*\}\}\}/,
  );
  const groups = (await consume(`${topic} --formatter GroupMetadataMessageFormatter`)).out;
  expect(groups).toMatch(
    /\{"key":\{"type":2,"data":\{"group":"tracker"\}\},"value":\{"version":3,"data":\{"protocolType":"consumer","generation":1/,
  );
  expect((await consume(`${topic} --formatter NoOpMessageFormatter`)).out).toBe('');
});

test('the consumer ends when it is told to, with what a shell expects', async () => {
  const controller = new AbortController();
  const running = cluster.run('kafka-console-consumer --topic words', { signal: controller.signal });
  controller.abort();
  expect(await running).toEqual({ code: 130, out: '', err: 'Processed a total of 0 messages\n' });
});

test('the producer ends when it is told to, and sends what it has', async () => {
  await create('stopped');
  const controller = new AbortController();
  async function* stdin() {
    yield Buffer.from('sent\nopen');
    controller.abort();
    await new Promise(() => {});
  }
  const ran = await cluster.run('kafka-console-producer --topic stopped', {
    stdin: stdin(),
    signal: controller.signal,
  });
  expect(ran).toEqual(nothing);
  expect((await read('stopped', 1, '')).out).toBe('sent\n');
});

test('the consumer ends quietly when nobody reads its output any more', async () => {
  const stdout = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const ran = await cluster.run('kafka-console-consumer --topic words --from-beginning', { stdout });
  expect([ran.code, ran.err]).toEqual([0, expect.stringMatching(/^Processed a total of \d+ messages\n$/)]);
});

test.each([
  ['', 'Exactly one of the following arguments is required: [topic], [include]'],
  ['--topic a --include b', 'Exactly one of the following arguments is required: [topic], [include]'],
  ['--topic a --offset 2', 'The partition is required when offset is specified.'],
  ['--include a --partition 2', 'The topic is required when partition is specified.'],
  [
    '--topic a --partition 0 --offset 2 --from-beginning',
    'Options from-beginning and offset cannot be specified together.',
  ],
  ['--topic a --partition -1', 'The partition must be 0 or more.'],
  [
    '--topic a --partition 0 --offset abc',
    "The provided offset value 'abc' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.",
  ],
])('kafka-console-consumer %s is told with the table of options', async (command, message) => {
  expect(await consume(command)).toEqual(badUsage(message));
});

test.each([
  [
    '--topic t --isolation-level foo',
    'Invalid value foo for configuration isolation.level: String must be one of: read_committed, read_uncommitted',
  ],
  ['--topic t --group a --command-property group.id=b', "do not match. Detected group ids: 'b', 'a'"],
  [
    '--topic t --from-beginning --command-property auto.offset.reset=latest',
    "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest'",
  ],
  ['--topic t --formatter io.acme.Mine', '--formatter io.acme.Mine: there is no such formatter'],
  ['--topic t --formatter-property print.key=maybe', 'Invalid value maybe for configuration print.key'],
  ['--topic t --formatter-property nonsense', 'Invalid command line properties: nonsense'],
  ['--topic t --command-property fetch.min.bytes=x', 'Invalid value x for configuration fetch.min.bytes'],
  [
    '--topic t --command-property partition.assignment.strategy=Nope',
    'Invalid value Nope for configuration partition.assignment.strategy',
  ],
])('kafka-console-consumer %s is refused', async (command, message) => {
  const { code, out, err } = await consume(command);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(message);
});

test.each([
  ['', 'Missing required argument "[topic]"'],
  ['--topic t --broker-list localhost:9092', 'broker-list is not a recognized option'],
])('kafka-console-producer %s is told with the table of options', async (command, message) => {
  expect(await produce(command, '')).toEqual(badUsage(message));
});

test.each([
  [
    '--request-required-acks 5',
    'Invalid value 5 for configuration acks: String must be one of: all, -1, 0, 1',
  ],
  [
    '--compression-codec brotli',
    'Invalid value brotli for configuration compression.type: String must be one of: none, gzip, snappy, lz4, zstd',
  ],
  [
    '--command-property enable.idempotence=perhaps',
    'Invalid value perhaps for configuration enable.idempotence: Expected value to be either true or false',
  ],
])('kafka-console-producer %s is refused', async (command, message) => {
  expect(await produce(`--topic t ${command}`, '')).toEqual({
    code: 1,
    out: '',
    err: `org.apache.kafka.common.config.ConfigException: ${message}\n`,
  });
});

test('kafka-console-producer refuses numbers and readers that are none', async () => {
  expect((await produce('--topic t --timeout soon', '')).err).toBe(
    "Cannot parse argument 'soon' of option timeout\n",
  );
  expect((await produce('--topic t --line-reader io.acme.Mine', '')).err).toContain(
    '--line-reader io.acme.Mine: only',
  );
});
