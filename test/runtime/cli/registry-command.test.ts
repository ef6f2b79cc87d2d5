import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Broker } from '../../../broker/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { systemPlatform } from '../../../platform/system-platform.ts';
import { registryCommand } from '../../../runtime/cli/commands/registry.ts';

const bin = join(import.meta.dirname, '../../../runtime/bin.ts');

type Registry = ChildProcessByStdio<null, Readable, Readable>;

let broker: Broker;

beforeAll(async () => {
  const system = systemPlatform(silentLogger);
  const { clock, executor } = system;
  const files = new MemoryFiles({ clock, executor, entropy: new SeededEntropy('registry') });
  const properties = new Map([
    ['log.dirs', '/data'],
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
    ['group.initial.rebalance.delay.ms', '0'],
    ['offsets.topic.num.partitions', '1'],
  ]);
  broker = await Broker.start({ platform: { ...system, files }, properties });
});

afterAll(() => broker.close());

async function start(...more: string[]): Promise<{ registry: Registry; url: string }> {
  const flags = [
    '--bootstrap-server',
    `127.0.0.1:${broker.listeners[0]?.advertised.port}`,
    '--port',
    '0',
    '--json',
    ...more,
  ];
  const registry = spawn(process.execPath, [bin, 'registry', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for await (const line of createInterface(registry.stdout)) {
    return { registry, url: (JSON.parse(line) as { registry: string }).registry };
  }
  throw new Error('the registry said nothing');
}

async function ask(method: string, url: string, body?: object): Promise<{ status: number; json: unknown }> {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, json: await response.json() };
}

async function stopped(registry: Registry): Promise<unknown> {
  const ended = once(registry, 'exit');
  registry.kill('SIGTERM');
  const [code] = (await ended) as unknown[];
  return code;
}

/** As clients do while there is no primary yet. */
async function register(url: string, schema: string): Promise<unknown> {
  for (;;) {
    const { status, json } = await ask('POST', `${url}/subjects/s/versions`, { schema });
    if (status < 500) return json;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('millrace registry keeps its schemas in the topic, answers like the release that was asked for, and stops', async () => {
  const topic = ['--topic', 'schemas-of-ours', '--group-id', 'registries-of-ours'];
  const first = await start(...topic, '--compat-level', '7');
  expect(await register(first.url, '"string"')).toEqual({ id: 1 });
  expect(await stopped(first.registry)).toBe(0);
  const second = await start(...topic);
  expect(await ask('GET', `${second.url}/schemas/ids/1`)).toMatchObject({
    status: 200,
    json: { schemaType: 'AVRO', schema: '"string"' },
  });
  expect(await ask('GET', `${second.url}/v1/metadata/id`)).toMatchObject({
    json: { scope: { clusters: { 'kafka-cluster': expect.stringMatching(/./) } } },
  });
  expect(await stopped(second.registry)).toBe(0);
});

test('millrace registry says what is missing', async () => {
  await expect(registryCommand.run([])).rejects.toThrow(
    '--bootstrap-server is missing: name a Kafka cluster.',
  );
});
