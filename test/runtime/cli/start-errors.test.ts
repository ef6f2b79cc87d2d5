import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBroker } from '../../../broker/index.ts';

const bin = join(import.meta.dirname, '../../../runtime/bin.ts');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-start-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function broker(...options: string[]) {
  return spawnSync(process.execPath, [bin, 'broker', '--data-dir', directory, ...options], {
    encoding: 'utf8',
  });
}

test('a port that is taken is named, with the options that choose another', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { status, stderr } = broker('--kafka-port', String(port));
  expect(status).toBe(1);
  expect(stderr).toContain(`${port}. Stop what listens there, or choose with --kafka-port`);
  await new Promise((resolve) => taken.close(resolve));
});

test('a data directory that another broker has is named', async () => {
  const properties = new Map([
    ['log.dirs', directory],
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
  ]);
  const first = await startBroker({ properties });
  const { status, stderr } = broker('--kafka-port', '0');
  expect(status).toBe(1);
  expect(stderr).toContain(`log directory ${directory} is in use by another broker`);
  await first.close();
});
