import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Broker } from '../../../broker/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { systemPlatform } from '../../../platform/system-platform.ts';

const bin = join(import.meta.dirname, '../../../runtime/bin.ts');
const folder = mkdtempSync(join(tmpdir(), 'millrace-worker-'));
let broker: Broker;
let bootstrapServers = '';

beforeAll(async () => {
  const system = systemPlatform(silentLogger);
  const { clock, executor } = system;
  const files = new MemoryFiles({ clock, executor, entropy: new SeededEntropy('worker') });
  const properties = new Map([
    ['log.dirs', '/data'],
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
    ['group.initial.rebalance.delay.ms', '0'],
    ['offsets.topic.num.partitions', '1'],
  ]);
  broker = await Broker.start({ platform: { ...system, files }, properties });
  bootstrapServers = `127.0.0.1:${broker.listeners[0]?.advertised.port}`;
});

afterAll(async () => {
  await broker.close();
  rmSync(folder, { recursive: true });
});

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';

function workerFile(name: string, properties: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  const all = {
    'bootstrap.servers': bootstrapServers,
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    listeners: 'http://127.0.0.1:0',
    ...properties,
  };
  writeFileSync(
    path,
    Object.entries(all)
      .flatMap(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  return path;
}

const topics = {
  'group.id': 'workers',
  'config.storage.topic': 'configs',
  'offset.storage.topic': 'offsets',
  'offset.storage.partitions': '1',
  'status.storage.topic': 'statuses',
  'status.storage.partitions': '1',
};

function millrace(...args: string[]) {
  return spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
}

test('a stop ends commands at once that wait for a cluster that does not answer', async () => {
  const worker = workerFile('nowhere.properties', { 'bootstrap.servers': NOWHERE, ...topics });
  const pipeline = join(folder, 'p.yaml');
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  writeFileSync(
    pipeline,
    'name: p\nsource: { connector: file, config: { file: a.txt } }\ntopic: { name: t, value: string }\n',
  );
  const elsewhere = ['--bootstrap-server', NOWHERE];
  const commands = [
    ['worker', worker],
    ['registry', ...elsewhere, '--port', '0'],
    ['run', pipeline, ...elsewhere, '--until-done'],
  ];
  const codes = await Promise.all(
    commands.map(async (args) => {
      const child = millrace(...args);
      const ended = once(child, 'exit');
      // It tries to reach its cluster, and says so.
      for await (const _ of createInterface(child.stderr)) break;
      child.kill('SIGINT');
      return (await ended)[0];
    }),
  );
  expect(codes).toEqual([0, 0, 130]);
});

test('a worker is named after the address that its REST API has got', async () => {
  const child = millrace('worker', workerFile('worker.properties', topics), '--json');
  const ended = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    const { rest } = JSON.parse(line) as { rest: string };
    const config = { 'connector.class': 'FileStreamSource', topic: 't', file: join(folder, 'a.txt') };
    await fetch(`${rest}/connectors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'in', config }),
    });
    const { connector } = (await (await fetch(`${rest}/connectors/in/status`)).json()) as {
      connector: { worker_id: string };
    };
    expect(`http://${connector.worker_id}`).toBe(rest);
    break;
  }
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

async function failed(...args: string[]): Promise<{ readonly code: unknown; readonly err: string }> {
  const child = millrace(...args);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, err };
}

test('a port of the REST API that is taken is told with what chooses another', async () => {
  const { port } = new URL(`http://${bootstrapServers}`);
  const listeners = `http://127.0.0.1:${port}`;
  const { code, err } = await failed('worker', workerFile('taken.properties', { ...topics, listeners }));
  expect(code).toBe(1);
  expect(err).toMatch(
    /address already in use .*\. Stop what listens there, or choose with listeners in the worker's properties; port 0 takes a free one\.\n$/,
  );
});

test('everything that is wrong with the properties of a worker is told at once', async () => {
  const file = workerFile('wrong.properties', {
    'group.id': 'g',
    'offset.flush.interval.ms': 'soon',
    'request.timeout.ms': 'x',
    'rest.port': '8083',
    'security.protocol': 'SASL_SSL',
    'producer.linger.ms': 'abc',
  });
  const { code, err } = await failed('worker', file);
  expect(code).toBe(2);
  expect(err.trimEnd().split('\n')).toEqual([
    ...['config', 'offset', 'status'].map(
      (kind) => `${file}: Missing required configuration "${kind}.storage.topic" which has no default value.`,
    ),
    `${file}: Invalid value x for configuration request.timeout.ms: Not a number of type LONG`,
    `${file}: Invalid value soon for configuration offset.flush.interval.ms: Not a number of type LONG`,
    `${file}: producer.*: Invalid value abc for configuration linger.ms: Not a number of type LONG`,
    expect.stringContaining(`${file}: rest.port is not a key of the REST API. Known are:`),
    `${file}: security.protocol=SASL_SSL: known so far are PLAINTEXT and SSL`,
  ]);
});
