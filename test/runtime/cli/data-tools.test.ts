import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatDate } from '../../../runtime/cli/kafka-tools/consumer-perf-test/date-format.ts';
import { LatencyStatistics } from '../../../runtime/cli/kafka-tools/producer-perf-test/latency-statistics.ts';
import { ToolCluster } from './tool-cluster.ts';

let cluster: ToolCluster;

beforeAll(async () => {
  cluster = await ToolCluster.start();
  await cluster.run('kafka-topics --create --topic words --partitions 2');
  await cluster.run('kafka-topics --create --topic one');
  await cluster.run('kafka-console-producer --topic one', { stdin: 'a\nb\nc\n' });
});

afterAll(() => cluster.close());

const run = (command: string) => cluster.run(command);
const events = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('kafka-get-offsets', () => {
  test.each([
    ['--topic one', 'one:0:3\n'],
    ['--topic one --time earliest', 'one:0:0\n'],
    ['--topic one --time -1', 'one:0:3\n'],
    ['--topic one --time max-timestamp', /^one:0:\d\n$/],
    ['--topic one --time 99999999999999', ''],
    ['--topic words --partitions 1', 'words:1:0\n'],
    ["--topic '(one|words)' --partitions 0", 'one:0:3\nwords:0:0\n'],
    ['--topic-partitions words:1,one:-1,nope:3', 'one:0:3\nwords:1:0\n'],
    ['--topic-partitions :0 --exclude-internal-topics', 'one:0:3\nwords:0:0\n'],
    ['--topic-partitions words:0-1', 'words:0:0\n'],
    ['--topic-partitions words:1-', 'words:1:0\n'],
  ])('%s', async (line, out) => {
    const ran = await run(`kafka-get-offsets ${line}`);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toEqual(typeof out === 'string' ? out : expect.stringMatching(out));
  });

  test.each([
    ['--topic nope', 'Could not match any topic-partitions with the specified filters'],
    ['--topic one --time soon', 'Malformed time argument soon. Please use -1 or latest / -2 or earliest'],
    ['--topic one --partitions a', '--partitions expects a comma separated list of numeric partition ids'],
    ['--topic-partitions one:a', 'org.apache.kafka.tools.TerseException: Invalid rule specification: one:a'],
    ['--topic-partitions one --topic one', '--topic-partitions cannot be used with --topic or --partitions'],
  ])('%s is refused', async (line, message) => {
    const { code, out, err } = await run(`kafka-get-offsets ${line}`);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(new RegExp(`^Error occurred: ${message}`));
  });
});

describe('kafka-delete-records', () => {
  let files = 0;
  const remove = (text: string) => {
    files += 1;
    cluster.writeFile(`/offsets-${files}.json`, text);
    return run(`kafka-delete-records --offset-json-file /offsets-${files}.json`);
  };

  test('deletes what is before an offset, or says why not', async () => {
    await run('kafka-topics --create --topic gone');
    await cluster.run('kafka-console-producer --topic gone', { stdin: 'a\nb\nc\n' });
    const ran = await remove(
      '{"partitions":[{"topic":"gone","partition":0,"offset":2},{"topic":"words","partition":1,"offset":9}]}',
    );
    expect(ran).toEqual({
      code: 0,
      out: [
        'Executing records delete operation',
        'Records delete operation completed:',
        'partition: gone-0\tlow_watermark: 2',
        'partition: words-1\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException: The requested offset is not within the range of offsets maintained by the server.',
        '',
      ].join('\n'),
      err: '',
    });
    expect((await run('kafka-get-offsets --topic gone --time earliest')).out).toBe('gone:0:2\n');
  });

  test.each([
    ['{', 'The input string is not a valid JSON'],
    ['[1]', 'Missing partitions field'],
    ['{"partitions":[],"version":2}', 'Not supported version field value 2'],
    ['{"partitions":[{"topic":"one","partition":0}]}', 'No such field exists: `offset`'],
    ['{"partitions":[{"topic":1,"partition":0,"offset":1}]}', 'Expected `String` value, received 1'],
    [
      '{"partitions":[{"topic":"one","partition":0,"offset":1},{"topic":"one","partition":0,"offset":2}]}',
      'Offset json file contains duplicate topic partitions: one-0',
    ],
  ])('refuses %j', async (text, message) => {
    const { code, err } = await remove(text);
    expect([code, err.split('\n')[0]]).toEqual([1, message]);
  });

  test('names a file that is not there', async () => {
    const { err } = await run('kafka-delete-records --offset-json-file /none');
    expect(err).toBe('Unable to read file /none\njava.io.IOException: Unable to read file /none\n\n');
  });
});

test('kafka-broker-api-versions tells what each broker serves', async () => {
  const { code, out } = await run('kafka-broker-api-versions');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^localhost:9092 \(id: 1 rack: null isFenced: false\) -> \(\n\tProduce\(0\): 0 to \d+ \[usable: \d+\],\n/,
  );
  expect(out).toMatch(/\tOffsetDelete\(47\): 0 \[usable: 0\],\n/);
  expect(out).toMatch(/\tPushTelemetry\(72\): UNSUPPORTED,\n/);
  expect(out).toMatch(/\n\)\n$/);
});

test('kafka-features describes the features of a broker', async () => {
  const { code, out } = await run('kafka-features describe');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Feature: metadata.version {26}SupportedMinVersion: \S+ +SupportedMaxVersion: \S+ +FinalizedVersionLevel: \S+ +Epoch: \d+$/m,
  );
});

test('kafka-log-dirs finds a topic and its size', async () => {
  const { out } = await run('kafka-log-dirs --describe --topic-list one');
  const { brokers } = JSON.parse(out.split('\n')[2] ?? '') as {
    brokers: { logDirs: { logDir: string; partitions: { partition: string; size: number }[] }[] }[];
  };
  expect(brokers[0]?.logDirs[0]).toMatchObject({
    logDir: '/data',
    partitions: [{ partition: 'one-0', size: expect.any(Number), offsetLag: 0, isFuture: false }],
  });
});

describe('kafka-storage', () => {
  test('makes ids', async () => {
    const made = await cluster.runWith('kafka-storage', ['random-uuid']);
    expect(made.out).toMatch(/^[\w][\w-]{21}\n$/);
  });

  test('looks at the directories of a broker', async () => {
    cluster.writeFile('/server.properties', 'log.dirs=/data,/none\n');
    const { code, out } = await cluster.runWith('kafka-storage', ['info', '-c', '/server.properties']);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^Found log directory:\n {2}\/data\n\nFound metadata: \{cluster\.id=[\w-]{22}, directory\.id=[\w-]{22}, node\.id=1, version=1\}\n\nFound problem:\n {2}\/none does not exist\n\n$/,
    );
  });
});

describe('kafka-verifiable-producer and kafka-verifiable-consumer', () => {
  test('tell what was written and read', async () => {
    await run('kafka-topics --create --topic verified');
    const written = await run(
      'kafka-verifiable-producer --topic verified --max-messages 3 --value-prefix 7 --repeating-keys 2',
    );
    expect(events(written.out)).toEqual([
      { timestamp: expect.any(Number), name: 'startup_complete' },
      ...['0', '1', '0'].map((key, offset) => ({
        timestamp: expect.any(Number),
        name: 'producer_send_success',
        key,
        value: `7.${offset}`,
        offset,
        topic: 'verified',
        partition: 0,
      })),
      { timestamp: expect.any(Number), name: 'shutdown_complete' },
      expect.objectContaining({ name: 'tool_data', sent: 3, acked: 3, target_throughput: -1 }),
    ]);
    const read = await run(
      'kafka-verifiable-consumer --topic verified --group-id v --max-messages 2 --verbose',
    );
    const partitions = [{ topic: 'verified', partition: 0 }];
    expect(events(read.out).map(({ timestamp: _, ...event }) => event)).toEqual([
      { name: 'startup_complete' },
      { name: 'partitions_assigned', partitions },
      { name: 'record_data', key: '0', value: '7.0', topic: 'verified', partition: 0, offset: 0 },
      { name: 'record_data', key: '1', value: '7.1', topic: 'verified', partition: 0, offset: 1 },
      {
        name: 'records_consumed',
        count: 3,
        partitions: [{ topic: 'verified', partition: 0, count: 2, minOffset: 0, maxOffset: 1 }],
      },
      { name: 'offsets_committed', offsets: [{ topic: 'verified', partition: 0, offset: 2 }], success: true },
      { name: 'partitions_revoked', partitions },
      { name: 'shutdown_complete' },
      { name: 'shutdown_requested' },
    ]);
  });

  test('say what the consumer cannot do', async () => {
    const { code, err } = await run(
      'kafka-verifiable-consumer --topic one --group-id v --group-protocol consumer',
    );
    expect(code).toBe(1);
    expect(err).toContain('this client speaks the classic protocol alone');
  });
});

describe('performance', () => {
  test('of a producer is summed up', async () => {
    const { code, out } = await run(
      'kafka-producer-perf-test --topic one --num-records 20 --throughput -1 --record-size 10 --warmup-records 5 --command-property linger.ms=0 acks=1',
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Warmup first 5 records\. .*\nIn steady state\.\n20 records sent, [\d.]+ records\/sec \([\d.]+ MB\/sec\), [\d.]+ ms avg latency, [\d.]+ ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.\n15 steady state records sent, /,
    );
  });

  test.each([
    ['--throughput -1', 'one of the arguments --record-size --payload-file --payload-monotonic is required'],
    ['--throughput -1 --record-size 0', '--record-size should be greater than zero.'],
    ['--throughput -1 --record-size 1 --warmup-records 10', '--warmup-records must be strictly fewer'],
    ['--throughput -1 --payload-file /none', 'File does not exist or empty file provided.'],
  ])('of a producer with %s is refused', async (line, message) => {
    const { code, err } = await run(`kafka-producer-perf-test --topic one --num-records 10 ${line}`);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  test('of a consumer is a line of figures', async () => {
    const { out } = await run('kafka-consumer-perf-test --topic one --num-records 3');
    const [head, figures] = out.split('\n').map((line) => line.split(', '));
    expect(head).toHaveLength(10);
    expect(figures?.slice(2)).toHaveLength(8);
    expect(Number(figures?.[4])).toBeGreaterThanOrEqual(3);
  });

  test('of a consumer is told when the records do not come', async () => {
    const { out } = await run(
      'kafka-consumer-perf-test --topic one --num-records 9999 --timeout 1 --hide-header --messages 1',
    );
    expect(out).toBe('');
    const timedOut = await run('kafka-consumer-perf-test --topic words --num-records 1 --timeout 1');
    expect(timedOut.out).toContain(
      'WARNING: Exiting before consuming the expected number of records: timeout (1 ms)',
    );
  });

  test('from end to end is measured record by record', async () => {
    const line =
      'kafka-e2e-latency --topic lat --num-records 3 --producer-acks all --record-size 5 --record-key-size 2 --num-headers 1 --record-header-size -1 --record-header-key-size 1';
    const { code, out } = await run(line);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Topic "lat" does not exist\. Will create topic with 1 partition\(s\) and replication factor = 1\n0\t[\d.]+\nAvg latency: [\d.]+ ms\nPercentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+\n$/,
    );
    const positional = await cluster.runWith('kafka-e2e-latency', ['localhost:9092', 'lat', '1', '1', '5']);
    expect(positional.out).toMatch(/^WARNING: Positional argument usage is deprecated/);
    const refused = await run(
      'kafka-e2e-latency --topic lat --num-records 1 --producer-acks 0 --record-size 5',
    );
    expect(refused.err).toContain("Please use '1' or 'all'.");
  });

  test('latencies are reported in windows and summed up in percentiles', () => {
    const statistics = new LatencyStatistics({
      nowMs: 0,
      recordsMax: 4,
      reportIntervalMs: 1000,
      isSteadyState: false,
    });
    expect(statistics.record(10, 1 << 20, 500)).toBeUndefined();
    expect(statistics.record(30, 1 << 20, 1000)).toBe(
      '2 records sent, 2.0 records/sec (2.00 MB/sec), 20.0 ms avg latency, 30.0 ms max latency.',
    );
    statistics.record(5, 0, 1100);
    expect(statistics.summary(2000)).toBe(
      '3 records sent, 1.500000 records/sec (1.00 MB/sec), 15.00 ms avg latency, 30.00 ms max latency, 10 ms 50th, 30 ms 95th, 30 ms 99th, 30 ms 99.9th.',
    );
  });

  test('times are written as Java does', () => {
    const at = new Date(2026, 0, 31, 14, 5, 6, 7).getTime();
    expect(formatDate('yyyy-MM-dd HH:mm:ss:SSS', at)).toBe('2026-01-31 14:05:06:007');
    expect(formatDate("h 'o''clock' a, d.M.yy", at)).toBe("2 o'clock PM, 31.1.26");
  });
});
