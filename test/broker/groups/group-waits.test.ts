import { expect, test } from 'vitest';
import { GroupWaits } from '../../../broker/groups/group-waits.ts';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';

const session = { kind: 'session', memberId: 'm' } as const;

test('a timer fires once, at the time of its last start', () => {
  const clock = new ManualClock();
  const waits = new GroupWaits(clock);
  const fired: number[] = [];
  waits.schedule(session, 10, () => fired.push(1));
  clock.advance(9);
  waits.schedule(session, 10, () => fired.push(2));
  clock.advance(9);
  expect(fired).toEqual([]);
  clock.advance(100);
  expect(fired).toEqual([2]);
});

test('timers of different kinds and members do not disturb each other', () => {
  const clock = new ManualClock();
  const waits = new GroupWaits(clock);
  const fired: string[] = [];
  for (const memberId of ['m', 'n']) waits.schedule({ ...session, memberId }, 10, () => fired.push(memberId));
  waits.schedule({ kind: 'join' }, 10, () => fired.push('join'));
  waits.schedule({ kind: 'sync' }, 10, () => fired.push('sync'));
  waits.cancel({ ...session, memberId: 'n' });
  clock.advance(10);
  expect(fired).toEqual(['m', 'join', 'sync']);
});

test('waits are idle when no timer runs and nobody is parked', () => {
  const clock = new ManualClock();
  const waits = new GroupWaits(clock);
  expect(waits.isIdle).toBe(true);
  waits.schedule(session, 10, () => {});
  expect(waits.isIdle).toBe(false);
  clock.advance(10);
  expect(waits.isIdle).toBe(true);
  waits.syncs.park('m', () => {});
  expect(waits.isIdle).toBe(false);
  waits.syncs.take('m');
  expect(waits.isIdle).toBe(true);
});

test('every parked request is taken out exactly once', () => {
  const waits = new GroupWaits(new ManualClock());
  const resolve = () => {};
  waits.joins.park('m', resolve);
  waits.joins.park('m', resolve);
  waits.joins.park('n', resolve);
  expect(waits.joins.take('m')).toEqual([resolve, resolve]);
  expect(waits.joins.take('m')).toEqual([]);
  expect(waits.joins.takeAll()).toEqual([['n', resolve]]);
  expect(waits.joins.takeAll()).toEqual([]);
});
