import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { Clock } from '../../platform/clock.ts';
import { every, sleep } from '../../platform/clock.ts';

interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets about this much time pass. */
  readonly pass: (durationMs: number) => Promise<void>;
}

/** What every {@link Clock} has to do. Only order is checked, never how long something took. */
export function clockContract(create: () => ClockUnderTest): void {
  test('time does not run backwards', async () => {
    const { clock, pass } = create();
    const [wall, monotonic] = [clock.now(), clock.monotonic()];
    await pass(2);
    expect(clock.now()).toBeGreaterThanOrEqual(wall);
    expect(clock.monotonic()).toBeGreaterThan(monotonic);
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  test('timers fire by their deadline, not by when they were set', async () => {
    const { clock, pass } = create();
    const fired: string[] = [];
    clock.timer(30, () => fired.push('late'));
    clock.timer(1, () => fired.push('soon'));
    clock.timer(15, () => fired.push('middle'));
    expect(fired).toEqual([]);
    await pass(60);
    expect(fired).toEqual(['soon', 'middle', 'late']);
  });

  test('a timer never fires before its delay has passed on the monotonic clock', async () => {
    const { clock, pass } = create();
    const early: number[] = [];
    for (const delayMs of [1, 2, 3, 5, 8]) {
      const due = clock.monotonic() + delayMs;
      clock.timer(delayMs, () => clock.monotonic() < due && early.push(delayMs));
    }
    await pass(30);
    expect(early).toEqual([]);
  });

  test('a cancelled timer does not fire, and cancelling again does no harm', async () => {
    const { clock, pass } = create();
    const fired: string[] = [];
    const cancelled = clock.timer(1, () => fired.push('cancelled'));
    const kept = clock.timer(5, () => fired.push('kept'));
    cancelled.cancel();
    cancelled.cancel();
    await pass(20);
    kept.cancel();
    expect(fired).toEqual(['kept']);
  });

  test('delays of weeks and for ever do not fire at once', async () => {
    const { clock, pass } = create();
    const fired: number[] = [];
    const timers = [2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY].map((ms) =>
      clock.timer(ms, () => fired.push(ms)),
    );
    await pass(10);
    expect(fired).toEqual([]);
    for (const timer of timers) timer.cancel();
  });

  test('a callback may set and cancel timers', async () => {
    const { clock, pass } = create();
    const fired: string[] = [];
    const victim = clock.timer(40, () => fired.push('victim'));
    clock.timer(1, () => {
      fired.push('first');
      victim.cancel();
      clock.timer(1, () => fired.push('second'));
    });
    await pass(80);
    expect(fired).toEqual(['first', 'second']);
  });

  test('sleep resolves after its delay and lets go of the signal', async () => {
    const { clock, pass } = create();
    const controller = new AbortController();
    let isAwake = false;
    const sleeping = sleep(clock, 5, controller.signal).then(() => {
      isAwake = true;
    });
    expect(isAwake).toBe(false);
    await pass(30);
    await sleeping;
    expect([isAwake, getEventListeners(controller.signal, 'abort').length]).toEqual([true, 0]);
  });

  test('sleep rejects with the reason of the abort', async () => {
    const { clock } = create();
    const controller = new AbortController();
    const reason = new Error('stop');
    const sleeping = sleep(clock, 1e9, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(sleep(clock, 1, controller.signal)).rejects.toBe(reason);
  });

  test('every calls until it is cancelled, also by its own callback', async () => {
    const { clock, pass } = create();
    let calls = 0;
    const timer = every(clock, 2, () => {
      calls += 1;
      if (calls === 3) timer.cancel();
    });
    await pass(60);
    expect(calls).toBe(3);
    timer.cancel();
  });
}
