import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../kafka/client/index.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { until } from '../test/compat/child.ts';
import { install } from '../test/compat/install.ts';
import { compileConnectors, PinnedWorker, type WorkerName, workers } from './connect-worker.ts';
import { type Contender, RunningContender } from './contender.ts';
import { temporaryFolder } from './process.ts';
import { type BenchReport, median } from './report.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const BROKER = (process.env['BENCH_BROKER'] ?? 'kafka') as Contender;
const WORKER_CORE = '0';
const RECORDS = Number(process.env['BENCH_RECORDS'] ?? 1_000_000);
/** Before anything is measured, so that compilers at run time have seen the code. */
const WARM_UP_RECORDS = 200_000;

/** One figure of one round; `better` says which way is better. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/** A way from a source through a topic to a file: the same on both workers. */
interface Way {
  readonly name: string;
  source(worker: WorkerName, topic: string, records: number, folder: string): Record<string, string>;
  sink(worker: WorkerName, topic: string, file: string): Record<string, string>;
}

const lines: Way = {
  name: 'file → topic → file',
  source: (_worker, topic, records, folder) => ({
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
    ...{ file: linesFile(folder, records), topic },
  }),
  sink: (_worker, topic, file) => ({
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    ...{ file, topics: topic },
  }),
};

const json = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};
const transforms = {
  transforms: 'insert,replace,cast',
  'transforms.insert.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
  'transforms.insert.static.field': 'origin',
  'transforms.insert.static.value': 'bench',
  'transforms.replace.type': 'org.apache.kafka.connect.transforms.ReplaceField$Value',
  'transforms.replace.renames': 'itemid:item,orderunits:units',
  'transforms.cast.type': 'org.apache.kafka.connect.transforms.Cast$Value',
  'transforms.cast.spec': 'orderid:int64,ordertime:string',
};

/** Kafka Connect's own connectors make no structs and write no JSON: those of `bench/java` do there what ours do here. */
const orders: Way = {
  name: 'datagen → 3 transforms → topic → jsonl',
  source: (worker, topic, records) => ({
    ...(worker === 'kafka'
      ? { 'connector.class': 'bench.OrderSource' }
      : { 'connector.class': 'datagen', quickstart: 'orders', 'max.interval': '0' }),
    ...{ topic, iterations: String(records), ...json, ...transforms },
  }),
  sink: (worker, topic, file) => ({
    ...(worker === 'kafka'
      ? { 'connector.class': 'bench.JsonLinesSink' }
      : { 'connector.class': 'jsonl', fsync: 'false' }),
    ...{ file, topics: topic, ...json },
  }),
};

/** Our Connect worker beside Apache Kafka's on the same broker, each on one core, in turns. */
export async function connect(report: BenchReport): Promise<void> {
  report.section(
    `beside Apache Kafka Connect 4.3, on one core, broker: ${BROKER} (median of ${ROUNDS} rounds)`,
  );
  if (!(await isPrepared(report))) return;
  const figures = new Map<WorkerName, Figure[][]>(workers.map((worker) => [worker, []]));
  using folder = temporaryFolder();
  using _ = keepOffWorkerCore();
  await using broker = await RunningContender.start(BROKER, folder.path);
  for (let round = 0; round < ROUNDS; round++)
    for (const worker of workers) figures.get(worker)?.push(await measure(worker, broker.address, round));
  print(report, figures);
}

async function isPrepared(report: BenchReport): Promise<boolean> {
  try {
    await install('java');
    await compileConnectors();
  } catch (error) {
    report.skip('Apache Kafka Connect', error instanceof Error ? error.message : String(error));
    return false;
  }
  if (spawnSync('taskset', ['-c', '0', 'true']).status === 0) return true;
  report.skip('both workers', 'there is no taskset (Linux), or no core 0 for this process');
  return false;
}

/** This process and what it starts from now on, the broker, leave the worker's core to the worker, until disposed. */
function keepOffWorkerCore(): Disposable {
  const last = availableParallelism() - 1;
  const allow = (cores: string): void => {
    if (last > 0) spawnSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)]);
  };
  allow(`1-${last}`);
  return { [Symbol.dispose]: () => allow(`0-${last}`) };
}

async function measure(worker: WorkerName, bootstrap: string, round: number): Promise<Figure[]> {
  using folder = temporaryFolder();
  await using running = await PinnedWorker.start(worker, {
    bootstrap,
    folder: folder.path,
    core: WORKER_CORE,
  });
  const lower = (name: string, value: number, unit: string): Figure => ({
    name,
    value,
    unit,
    better: 'lower',
  });
  const figures = [
    lower('spawn to healthy', running.readyMs, 'ms'),
    lower('memory at rest', running.residentBytes / 1e6, 'MB'),
  ];
  for (const way of [lines, orders]) {
    const id = `${worker}-${round}-${way === lines ? 'lines' : 'orders'}`;
    await move(running, way, {
      worker,
      bootstrap,
      id: `${id}-warm`,
      folder: folder.path,
      records: WARM_UP_RECORDS,
    });
    const before = running.cpuSeconds;
    const seconds = await move(running, way, {
      worker,
      bootstrap,
      id,
      folder: folder.path,
      records: RECORDS,
    });
    const millions = RECORDS / 1e6;
    figures.push(
      { name: way.name, value: RECORDS / seconds / 1000, unit: 'k/s', better: 'higher' },
      lower('  CPU per million records', (running.cpuSeconds - before) / millions, 's'),
    );
  }
  figures.push(lower('memory after the load', running.residentBytes / 1e6, 'MB'));
  await sleep(15_000);
  figures.push(lower('memory after the load, at rest for 15 s', running.residentBytes / 1e6, 'MB'));
  return figures;
}

/** Seconds from the creation of the connectors until the last line is in the file. */
async function move(
  running: PinnedWorker,
  way: Way,
  job: {
    readonly worker: WorkerName;
    readonly bootstrap: string;
    readonly id: string;
    readonly folder: string;
    readonly records: number;
  },
): Promise<number> {
  const { worker, bootstrap, id, folder, records } = job;
  await createTopic(bootstrap, id);
  const out = join(folder, `${id}.out`);
  writeFileSync(out, '');
  const source = way.source(worker, id, records, folder);
  const startedAt = performance.now();
  await running.create(`${id}-sink`, { 'tasks.max': '1', ...way.sink(worker, id, out) });
  await running.create(`${id}-source`, { 'tasks.max': '1', ...source });
  await allLines(
    out,
    records,
    async () => `${await running.statusOf(`${id}-source`)} ${await running.statusOf(`${id}-sink`)}`,
  );
  const seconds = (performance.now() - startedAt) / 1000;
  await running.delete(`${id}-source`);
  await running.delete(`${id}-sink`);
  return seconds;
}

async function allLines(path: string, count: number, otherwise: () => Promise<string>): Promise<void> {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(1 << 20);
  let seen = 0;
  try {
    await until(`${count} lines in ${path}`, 300_000, () => {
      for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
        for (let at = chunk.indexOf(10); at >= 0 && at < length; at = chunk.indexOf(10, at + 1)) seen++;
      }
      return seen >= count;
    });
  } catch (error) {
    throw new Error(`${seen} of ${count} lines; ${await otherwise()}`, { cause: error });
  } finally {
    closeSync(file);
  }
}

/** Lines of 80 bytes. */
function linesFile(folder: string, records: number): string {
  const path = join(folder, `in-${records}.txt`);
  const text = 'a line of a log file as there are many, with a number in it';
  const all = Array.from({ length: records }, (_, n) => `${text} ${String(n).padStart(19, '0')}\n`);
  writeFileSync(path, all.join(''));
  return path;
}

async function createTopic(bootstrap: string, name: string): Promise<void> {
  const client = createClient({ ...systemPlatform(silentLogger), bootstrapServers: bootstrap });
  const [created] = await client.admin().createTopics([{ name, partitionCount: 1 }]);
  await client.close();
  if (created?.error !== undefined) throw created.error;
}

function print(report: BenchReport, figures: ReadonlyMap<WorkerName, readonly (readonly Figure[])[]>): void {
  const middle = (worker: WorkerName, index: number) =>
    median((figures.get(worker) ?? []).map((round) => round[index]?.value ?? Number.NaN));
  for (const [index, { name, unit, better }] of (figures.get('kafka')?.[0] ?? []).entries()) {
    const kafka = middle('kafka', index);
    const ours = middle('millrace', index);
    const ratio = better === 'higher' ? ours / kafka : kafka / ours;
    const shown = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`;
    report.compare(name, [`kafka ${shown(kafka)}`, `millrace ${shown(ours)} (${ratio.toFixed(2)})`]);
  }
  report.note('In brackets: how many times better than Apache Kafka Connect; below 1 is worse.');
}
