import { createClient } from '../kafka/client/index.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { run } from './load.ts';
import { type BenchProcess, brokerOn, temporaryFolder } from './process.ts';
import type { BenchReport } from './report.ts';
import { checkProduced, produceFrame } from './requests.ts';

const TOPICS = 10;
const PARTITIONS_PER_TOPIC = 1000;
const PARTITIONS_PER_REQUEST = 100;
const PARTITIONS = TOPICS * PARTITIONS_PER_TOPIC;

/** A broker with 10,000 partitions: producing to all of them, its start after a stop and after a kill, memory, open files. */
export async function partitions(report: BenchReport): Promise<void> {
  report.section(`${PARTITIONS} partitions`);
  using folder = temporaryFolder();
  for (const durability of ['fsync', 'page-cache'] as const) {
    const path = `${folder.path}/${durability}`;
    await measure(report, path, durability);
  }
}

async function measure(report: BenchReport, path: string, durability: 'fsync' | 'page-cache'): Promise<void> {
  const name = (what: string) => `${durability}: ${what}`;
  const add = (what: string, value: string) => report.add({ name: name(what), value });
  {
    await using broker = await brokerOn(path, durability);
    add('create the topics', await timed(() => createTopics(broker.address)));
    const produce = () => timedWithCpu(broker.process, () => produceToAll(broker.port));
    add('produce to every partition, first time', await produce());
    add('produce to every partition, again', await produce());
    add('open files', String(broker.process.openFiles));
    add('memory, every log open', megabytes(broker.process));
    await pause(60_000);
    add('memory, every log open, at rest for a minute', megabytes(broker.process));
  }
  {
    await using broker = await brokerOn(path, durability);
    add('start after a stop, spawn to port open', started(broker.process));
    await pause(2_000);
    add('memory at rest after it', megabytes(broker.process));
    add(
      'produce to every partition after it',
      await timedWithCpu(broker.process, () => produceToAll(broker.port)),
    );
    await broker.process.kill();
  }
  {
    await using broker = await brokerOn(path, durability);
    add('start after SIGKILL, spawn to port open', started(broker.process));
    await pause(2_000);
    add('memory at rest after it', megabytes(broker.process));
  }
}

/** Other processes make the wall time longer, not that of the processor. */
function started(broker: BenchProcess): string {
  return `${ms(broker.readyMs)}, CPU ${ms(broker.cpuMs)}`;
}

async function timedWithCpu(broker: BenchProcess, work: () => Promise<void>): Promise<string> {
  const before = broker.cpuMs;
  const wall = await timed(work);
  return `${wall}, CPU ${ms(broker.cpuMs - before)}`;
}

async function createTopics(address: string): Promise<void> {
  const client = createClient({ ...systemPlatform(silentLogger), bootstrapServers: address });
  for (let i = 0; i < TOPICS; i++) {
    const [created] = await client
      .admin()
      .createTopics([{ name: `many-${i}`, partitionCount: PARTITIONS_PER_TOPIC }]);
    if (created?.error !== undefined) throw created.error;
  }
  await client.close();
}

/** One record to each, a hundred partitions a request. */
async function produceToAll(port: number): Promise<void> {
  await run({
    host: '127.0.0.1',
    port,
    requests: PARTITIONS / PARTITIONS_PER_REQUEST,
    inFlight: 5,
    next: (i) => {
      const first = (i * PARTITIONS_PER_REQUEST) % PARTITIONS_PER_TOPIC;
      const topic = `many-${Math.floor((i * PARTITIONS_PER_REQUEST) / PARTITIONS_PER_TOPIC)}`;
      return produceFrame(topic, { count: 1, bytes: 1000, partitions: PARTITIONS_PER_REQUEST, first });
    },
    check: checkProduced,
  });
}

async function timed(work: () => Promise<void>): Promise<string> {
  const startedAt = performance.now();
  await work();
  return ms(performance.now() - startedAt);
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function megabytes({ residentBytes }: BenchProcess): string {
  return `${(residentBytes / 1e6).toFixed(0)} MB`;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
