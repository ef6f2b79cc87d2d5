import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Logger, silentLogger } from '../../../platform/logger.ts';
import type { Plugin } from '../../../runtime/plugin/index.ts';
import type { Worker } from '../../../runtime/worker.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';
import { sink as evilSink, source as evilSource, lister, typed } from './isolated-plugins.ts';

const file = fileURLToPath(new URL('./isolated-plugins.ts', import.meta.url));
const evil = [evilSource, evilSink, lister, typed] as unknown as readonly Plugin[];

/** They start real threads and processes, each of which loads the runtime's modules. */
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

let cluster: TestCluster;
let neighbour: CountingSource;
beforeEach(async () => {
  cluster = await TestCluster.start();
  neighbour = new CountingSource();
});
afterEach(() => cluster.close());

const limits = { 'isolation.memory.max.mb': '32' };
/** A loop that does nothing is found out soon; one that fills the memory must be given the time for it. */
const patience = (kind: string): object =>
  kind.endsWith('spin') ? { 'isolation.response.timeout.ms': '1000' } : {};

function start(plugins: readonly Plugin[] = []): Promise<Worker> {
  return cluster.worker([neighbour.plugin, ...plugins], {}, { file, plugins: evil });
}

/** The other connectors and the herder still work. */
async function expectLife(worker: Worker): Promise<void> {
  await worker.herder.createConnector('neighbour', { 'connector.class': 'counting', topic: 'life' });
  await worker.whenDone(['neighbour']);
  expect(await cluster.read('life')).toHaveLength(10);
}

const trace = (worker: Worker, name: string): string =>
  worker.herder.connectorStatus(name).tasks[0]?.trace ??
  worker.herder.connectorStatus(name).connector.trace ??
  '';

const texts = {
  spin: 'did not answer for 1000 ms and was ended',
  leak: 'ran out of memory at 32 MiB',
  exit: 'ended with exit code 3',
  throw: 'thrown on purpose',
  crash: 'SyntaxError',
} as const;

/** Creates one connector for each kind of evil and waits until all have failed. */
async function failAll(worker: Worker, kinds: readonly string[], config: Readonly<Record<string, string>>) {
  for (const kind of kinds) {
    const own = { topic: `t-${kind}`, evil: kind, ...limits, ...patience(kind) };
    await worker.herder.createConnector(kind, { ...config, ...own });
  }
  const stateOf = (name: string): unknown => {
    const { connector, tasks } = worker.herder.connectorStatus(name);
    return connector.state === 'FAILED' ? connector.state : tasks[0]?.state;
  };
  await until(() => kinds.every((kind) => stateOf(kind) === 'FAILED'));
}

const numbers = Array.from({ length: 20 }, (_, n) => n);
const sinkTexts = {
  'open-throw': texts.throw,
  'write-spin': texts.spin,
  'write-leak': texts.leak,
  'write-exit': texts.exit,
  'flush-exit': texts.exit,
  'flush-throw': texts.throw,
} as const;

for (const isolation of ['thread', 'process'] as const) {
  test(`sources that spin, leak, exit, throw or crash fail alone, and lose nothing they gave (${isolation})`, async () => {
    const worker = await start();
    const lost = {
      'connector.class': 'evil-lister',
      topic: 't',
      evil: 'spin',
      isolation,
      ...patience('spin'),
    };
    await worker.herder.createConnector('lister', lost);
    await failAll(worker, Object.keys(texts), { 'connector.class': 'evil-source', isolation });
    await expectLife(worker);
    await until(() => worker.herder.connectorStatus('lister').connector.state === 'FAILED');
    expect(trace(worker, 'lister')).toContain(texts.spin);
    for (const [kind, text] of Object.entries(texts)) {
      expect(trace(worker, kind)).toContain(text);
      expect((await cluster.read(`t-${kind}`)).map(({ value }) => Number(value))).toEqual(numbers);
      await worker.herder.stopConnector(kind);
      expect(await worker.herder.connectorOffsets(kind)).toMatchObject([
        { offset: { 'millrace.position': 20 } },
      ]);
    }
  });

  test(`sinks that spin, leak, exit or throw in any method fail alone and commit nothing (${isolation})`, async () => {
    const worker = await start();
    await expectLife(worker);
    await failAll(worker, Object.keys(sinkTexts), {
      'connector.class': 'evil-sink',
      topics: 'life',
      isolation,
    });
    for (const [kind, text] of Object.entries(sinkTexts)) {
      expect(trace(worker, kind)).toContain(text);
      expect(await worker.herder.connectorOffsets(kind)).toEqual([]);
      await worker.herder.deleteConnector(kind);
    }
    expect(worker.herder.connectors()).toEqual(['neighbour']);
  });

  test(`records, schemas, decimals, bytes and counters cross unchanged, and a sink gets them (${isolation})`, async () => {
    const sink = new TableSink();
    const worker = await start([sink.plugin]);
    await worker.herder.createConnector('in', { 'connector.class': 'typed-source', topic: 't', isolation });
    await worker.whenDone(['in']);
    expect(worker.progress().find(({ name }) => name === 'in')?.tasks[0]?.metrics).toEqual({ given: 3 });
    const records = await cluster.read('t');
    expect(records.map(({ value }) => JSON.parse(value ?? ''))).toEqual([
      { n: 0, price: 'BQ==' },
      { n: 1, price: 'aQ==' },
      { n: 2, price: 'AM0=' },
    ]);
    expect(records[2]?.headers).toEqual({ n: '2' });
    const out = { 'connector.class': 'evil-sink', topics: 't', evil: 'no', isolation };
    await worker.herder.createConnector('out', out);
    await worker.whenDone(['out']);
  });

  test(`a secret is neither in the log nor in the failure, and the environment stays here (${isolation})`, async () => {
    await cluster.close();
    const printed: unknown[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (...line) => void printed.push(line),
      child: () => logger,
    };
    cluster = await TestCluster.start(logger);
    process.env['MILLRACE_CANARY'] = 'bird';
    const worker = await start();
    const config = { 'connector.class': 'evil-source', topic: 'n', evil: 'secret', isolation };
    await worker.herder.createConnector('bad', { ...config, password: 'geheim' });
    await until(() => worker.herder.connectorStatus('bad').tasks[0]?.state === 'FAILED');
    expect(trace(worker, 'bad')).toContain('the password is [hidden]');
    expect(trace(worker, 'bad')).not.toContain('MILLRACE_CANARY');
    expect(printed.length).toBeGreaterThan(0);
    expect(JSON.stringify(printed)).not.toContain('geheim');
    delete process.env['MILLRACE_CANARY'];
  });
}

for (const isolation of ['inline', 'thread', 'process'] as const) {
  test(`a source that never stops is given up, and what it sent is kept (${isolation})`, async () => {
    const worker = await cluster.worker(
      [neighbour.plugin],
      { 'task.shutdown.graceful.timeout.ms': '150' },
      { file, plugins: evil },
    );
    const config = { 'connector.class': 'evil-source', topic: 'numbers', evil: 'hang', isolation };
    await worker.herder.createConnector('bad', config);
    await until(() => worker.progress()[0]?.tasks[0]?.recordsWritten === 20);
    await until(async () => (await worker.herder.connectorOffsets('bad')).length > 0);
    await worker.herder.stopConnector('bad');
    expect(worker.herder.connectorStatus('bad').connector.state).toBe('STOPPED');
    await expectLife(worker);
  });

  test(`a record of 100 MB fails its task with the size, and nothing before it is lost (${isolation})`, async () => {
    const worker = await start();
    const config = { 'connector.class': 'evil-source', topic: 'numbers', evil: 'big', isolation };
    await worker.herder.createConnector('bad', { ...config, 'isolation.memory.max.mb': '1024' });
    await until(() => worker.herder.connectorStatus('bad').tasks[0]?.state === 'FAILED');
    expect(trace(worker, 'bad')).toMatch(/1048576|too large/i);
    await expectLife(worker);
    expect(await cluster.read('numbers')).toHaveLength(20);
  });

  test(`a source that throws fails alone (${isolation})`, async () => {
    const worker = await start();
    const config = { 'connector.class': 'evil-source', topic: 'numbers', evil: 'throw', isolation };
    await worker.herder.createConnector('bad', config);
    await until(() => worker.herder.connectorStatus('bad').tasks[0]?.state === 'FAILED');
    expect(trace(worker, 'bad')).toContain('thrown on purpose');
    await expectLife(worker);
  });
}
