import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpLoadResult, httpRequest, runHttp } from './http-load.ts';
import { BenchProcess, entry, startBroker } from './process.ts';
import { type BenchReport, median, thousands } from './report.ts';

const SCHEMAS = 1_000;
const CONNECTIONS = 100;
const READS = 150_000;
const CHECKS = 10_000;
const STARTS = 5;

/** Twice the best that others have published for this: 5,733 req/s, p99 25 ms, on two cores. */
const AIM_PER_SECOND = 11_466;
const MEMORY_AIM_BYTES = 100e6;
const START_AIM_MS = 150;

/** `millrace registry` on a broker: look-ups by id as consumers do them, registrations, checks, start and memory. */
export async function registry(report: BenchReport): Promise<void> {
  report.section(`the schema registry (${entry})`);
  await using broker = await startBroker('fsync');
  const starts: number[] = [];
  for (let index = 0; index < STARTS; index += 1) {
    await using process_ = await startRegistry(broker.address);
    starts.push(process_.readyMs);
  }
  const startMs = median(starts);
  report.add({
    name: 'spawn to the port open',
    value: `${startMs.toFixed(0)} ms`,
    ratio: START_AIM_MS / startMs,
    limit: `the aim (${START_AIM_MS} ms)`,
  });
  await using process_ = await startRegistry(broker.address);
  const port = Number(new URL((JSON.parse(process_.firstLine) as { registry: string }).registry).port);
  await untilWritable(port);
  addMemory(report, 'memory before the first request', process_);
  await load(report, port, 'register, 100 connections', SCHEMAS, register);
  await load(report, port, 'register again what is there', SCHEMAS * 5, register);
  const reads = await load(report, port, 'GET /schemas/ids/{id}, the first ones', READS, byId);
  const warm = await load(report, port, 'GET /schemas/ids/{id}', READS, byId);
  addMemory(report, 'memory after these', process_);
  const best = Math.max(reads.perSecond, warm.perSecond);
  report.add({
    name: 'GET /schemas/ids/{id}, the better one',
    value: thousands(best),
    ratio: best / AIM_PER_SECOND,
    limit: `the aim (${thousands(AIM_PER_SECOND)})`,
  });
  await load(report, port, 'GET /subjects/{subject}/versions/latest', READS / 3, latest);
  await load(report, port, 'check compatibility with the latest', CHECKS, check);
  addMemory(report, 'memory after checks', process_);
  await sleep(15_000);
  addMemory(report, 'memory after checks, at rest for 15 s', process_);
}

function addMemory(report: BenchReport, name: string, { residentBytes }: BenchProcess): void {
  report.add({
    name,
    value: `${(residentBytes / 1e6).toFixed(0)} MB`,
    ratio: MEMORY_AIM_BYTES / residentBytes,
    limit: `the aim (${MEMORY_AIM_BYTES / 1e6} MB)`,
  });
}

function startRegistry(address: string): Promise<BenchProcess> {
  const args = [entry, 'registry', '--bootstrap-server', address, '--port', '0', '--json'];
  return BenchProcess.start(process.execPath, args);
}

/** A registry answers before it knows who writes. */
async function untilWritable(port: number): Promise<void> {
  for (;;) {
    const body = JSON.stringify({ compatibility: 'BACKWARD' });
    const headers = { 'content-type': 'application/json' };
    const { ok } = await fetch(`http://127.0.0.1:${port}/config`, { method: 'PUT', headers, body });
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function load(
  report: BenchReport,
  port: number,
  name: string,
  requests: number,
  next: (index: number) => Buffer,
): Promise<HttpLoadResult> {
  const result = await runHttp({ port, connections: CONNECTIONS, requests, next });
  const { perSecond, medianMs, p99Ms } = result;
  const latency = `median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  report.add({ name, value: thousands(perSecond) });
  report.note(`  ${latency}`);
  return result;
}

function schemaOf(number: number, more: readonly object[] = []): string {
  const fields = Array.from({ length: 8 }, (_, index) => ({
    name: `field_${index}`,
    type: index % 2 === 0 ? 'string' : ['null', 'long'],
    ...(index % 2 === 1 && { default: null }),
    doc: `What field ${index} of record ${number} is for`,
  }));
  const record = { type: 'record', name: `Record${number}`, namespace: 'org.example.events' };
  return JSON.stringify({ ...record, fields: [...fields, ...more] });
}

const register = (index: number): Buffer => {
  const number = index % SCHEMAS;
  return httpRequest('POST', `/subjects/topic-${number}-value/versions`, schemaBody(schemaOf(number)));
};

const byIdRequests = Array.from({ length: SCHEMAS }, (_, index) =>
  httpRequest('GET', `/schemas/ids/${index + 1}`),
);

const byId = (index: number): Buffer => byIdRequests[(index * 7) % SCHEMAS] ?? Buffer.alloc(0);

const latest = (index: number): Buffer =>
  httpRequest('GET', `/subjects/topic-${(index * 7) % SCHEMAS}-value/versions/latest`);

const check = (index: number): Buffer => {
  const number = (index * 7) % SCHEMAS;
  const schema = schemaOf(number, [{ name: `added_${index % 3}`, type: 'int', default: 0 }]);
  return httpRequest(
    'POST',
    `/compatibility/subjects/topic-${number}-value/versions/latest`,
    schemaBody(schema),
  );
};

function schemaBody(schema: string): string {
  return JSON.stringify({ schema });
}
