import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from '../../../broker/index.ts';

let folder: string;
let broker: RunningBroker;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-'));
  broker = await startBroker({ properties: { 'log.dirs': folder, 'metrics.port': '0' } });
});
afterAll(async () => {
  await broker.close();
  rmSync(folder, { recursive: true });
});

test('metrics are served in the text format, those of the process among them', async () => {
  const response = await fetch(`${broker.metricsUrl}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  expect(text).toContain('kafka_server_kafkaserver_brokerstate 3\n');
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

test('what else runs in the process has its metrics on the same page', async () => {
  broker.addMetrics(() => [
    { name: 'neighbour_total', type: 'counter', help: 'Of a neighbour.', samples: [{ value: 7 }] },
  ]);
  const response = await fetch(`${broker.metricsUrl}/metrics`);
  expect(await response.text()).toContain('neighbour_total 7\n');
});

test('health is told as JSON', async () => {
  const live = await fetch(`${broker.metricsUrl}/health/live`);
  expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
  const ready = await fetch(`${broker.metricsUrl}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', problems: [] }]);
});

test('other paths and methods are refused with a sentence', async () => {
  const other = await fetch(`${broker.metricsUrl}/`);
  expect([other.status, await other.text()]).toEqual([
    404,
    'There is nothing at /: there are /metrics, /health/live and /health/ready.\n',
  ]);
  const posted = await fetch(`${broker.metricsUrl}/metrics`, { method: 'POST' });
  expect([posted.status, await posted.text()]).toEqual([405, 'Use GET.\n']);
});

test('a port that is taken is named, and the broker ends', async () => {
  const taken = new URL(broker.metricsUrl ?? '').port;
  const other = mkdtempSync(join(tmpdir(), 'metrics-'));
  const starting = startBroker({ properties: { 'log.dirs': other, 'metrics.port': taken } });
  await expect(starting).rejects.toThrow(/EADDRINUSE/);
  rmSync(other, { recursive: true });
});
