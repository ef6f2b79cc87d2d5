import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createClient, type KafkaClient } from '../kafka/client/index.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { startBroker } from './process.ts';
import { type BenchReport, percentile, thousands } from './report.ts';

const RECORDS = 500_000;
const RECORD_BYTES = 1_000;
const PEER = { name: '@platformatic/kafka', version: '2.12.1' } as const;

/** Our client beside a peer's on the same broker, and how long a record takes from one end to the other. */
export async function clients(report: BenchReport): Promise<void> {
  report.section(`clients, ${RECORD_BYTES}-byte records`);
  await using broker = await startBroker('page-cache');
  const platform = systemPlatform(silentLogger);
  const client = createClient({ ...platform, bootstrapServers: broker.address });
  const peer = await loadPeer(report);
  const theirs = peer === undefined ? undefined : await peer(broker.address);
  const ours = { produced: await produce(client, 'ours'), consumed: await consume(client, 'ours') };
  for (const side of ['produced', 'consumed'] as const) {
    const limit = theirs?.[side];
    report.add({
      name: `our client, records ${side}`,
      value: thousands(ours[side]),
      ratio: limit === undefined ? undefined : ours[side] / limit,
      limit: `${PEER.name} (${limit === undefined ? '' : thousands(limit)})`,
    });
  }
  await endToEnd(client, report);
  await client.close();
}

async function produce(client: KafkaClient, topic: string): Promise<number> {
  await client.admin().createTopics([{ name: topic, partitionCount: 1 }]);
  const producer = client.producer({ lingerMs: 1 });
  const value = Buffer.alloc(RECORD_BYTES, 'x');
  let failure: Error | undefined;
  const onDone = (error: Error | undefined) => {
    failure ??= error;
  };
  const startedAt = performance.now();
  for (let i = 0; i < RECORDS; i++) {
    if (!producer.append({ topic, partition: 0, value }, onDone)) await producer.ready();
  }
  await producer.flush();
  const seconds = (performance.now() - startedAt) / 1000;
  await producer.close();
  if (failure !== undefined) throw failure;
  return RECORDS / seconds;
}

async function consume(client: KafkaClient, topic: string): Promise<number> {
  const consumer = client.consumer();
  consumer.assign([{ topic, partition: 0, offset: 0 }]);
  const startedAt = performance.now();
  for (let count = 0; count < RECORDS; ) {
    for (const { records } of await consumer.poll(1000)) count += records.length;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await consumer.close();
  return RECORDS / seconds;
}

/** From append to poll at a low rate. */
async function endToEnd(client: KafkaClient, report: BenchReport): Promise<void> {
  const topic = 'latency';
  await client.admin().createTopics([{ name: topic, partitionCount: 1 }]);
  const producer = client.producer();
  const consumer = client.consumer();
  consumer.assign([{ topic, partition: 0, offset: 0 }]);
  const latencies: number[] = [];
  for (let i = 0; i < 1_000; i++) {
    const startedAt = performance.now();
    producer.append({ topic, partition: 0, value: Buffer.from(String(i)) });
    for (let found = 0; found === 0; ) {
      for (const { records } of await consumer.poll(1000)) found += records.length;
    }
    latencies.push(performance.now() - startedAt);
    await new Promise((done) => setTimeout(done, 2));
  }
  await producer.close();
  await consumer.close();
  const after = latencies.slice(100);
  report.add({
    name: 'end to end at 300 records/s, p50',
    value: `${(percentile(after, 0.5) * 1000).toFixed(0)} µs`,
  });
  report.add({
    name: 'end to end at 300 records/s, p99',
    value: `${(percentile(after, 0.99) * 1000).toFixed(0)} µs`,
  });
}

type Peer = (address: string) => Promise<{ readonly produced: number; readonly consumed: number }>;

/** Installs the peer into an ignored folder; it is no dependency of the project. */
async function loadPeer(report: BenchReport): Promise<Peer | undefined> {
  const folder = resolve('bench', '.cache', 'peer');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'node_modules'))) {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const installed = spawnSync(
      'npm',
      ['install', '--no-audit', '--no-fund', `${PEER.name}@${PEER.version}`],
      { cwd: folder },
    );
    if (installed.status !== 0) {
      report.skip(PEER.name, `npm install failed: ${installed.stderr.toString().trim().split('\n').at(-1)}`);
      return undefined;
    }
  }
  const kafka = await import(createRequire(join(folder, 'package.json')).resolve(PEER.name));
  const { peerRun } = await import('./peer.ts');
  return (address) => peerRun(kafka, address, { records: RECORDS, recordBytes: RECORD_BYTES });
}
