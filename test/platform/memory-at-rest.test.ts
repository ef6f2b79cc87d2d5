import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { giveBackMemoryAtRest, type ProcessHeap } from '../../platform/memory-at-rest.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';

const MB = 1024 * 1024;

/** A process of which the test says how busy and how large it is; 30 MB of its heap are in use. */
function processOf(clock: ManualClock) {
  const state = { cpuMs: 0, committedBytes: 20 * MB, collections: 0 };
  const heap: ProcessHeap = {
    cpuMs: () => state.cpuMs,
    committedBytes: () => state.committedBytes,
    collect: () => {
      state.collections++;
      state.cpuMs += 200;
      state.committedBytes = 30 * MB;
    },
  };
  const timer = giveBackMemoryAtRest(clock, heap);
  return { state, timer };
}

test('a heap that a burst left large is collected once the process rests, and not again', async () => {
  const clock = new ManualClock();
  const { state } = processOf(clock);
  state.committedBytes = 200 * MB;
  state.cpuMs = 4000;
  await clock.advance(5_000);
  expect(state.collections).toBe(0);
  await clock.advance(5_000);
  expect(state.collections).toBe(1);
  await clock.advance(600_000);
  expect(state.collections).toBe(1);
});

test('a process that is busy all the time is never paused', async () => {
  const clock = new ManualClock();
  const { state } = processOf(clock);
  state.committedBytes = 200 * MB;
  for (let turn = 0; turn < 100; turn++) {
    state.cpuMs += 200;
    await clock.advance(5_000);
  }
  expect(state.collections).toBe(0);
});

test('a heap that grew little is left alone', async () => {
  const clock = new ManualClock();
  const { state } = processOf(clock);
  state.committedBytes = 47 * MB;
  await clock.advance(60_000);
  expect(state.collections).toBe(0);
  state.committedBytes = 49 * MB;
  await clock.advance(60_000);
  expect(state.collections).toBe(1);
  state.committedBytes = 45 * MB;
  await clock.advance(60_000);
  expect(state.collections).toBe(1);
});

test('after it was cancelled it does nothing', async () => {
  const clock = new ManualClock();
  const { state, timer } = processOf(clock);
  state.committedBytes = 200 * MB;
  timer.cancel();
  await clock.advance(60_000);
  expect(state.collections).toBe(0);
});

test.each([
  [
    'its young generation grew by',
    'for (let turn = 0; turn < 3_000_000; turn++) recent[turn % 300_000] = { turn };',
  ],
  [
    'is in buffers that nobody has any more',
    'for (let turn = 0; turn < 30; turn++) recent.push(Buffer.alloc(2 ** 21));',
  ],
])('a real process gives back what %s', (_, work) => {
  const from = (file: string) => JSON.stringify(resolve(import.meta.dirname, '../../platform', file));
  const { stdout } = spawnSync(process.execPath, [
    '--input-type=module',
    '-e',
    `import { giveBackMemoryAtRest } from ${from('memory-at-rest.ts')};
    import { ManualClock } from ${from('simulation/manual-clock.ts')};
    const clock = new ManualClock();
    giveBackMemoryAtRest(clock);
    const recent = [];
    const bytes = () => process.memoryUsage().heapTotal + process.memoryUsage().external;
    ${work}
    const before = bytes();
    recent.length = 0;
    await clock.advance(3_600_000);
    console.log(before, bytes());`,
  ]);
  const [before, after] = stdout.toString().split(' ').map(Number);
  expect(before).toBeGreaterThan(48 * MB);
  expect(after).toBeLessThan(32 * MB);
});
