import { expect, test, vi } from 'vitest';
import type { Isolates } from '../../platform/isolate.ts';
import { MemoryIsolates } from '../../platform/simulation/memory-isolates.ts';
import { simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';
import { systemIsolates } from '../../platform/system-isolates.ts';

vi.setConfig({ testTimeout: 30_000 });

const program = new URL('./echo-program.ts', import.meta.url);
const memory = new MemoryIsolates((url) => import(url.href));
const kinds: readonly (readonly [string, Isolates, 'thread' | 'process'])[] = [
  ['real threads', systemIsolates, 'thread'],
  ['real processes', systemIsolates, 'process'],
  ['simulated ones', memory, 'thread'],
];

for (const [name, isolates, mode] of kinds) {
  test(`${name}: messages go both ways in order, copied, also those sent before anybody listens`, async () => {
    const isolate = isolates.start({ mode, program, memoryMaxMb: 64 });
    const sent = { nested: { bytes: new Uint8Array([1, 2]) }, at: new Date(5), list: [1n, undefined] };
    isolate.post(sent);
    sent.nested.bytes[0] = 9;
    isolate.post('second');
    const { promise, resolve } = Promise.withResolvers<readonly unknown[]>();
    const received: unknown[] = [];
    isolate.onMessage((message) => {
      received.push(message);
      if (received.length === 2) resolve(received);
    });
    const copy = { nested: { bytes: new Uint8Array([1, 2]) }, at: new Date(5), list: [1n, undefined] };
    expect(await promise).toEqual([
      { count: 1, message: copy },
      { count: 2, message: 'second' },
    ]);
    await isolate.terminate();
  });

  test(`${name}: one that was ended says so, and nothing of it arrives afterwards`, async () => {
    const isolate = isolates.start({ mode, program, memoryMaxMb: 64 });
    const received: unknown[] = [];
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    isolate.onMessage((message) => {
      received.push(message);
      resolve();
    });
    isolate.post('first');
    await answered;
    await isolate.terminate();
    expect(await isolate.exited).toMatchObject({ isOutOfMemory: false });
    isolate.post('too late');
    await new Promise((done) => setTimeout(done, 20));
    expect(received).toHaveLength(1);
  });

  test(`${name}: a program that is not there ends with the reason`, async () => {
    const missing = new URL('./no-such-program.ts', import.meta.url);
    const { exitCode, cause } = await isolates.start({ mode, program: missing, memoryMaxMb: 64 }).exited;
    expect(exitCode).toBe(1);
    expect(cause?.message).toMatch(/no-such-program/);
  });
}

test('the end of a simulated process is the end of its isolates', async () => {
  const platform = simulatedPlatform('isolates');
  const isolate = platform.isolates.start({ mode: 'process', program, memoryMaxMb: 64 });
  platform.crash();
  expect(await isolate.exited).toMatchObject({ exitCode: 137 });
});
