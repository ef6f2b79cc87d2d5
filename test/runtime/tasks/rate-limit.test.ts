import { expect, test } from 'vitest';
import type { Clock } from '../../../platform/clock.ts';
import { RateLimit } from '../../../runtime/tasks/rate-limit.ts';

test('records wait for the share of time of those before them; time that was not used is lost', () => {
  let now = 1_000;
  const clock: Clock = { now: () => 0, monotonic: () => now, timer: () => ({ cancel: () => undefined }) };
  const limit = new RateLimit(clock, 100);
  expect(limit.spend(10)).toBe(100);
  now += 40;
  expect(limit.spend(1)).toBe(70);
  now += 5_000;
  expect(limit.spend(2)).toBe(20);
  expect(new RateLimit(clock, Number.POSITIVE_INFINITY).spend(1_000_000)).toBe(0);
});
