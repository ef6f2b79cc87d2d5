import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../kafka/client/index.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { runOk } from '../test/compat/child.ts';
import { install } from '../test/compat/install.ts';
import { cache } from '../test/compat/places.ts';
import { type Contender, contenders, kafkaTool, RunningContender } from './contender.ts';
import { type SyncTimes, syncTimes } from './disk.ts';
import { temporaryFolder } from './process.ts';
import { type BenchReport, median } from './report.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const BINARY = join('bench', '.cache', 'rdkafka-load');
/** About the same time each: what is small is so because of its requests, not its bytes. */
const loads = [
  { bytes: 100, records: 3_000_000, codec: 'none' },
  { bytes: 100, records: 1_500_000, codec: 'lz4' },
  { bytes: 1000, records: 800_000, codec: 'none' },
  { bytes: 1000, records: 400_000, codec: 'lz4' },
] as const;

/** One figure of one round; `better` says which way is better. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/** Apache Kafka as it comes beside ours in both durabilities, in turns, under the same clients. */
export async function sideBySide(report: BenchReport): Promise<void> {
  report.section('beside Apache Kafka 4.3 (its default, page-cache, durability; median of rounds)');
  const library = await prepare(report);
  if (library === undefined) return;
  const figures = new Map<Contender, Figure[][]>(contenders.map((contender) => [contender, []]));
  const disk: SyncTimes[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    disk.push(await syncTimes(1000, 10));
    for (const contender of contenders) figures.get(contender)?.push(await measure(contender, library));
  }
  print(report, figures);
  const middle = (of: (times: SyncTimes) => number) => median(disk.map(of)).toFixed(2);
  report.note(
    `The disk alone, 1 KB appended and synced 1,000 times a second: p50 ${middle((each) => each.p50Ms)} ms, ` +
      `p99 ${middle((each) => each.p99Ms)} ms, p99.9 ${middle((each) => each.p999Ms)} ms.`,
  );
}

/** Where librdkafka is, once everything is there; otherwise says what is missing. */
async function prepare(report: BenchReport): Promise<string | undefined> {
  try {
    await install('java');
    await install('confluent-kafka');
  } catch (error) {
    report.skip('Apache Kafka and librdkafka', error instanceof Error ? error.message : String(error));
    return undefined;
  }
  mkdirSync(join('bench', '.cache'), { recursive: true });
  const compiled = spawnSync('cc', ['-O2', '-o', BINARY, 'bench/native/rdkafka-load.c', '-ldl']);
  const library = globSync(join(cache, 'confluent-kafka-*/**/confluent_kafka.libs/librdkafka-*.so*'))[0];
  if (compiled.status === 0 && library !== undefined) return library;
  report.skip('load through librdkafka', 'there is no C compiler (cc), or no librdkafka in confluent-kafka');
  return undefined;
}

async function measure(contender: Contender, library: string): Promise<Figure[]> {
  using folder = temporaryFolder();
  await using broker = await RunningContender.start(contender, folder.path);
  const lower = (name: string, value: number, unit: string): Figure => ({
    name,
    value,
    unit,
    better: 'lower',
  });
  await sleep(3_000);
  const figures = [
    lower('spawn to first connection', broker.readyMs, 'ms'),
    lower('memory at rest', broker.residentBytes / 1e6, 'MB'),
  ];
  await warmUp(broker, library);
  for (const load of loads) figures.push(...(await throughput(broker, load, library)));
  for (const load of loads) figures.push(...(await javaThroughput(broker, load)));
  const topic = await newTopic(broker, 'latency');
  const { p50Us, p99Us, p999Us } = await rdkafka(library, 'latency', broker.address, topic, '1000', '10');
  figures.push(
    lower('end to end at 1,000/s, p50', (p50Us ?? Number.NaN) / 1000, 'ms'),
    lower('end to end at 1,000/s, p99', (p99Us ?? Number.NaN) / 1000, 'ms'),
    lower('end to end at 1,000/s, p99.9', (p999Us ?? Number.NaN) / 1000, 'ms'),
    lower('memory after the load', broker.residentBytes / 1e6, 'MB'),
  );
  await sleep(15_000);
  figures.push(lower('memory after the load, at rest for 15 s', broker.residentBytes / 1e6, 'MB'));
  return figures;
}

type Load = (typeof loads)[number];

/** Compilers at run time, the JVM's above all, have seen the code before anything is measured. */
async function warmUp(broker: RunningContender, library: string): Promise<void> {
  for (const codec of ['none', 'lz4']) {
    const topic = await newTopic(broker, `warm-up-${codec}`);
    await rdkafka(library, 'produce', broker.address, topic, '1000000', '300', codec);
    await rdkafka(library, 'consume', broker.address, topic, '1000000');
  }
}

async function throughput(broker: RunningContender, load: Load, library: string): Promise<Figure[]> {
  const { bytes, records, codec } = load;
  const topic = await newTopic(broker, `c-${bytes}-${codec}`);
  const gigabytes = (bytes * records) / 1e9;
  const before = broker.cpuSeconds;
  const args = [String(records), String(bytes), codec];
  const produced = await rdkafka(library, 'produce', broker.address, topic, ...args);
  const between = broker.cpuSeconds;
  const consumed = await rdkafka(library, 'consume', broker.address, topic, String(records));
  const after = broker.cpuSeconds;
  const name = `${bytes} B, ${codec}`;
  return [
    rate(`librdkafka produces ${name}`, records, produced['seconds']),
    rate(`librdkafka consumes ${name}`, records, consumed['seconds']),
    { name: `  CPU to take ${name}`, value: (between - before) / gigabytes, unit: 's/GB', better: 'lower' },
    { name: `  CPU to give ${name}`, value: (after - between) / gigabytes, unit: 's/GB', better: 'lower' },
  ];
}

/** Kafka's own performance tools, a JVM each, as its scripts start them. */
async function javaThroughput(broker: RunningContender, load: Load): Promise<Figure[]> {
  const { bytes, records, codec } = load;
  const topic = await newTopic(broker, `java-${bytes}-${codec}`);
  const common = ['--topic', topic, '--bootstrap-server', broker.address];
  const size = ['--num-records', String(records), '--record-size', String(bytes), '--throughput', '-1'];
  const properties = ['acks=all', `compression.type=${codec}`];
  const produced = await tool('ProducerPerformance', [
    ...common,
    ...size,
    ...properties.flatMap((each) => ['--command-property', each]),
  ]);
  const consumed = await tool('ConsumerPerformance', [...common, '--num-records', String(records)]);
  const perSecond = /([\d.]+) records\/sec/.exec(produced.trim().split('\n').at(-1) ?? '')?.[1];
  const columns = consumed.trim().split('\n').at(-1)?.split(', ') ?? [];
  return [
    rate(`Java produces ${bytes} B, ${codec}`, Number(perSecond), 1),
    rate(`Java consumes ${bytes} B, ${codec}`, Number(columns[9] ?? columns[5]), 1),
  ];
}

function rate(name: string, records: number, seconds: number | undefined): Figure {
  return { name, value: records / (seconds ?? Number.NaN) / 1000, unit: 'k/s', better: 'higher' };
}

async function rdkafka(
  library: string,
  ...args: readonly string[]
): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await runOk(BINARY, [library, ...args], { timeoutMs: 400_000 });
  return JSON.parse(stdout) as Record<string, number>;
}

async function tool(mainClass: string, args: readonly string[]): Promise<string> {
  const command = kafkaTool(`org.apache.kafka.tools.${mainClass}`, args);
  return (await runOk('java', command, { timeoutMs: 400_000 })).stdout;
}

async function newTopic(broker: RunningContender, name: string): Promise<string> {
  const client = createClient({ ...systemPlatform(silentLogger), bootstrapServers: broker.address });
  const [created] = await client.admin().createTopics([{ name, partitionCount: 1 }]);
  await client.close();
  if (created?.error !== undefined) throw created.error;
  return name;
}

function print(report: BenchReport, figures: ReadonlyMap<Contender, readonly (readonly Figure[])[]>): void {
  const middle = (contender: Contender, index: number) =>
    median((figures.get(contender) ?? []).map((round) => round[index]?.value ?? Number.NaN));
  for (const [index, figure] of (figures.get('kafka')?.[0] ?? []).entries()) {
    const kafka = middle('kafka', index);
    const cells = contenders.map((contender) => {
      const value = middle(contender, index);
      const ratio = figure.better === 'higher' ? value / kafka : kafka / value;
      const share = contender === 'kafka' ? '' : ` (${ratio.toFixed(2)})`;
      return `${contender} ${value.toFixed(value < 10 ? 2 : 0)} ${figure.unit}${share}`;
    });
    report.compare(figure.name, cells);
  }
  report.note('In brackets: how many times better than Apache Kafka; below 1 is worse.');
}
