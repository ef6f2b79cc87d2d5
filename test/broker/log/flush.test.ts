import { expect, test } from 'vitest';
import { LogFixture } from './log-fixture.ts';

test('with durability=page-cache, flush.messages=1 makes every record survive a power cut before it counts', async () => {
  const fixture = new LogFixture({ 'flush.messages': '1' }, 'page-cache');
  fixture.append(['a']);
  fixture.log.writePending();
  expect(fixture.log.durableOffset).toBe(0);
  await fixture.platform.settle();
  expect(fixture.log.durableOffset).toBe(1);
  fixture.crash('nothing');
  expect(fixture.readAll()).toEqual(['0:k0=a']);
});

test('without flush.messages a record counts at once under durability=page-cache, and a power cut takes it', async () => {
  const fixture = new LogFixture({}, 'page-cache');
  fixture.append(['a']);
  fixture.log.writePending();
  expect(fixture.log.durableOffset).toBe(1);
  await fixture.platform.settle();
  fixture.crash('nothing');
  expect(fixture.readAll()).toEqual([]);
});

test('flush.messages counts what was written since the last sync', async () => {
  const fixture = new LogFixture({ 'flush.messages': '3' }, 'page-cache');
  for (const value of ['a', 'b', 'c', 'd', 'e']) await fixture.appendDurably([value]);
  expect(fixture.log.durableOffset).toBe(5);
  fixture.crash('nothing');
  expect(fixture.readAll()).toEqual(['0:k0=a', '1:k0=b', '2:k0=c']);
});

test('records that a roll writes during a sync count without another append', async () => {
  const fixture = new LogFixture({ 'flush.messages': '2' }, 'page-cache');
  fixture.append(['a', 'b']);
  fixture.log.writePending();
  const syncing = fixture.log.sync();
  fixture.append(['c']);
  fixture.log.roll();
  await fixture.during(syncing);
  expect(fixture.log.durableOffset).toBe(3);
});

test('flush.ms syncs what has waited that long when the scheduler looks', async () => {
  const fixture = new LogFixture({ 'flush.ms': '1000' }, 'page-cache');
  await fixture.appendDurably(['a']);
  fixture.directory.flushLate();
  await fixture.platform.settle();
  expect(fixture.log.isFlushDue(fixture.platform.clock.now())).toBe(false);
  await fixture.platform.runFor(1000);
  expect(fixture.log.isFlushDue(fixture.platform.clock.now())).toBe(true);
  fixture.directory.flushLate();
  await fixture.platform.settle();
  expect(fixture.log.isFlushDue(fixture.platform.clock.now())).toBe(false);
  fixture.crash('nothing');
  expect(fixture.readAll()).toEqual(['0:k0=a']);
});
