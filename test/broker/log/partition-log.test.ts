import { expect, test } from 'vitest';
import { LogFixture } from './log-fixture.ts';

test('records get consecutive offsets and are read back whole and in order', async () => {
  const fixture = new LogFixture();
  expect(fixture.append(['a', 'b'])).toBe(0);
  expect(fixture.append(['c'])).toBe(2);
  expect(fixture.log.durableOffset).toBe(0);
  await fixture.platform.settle();
  expect(fixture.log.durableOffset).toBe(3);
  expect(fixture.readAll()).toEqual(['0:k0=a', '1:k1=b', '2:k0=c']);
  expect(fixture.readAll(1)).toEqual(['1:k1=b', '2:k0=c']);
});

test('an orderly restart keeps everything', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '200' });
  for (let i = 0; i < 20; i++) await fixture.appendDurably([`v${i}`]);
  const before = fixture.readAll();
  await fixture.restart();
  expect(fixture.directory.wasCleanlyClosed).toBe(true);
  expect(fixture.readAll()).toEqual(before);
  expect(await fixture.appendDurably(['more'])).toBe(20);
});

test('a power cut loses nothing that was durable', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '200' });
  for (let i = 0; i < 20; i++) await fixture.appendDurably([`v${i}`]);
  const before = fixture.readAll();
  fixture.append(['not synced']);
  fixture.crash();
  expect(fixture.directory.wasCleanlyClosed).toBe(false);
  expect(fixture.readAll()).toEqual(before);
  expect(await fixture.appendDurably(['more'])).toBe(20);
});
