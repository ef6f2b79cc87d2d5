import { describe, expect, test } from 'vitest';
import { every } from '../../platform/clock.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { clockContract } from './clock.contract.ts';

describe('system clock', () => {
  clockContract(() => ({
    clock: systemClock,
    pass: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
  }));

  test('the wall clock is that of the computer', () => {
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    expect(systemClock.now()).toBeLessThanOrEqual(Date.now());
  });
});

test('the system clock never asks for more than setTimeout can take', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const timers = [2 ** 31, Number.POSITIVE_INFINITY].map((ms) =>
    systemClock.timer(ms, () => expect.unreachable()),
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const timer of timers) timer.cancel();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

describe('manual clock', () => {
  clockContract(() => {
    const clock = new ManualClock();
    return { clock, pass: async (durationMs) => clock.advance(durationMs) };
  });

  test('time stands still until it is advanced, by exactly as much', () => {
    const clock = new ManualClock(1_000);
    clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
  });

  test('timers with the same deadline fire in the order in which they were set', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    for (let index = 0; index < 10; index++) clock.timer(5, () => fired.push(index));
    clock.advance(5);
    expect(fired).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('a callback sees the time of its own deadline', () => {
    const clock = new ManualClock(0);
    const seen: number[] = [];
    for (const delayMs of [30, 10, 20]) clock.timer(delayMs, () => seen.push(clock.now()));
    every(clock, 25, () => seen.push(-clock.now()));
    clock.advance(60);
    expect(seen).toEqual([10, 20, -25, 30, -50]);
  });

  test('a timer that a callback sets fires in the same advance when it falls due in it', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    const chain = () => {
      fired.push(clock.monotonic());
      clock.timer(10, chain);
    };
    clock.timer(10, chain);
    clock.advance(35);
    expect(fired).toEqual([10, 20, 30]);
    expect(clock.nextDeadline).toBe(40);
  });

  test('advanceToNext fires one timer', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    clock.timer(100, () => fired.push('far'));
    clock.timer(1, () => fired.push('near'));
    expect(clock.advanceToNext()).toBe(true);
    expect([fired, clock.monotonic()]).toEqual([['near'], 1]);
    expect([clock.advanceToNext(), clock.advanceToNext()]).toEqual([true, false]);
  });

  test('runUntilIdle fires all there is, and says so when it would never end', () => {
    const clock = new ManualClock();
    let left = 5;
    const chain = () => {
      left -= 1;
      if (left > 0) clock.timer(1_000, chain);
    };
    clock.timer(1_000, chain);
    clock.runUntilIdle();
    expect([left, clock.pending, clock.monotonic()]).toEqual([0, 0, 5_000]);
    every(clock, 100, () => {});
    expect(() => clock.runUntilIdle(10_000)).toThrow('still 1 timers');
  });

  test('a jump of the wall clock leaves timers and the monotonic clock alone', () => {
    const clock = new ManualClock(1_000_000);
    let fired = 0;
    clock.timer(50, () => {
      fired += 1;
    });
    clock.jumpTo(5);
    expect([clock.now(), clock.monotonic(), fired]).toEqual([5, 0, 0]);
    clock.advance(50);
    expect([clock.now(), fired]).toEqual([55, 1]);
  });

  test('forgotten timers do not fire', () => {
    const clock = new ManualClock();
    clock.timer(1, () => expect.unreachable());
    clock.forget();
    clock.advance(10);
    expect(clock.pending).toBe(0);
  });

  test('cancelling removes the very timer among others with the same deadline', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    const timers = [0, 1, 2, 3].map((index) => clock.timer(5, () => fired.push(index)));
    clock.timer(4, () => fired.push(-1));
    clock.timer(6, () => fired.push(9));
    timers[2]?.cancel();
    clock.advance(10);
    expect(fired).toEqual([-1, 0, 1, 3, 9]);
  });
});
