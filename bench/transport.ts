import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '../kafka/client/index.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { run } from './load.ts';
import { BenchProcess, startBroker, temporaryFolder } from './process.ts';
import { type BenchReport, perSecond, thousands } from './report.ts';
import { checkFetched, checkProduced, fetchFrame, produceFrame } from './requests.ts';

const BATCHES = 2_000;
const TOPIC = 'bench';
const MEGABYTE = 1 << 20;

/** Bytes and requests through the socket, beside what the machine can do at all. */
export async function transport(report: BenchReport): Promise<void> {
  report.section('bytes and requests, one connection');
  const loopback = await rawLoopback();
  report.add({ name: 'raw loopback, Node to Node', value: perSecond(loopback) });
  const floor = await nativeFloor(report);
  for (const durability of ['page-cache', 'fsync'] as const) {
    await using broker = await startBroker(durability);
    await createTopic(broker.address);
    const produced = await produceBytes(broker.port);
    const name = `produce, 1 KB records in 1 MB batches, ${durability}`;
    report.add({ name, value: perSecond(produced), ratio: produced / loopback, limit: 'raw loopback' });
    if (floor !== undefined) {
      report.add({
        name: '',
        value: '',
        ratio: produced / floor,
        limit: 'the C floor (receive, CRC, write)',
      });
    }
    const fetched = await fetchBytes(broker.port);
    report.add({
      name: `fetch, the same, ${durability}`,
      value: perSecond(fetched),
      ratio: fetched / loopback,
      limit: 'raw loopback',
    });
    const small = await smallRequests(broker.port);
    report.add({ name: `produce requests of one 100-byte record, ${durability}`, value: thousands(small) });
  }
}

async function rawLoopback(): Promise<number> {
  await using sink = await BenchProcess.start(process.execPath, ['bench/raw-sink.ts']);
  const bytes = Buffer.alloc(MEGABYTE);
  const load = {
    host: '127.0.0.1',
    port: Number(sink.firstLine),
    next: () => bytes,
    inFlight: 8,
    plainAnswerBytes: 4,
  };
  const { bytesSent, seconds } = await run({ ...load, requests: BATCHES });
  return bytesSent / seconds;
}

/** Compiles and runs the least that a broker must do; needs a C compiler and an x86-64 processor. */
async function nativeFloor(report: BenchReport): Promise<number | undefined> {
  mkdirSync('bench/.cache', { recursive: true });
  const binary = join('bench', '.cache', 'floor');
  const compiled = spawnSync('cc', ['-O2', '-msse4.2', '-o', binary, 'bench/native/floor.c']);
  if (compiled.status !== 0 || !existsSync(binary)) {
    report.skip('C floor: receive, CRC, write on one thread', 'there is no C compiler (cc) for it');
    return undefined;
  }
  using folder = temporaryFolder();
  await using floor = await BenchProcess.start(binary, ['0', join(folder.path, 'floor.log')]);
  const frame = produceFrame(TOPIC, { count: 1000, bytes: 1000 });
  const load = {
    host: '127.0.0.1',
    port: Number(floor.firstLine),
    next: () => frame,
    inFlight: 8,
    plainAnswerBytes: 4,
  };
  const { bytesSent, seconds } = await run({ ...load, requests: BATCHES });
  const rate = bytesSent / seconds;
  report.add({ name: 'C floor: receive, CRC, write on one thread', value: perSecond(rate) });
  return rate;
}

async function produceBytes(port: number): Promise<number> {
  const frame = produceFrame(TOPIC, { count: 1000, bytes: 1000 });
  const load = { host: '127.0.0.1', port, next: () => frame, inFlight: 8, check: checkProduced };
  const { bytesSent, seconds } = await run({ ...load, requests: BATCHES });
  return bytesSent / seconds;
}

async function fetchBytes(port: number): Promise<number> {
  const load = { host: '127.0.0.1', port, inFlight: 4, check: checkFetched };
  const next = (index: number) => fetchFrame(TOPIC, index * 1000);
  const { bytesReceived, seconds } = await run({ ...load, next, requests: BATCHES });
  return bytesReceived / seconds;
}

async function smallRequests(port: number): Promise<number> {
  const frame = produceFrame(TOPIC, { count: 1, bytes: 100 });
  const load = { host: '127.0.0.1', port, next: () => frame, inFlight: 512, check: checkProduced };
  const { requests, seconds } = await run({ ...load, requests: 300_000 });
  return requests / seconds;
}

async function createTopic(address: string): Promise<void> {
  const client = createClient({ ...systemPlatform(silentLogger), bootstrapServers: address });
  const [created] = await client.admin().createTopics([{ name: TOPIC, partitionCount: 1 }]);
  await client.close();
  if (created?.error !== undefined) throw created.error;
}
