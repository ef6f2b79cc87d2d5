import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { startBroker } from '../../../broker/index.ts';
import { createLogger } from '../../../platform/pino-logger.ts';
import { brokerOptions, brokerProperties, configFileOf } from '../../../runtime/cli/broker-options.ts';
import { brokerCommand, kafkaServerStartCommand } from '../../../runtime/cli/commands/broker.ts';
import { environmentProperties } from '../../../runtime/cli/kafka-environment.ts';
import { parseOptions } from '../../../runtime/cli/options.ts';

const bin = join(import.meta.dirname, '../../../runtime/bin.ts');
const directory = mkdtempSync(join(tmpdir(), 'millrace-config-'));
const file = join(directory, 'server.properties');
const told = vi.spyOn(console, 'error').mockImplementation(() => {});
afterEach(() => told.mockClear());
afterAll(() => {
  told.mockRestore();
  rmSync(directory, { recursive: true });
});

/** What Kafka 4.3 ships as config/server.properties says, without its comments. */
const stock = `
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
socket.receive.buffer.bytes=102400
socket.request.max.bytes=104857600
log.dirs=${directory}/kraft-combined-logs
num.partitions=1
num.recovery.threads.per.data.dir=1
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.retention.hours=168
log.segment.bytes=1073741824
log.retention.check.interval.ms=300000
`;

function properties(text: string | undefined, args: string[] = [], environment: Record<string, string> = {}) {
  if (text !== undefined) writeFileSync(file, text);
  const { values } = parseOptions(brokerOptions, args);
  return brokerProperties(values, { file: text === undefined ? undefined : file, environment });
}

test("Kafka's own server.properties starts a broker, which says once what changes nothing", async () => {
  const lines: string[] = [];
  const logger = createLogger('warn', { write: (line) => lines.push(line) });
  const free = ['--override', 'listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://:9093'];
  const given = properties(stock, [
    ...free,
    '--override',
    'advertised.listeners=PLAINTEXT://127.0.0.1:0',
    '--override',
    'no.such=1',
  ]);
  const broker = await startBroker({ properties: given, logger, clusterId: '4L6g3nShT-eMCtK--X86sw' });
  expect(broker.clusterId).toBe('4L6g3nShT-eMCtK--X86sw');
  await broker.close();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'unknown broker configs are ignored', names: ['no.such'] },
    {
      msg: "configs of Kafka's that change nothing in this broker",
      names: [
        'controller.quorum.bootstrap.servers',
        'num.network.threads',
        'num.io.threads',
        'socket.send.buffer.bytes',
        'socket.receive.buffer.bytes',
        'num.recovery.threads.per.data.dir',
      ],
    },
  ]);
  const other = startBroker({ properties: given, clusterId: 'another-cluster-id-000' });
  await expect(other).rejects.toThrow(/belongs to cluster 4L6g3nShT-eMCtK--X86sw.*CLUSTER_ID/);
});

test('the file yields to the environment, that to options, those to --override', () => {
  const text = 'num.partitions=1\nlog.retention.ms=1000\nlog.dirs=/file\nlisteners=PLAINTEXT://:1';
  const environment = { KAFKA_NUM_PARTITIONS: '2', KAFKA_LOG_RETENTION_MS: '2000', KAFKA_LOG_DIRS: '/env' };
  const args = ['--data-dir', '/option', '--override', 'num.partitions=3', '--override', 'node.id = 7'];
  expect(Object.fromEntries(properties(text, args, environment))).toEqual({
    'num.partitions': '3',
    'log.retention.ms': '2000',
    'log.dirs': '/option',
    listeners: 'PLAINTEXT://:1',
    'node.id': '7',
  });
});

test("without a file the broker is for this machine; with one its defaults are Kafka's", () => {
  expect(Object.fromEntries(properties(undefined))).toEqual({
    'group.initial.rebalance.delay.ms': '0',
    'log.dirs': '.millrace/data',
    listeners: 'PLAINTEXT://127.0.0.1:9092',
  });
  expect(properties(undefined, ['--host', '::1', '--kafka-port', '0']).get('listeners')).toBe(
    'PLAINTEXT://[::1]:0',
  );
  expect(Object.fromEntries(properties('num.partitions=4'))).toEqual({
    'num.partitions': '4',
    'log.dirs': '.millrace/data',
  });
  expect(properties('log.dir=/mine').has('log.dirs')).toBe(false);
});

test('variables are mapped as the container images do, those of the image left out', () => {
  const environment = {
    KAFKA_LOG_RETENTION_MS: '1',
    KAFKA_LISTENER_NAME_MY__NAME_SASL_ENABLED_MECHANISMS: 'PLAIN',
    KAFKA_SOME___DASH: 'd',
    KAFKA_HEAP_OPTS: '-Xmx1G',
    KAFKA_OPTS: '-D',
    KAFKA_LOG4J_ROOT_LOGLEVEL: 'WARN',
    KAFKA_JMX_PORT: '9999',
    KAFKA_VERSION: '4.3.0',
    OTHER_NAME: 'x',
  };
  expect(environmentProperties(environment).map(({ name, value }) => `${name}=${value}`)).toEqual([
    'log.retention.ms=1',
    'listener.name.my_name.sasl.enabled.mechanisms=PLAIN',
    'some-dash=d',
  ]);
});

test('every problem is told at once, with the place it comes from', () => {
  const text = '# mine\nnum.partitions=none\n\nlog.segment.bytes=\\\n  12\n';
  const problems = () =>
    properties(text, ['--override', 'durability=never'], { KAFKA_LOG_CLEANUP_POLICY: 'burn' });
  expect(problems).toThrow(
    [
      'There are 4 problems in the configuration of the broker:',
      `  ${file}:2: Invalid value none for configuration num.partitions: Not a number of type INT`,
      `  ${file}:4: Invalid value 12 for configuration log.segment.bytes: Value must be at least 1048576`,
      '  KAFKA_LOG_CLEANUP_POLICY: Invalid value burn for configuration log.cleanup.policy: String must be one of: compact, delete',
      '  --override: Invalid value never for configuration durability: String must be one of: fsync, page-cache',
    ].join('\n'),
  );
});

test.each([
  ['listeners=PLAINTEXT://:70000,PLAINTEXT', 'port 70000 is not between 0 and 65535'],
  ['listeners=PLAINTEXT://:70000,PLAINTEXT', 'value PLAINTEXT for configuration listeners: Unable to parse'],
  ['listeners=A://:1', 'No security protocol defined for listener A in listener.security.protocol.map'],
  ['listener.security.protocol.map=A:B', 'Give NAME:PROTOCOL with one of PLAINTEXT, SSL'],
  ['listener.security.protocol.map=A:SSL,A:PLAINTEXT', 'Listener A has two security protocols'],
  ['listeners=SSL://:1', 'SSL wants SSL, and this broker speaks PLAINTEXT only'],
  ['listeners=PLAINTEXT://:1,SSL://127.0.0.1:1', 'Each listener must have a different port'],
  ['process.roles=broker', 'process.roles must be broker,controller'],
  ['controller.quorum.voters=1@a:1,2@b:1', 'controller.quorum.voters names other nodes (2)'],
  ['broker.id=3\nnode.id=4', 'broker.id (3) and node.id (4) must be the same'],
  ['log.cleaner.min.compaction.lag.ms=9\nlog.cleaner.max.compaction.lag.ms=8', 'must not be greater than'],
  ['listeners=CONTROLLER://:1', 'listeners has no listener for clients'],
  ['inter.broker.listener.name=PLAINTEXT\nsecurity.inter.broker.protocol=PLAINTEXT', 'Only one of'],
])('%j is refused: %s', (text, expected) => {
  expect(() => properties(text)).toThrow(expected);
  expect(() => properties(text)).toThrow(`${file}:1`);
});

test('broker.id names the node, and a property that is given twice is told', () => {
  expect(properties('broker.id=5\nnum.partitions=1\nnum.partitions=2').get('num.partitions')).toBe('2');
  expect(told).toHaveBeenCalledExactlyOnceWith(
    `${file}:3: num.partitions is given again, so line 2 is not used.`,
  );
});

test('a file that is not there is named, and only one may be given', async () => {
  expect(() => configFileOf('a', ['b'])).toThrow('Name one configuration file, not also b.');
  expect(configFileOf(undefined, [])).toBeUndefined();
  await expect((async () => brokerCommand.run(['no-such.properties']))()).rejects.toThrow(
    'no-such.properties: there is no such file.',
  );
  await expect(kafkaServerStartCommand.run([])).rejects.toThrow('Name a file');
  await expect(kafkaServerStartCommand.run(['-daemon', file])).rejects.toThrow('leave it out');
});

test('a properties file of this project is read as Java reads it', () => {
  writeFileSync(file, 'log.dirs : /a\\u0062\\=c\nnum.partitions 3');
  expect(readFileSync(file, 'utf8')).toContain('\\u0062');
  expect(Object.fromEntries(properties('log.dirs : /a\\u0062\\=c\nnum.partitions 3'))).toEqual({
    'log.dirs': '/ab=c',
    'num.partitions': '3',
  });
});

test('kafka-server-start runs a broker from a file, the environment and overrides', async () => {
  const data = join(directory, 'started');
  writeFileSync(file, stock);
  const overrides = ['listeners=PLAINTEXT://127.0.0.1:0', 'advertised.listeners=PLAINTEXT://127.0.0.1:0'];
  const args = [bin, 'kafka-server-start', file, ...overrides.flatMap((each) => ['--override', each])];
  const env = {
    ...process.env,
    KAFKA_LOG_DIRS: data,
    KAFKA_HEAP_OPTS: '-Xmx1G',
    CLUSTER_ID: '4L6g3nShT-eMCtK--X86sw',
  };
  const broker = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let warnings = '';
  broker.stderr.on('data', (chunk) => {
    warnings += chunk;
  });
  const ended = new Promise((resolve) => broker.once('exit', resolve));
  for await (const line of createInterface(broker.stdout)) {
    expect(line).toMatch(/^Kafka 127\.0\.0\.1:\d+$/);
    break;
  }
  broker.kill();
  expect(await ended).toBe(0);
  expect(readFileSync(join(data, 'meta.properties'), 'utf8')).toContain('cluster.id=4L6g3nShT-eMCtK--X86sw');
  expect(warnings.trim().split('\n')).toEqual([expect.stringContaining('num.network.threads')]);
});
