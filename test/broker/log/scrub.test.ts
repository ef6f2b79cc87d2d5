import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import type { Logger } from '../../../platform/logger.ts';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import { BrokerFixture, batchOf } from '../broker-fixture.ts';

const SEGMENTS = { 'internal.segment.bytes': '600' };

interface Told {
  readonly file?: string;
  readonly position?: number;
  readonly offset?: number;
}

/** A broker with a topic of 20 batches in segments of some, and what its logger is told as errors. */
async function filled(properties: Record<string, string> = {}) {
  const errors: Told[] = [];
  const ignore = () => undefined;
  const logger: Logger = {
    error: (fields: object) => void errors.push(fields),
    warn: ignore,
    info: ignore,
    debug: ignore,
    child: () => logger,
  };
  const fixture = await BrokerFixture.start(properties, simulatedPlatform(1, { logger }));
  await fixture.createTopic('t', 1, SEGMENTS);
  for (let i = 0; i < 20; i++) await fixture.produce('t', batchOf([`value ${i}`.padEnd(60, '.')]));
  return { fixture, errors };
}

/** Flips a bit of a file on the disk. */
function flip(fixture: BrokerFixture, path: string, position: number): void {
  const file = fixture.platform.files.open(path, 'write');
  const byte = Buffer.alloc(1);
  file.read(byte, position);
  file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), position);
  file.close();
}

const segmentPath = (fixture: BrokerFixture, index: number): string => {
  const names = fixture.platform.files.list('/data/t-0').filter((name) => name.endsWith('.log'));
  return `/data/t-0/${names[index]}`;
};

test('a scrub finds nothing in a log that is as it was written', async () => {
  const { fixture, errors } = await filled();
  expect(await fixture.during(fixture.broker.scrubLogs())).toBe(0);
  expect(errors).toEqual([]);
  expect(await fixture.readAll('t')).toHaveLength(20);
});

test('a rotten batch is told once, with its place, and answered with CORRUPT_MESSAGE; the others are served', async () => {
  const { fixture, errors } = await filled();
  const path = segmentPath(fixture, 1);
  const first = Number(path.slice(-24, -4));
  const whole = await fixture.readAll('t');
  const batchBytes = (await fixture.fetch('t', first, { partitionMaxBytes: 1 }))?.records?.length ?? 0;
  flip(fixture, path, batchBytes + 80); // In a value of the second batch.
  expect(await fixture.during(fixture.broker.scrubLogs())).toBe(1);
  expect(await fixture.during(fixture.broker.scrubLogs())).toBe(0);
  expect(errors).toEqual([{ file: path, position: batchBytes, offset: first + 1 }]);
  const corrupt = { errorCode: ErrorCode.CORRUPT_MESSAGE };
  expect(await fixture.fetch('t', first + 1)).toMatchObject(corrupt);
  expect((await fixture.fetch('t', first))?.records).toHaveLength(batchBytes);
  expect(await fixture.readAll('t', first + 2)).toEqual(whole.slice(first + 2));
  expect(await fixture.produce('t', batchOf(['more']))).toMatchObject({ errorCode: 0 });
});

for (const [what, at] of [
  ['length', 9],
  ['base offset', 6],
] as const) {
  test(`behind a rotten ${what} nothing of the segment is served, the next one is`, async () => {
    const { fixture, errors } = await filled();
    const path = segmentPath(fixture, 1);
    const [first, next] = [1, 2].map((index) => Number(segmentPath(fixture, index).slice(-24, -4)));
    flip(fixture, path, at);
    expect(await fixture.during(fixture.broker.scrubLogs())).toBe(1);
    expect(errors).toEqual([{ file: path, position: 0, offset: first }]);
    for (let offset = first ?? 0; offset < (next ?? 0); offset++) {
      expect(await fixture.fetch('t', offset)).toMatchObject({ errorCode: ErrorCode.CORRUPT_MESSAGE });
    }
    expect(await fixture.readAll('t', next)).toHaveLength(20 - (next ?? 0));
  });
}

test('a segment that was restored is served again after the next scrub', async () => {
  const { fixture } = await filled();
  const path = segmentPath(fixture, 0);
  flip(fixture, path, 70);
  await fixture.during(fixture.broker.scrubLogs());
  expect(await fixture.fetch('t', 0)).toMatchObject({ errorCode: ErrorCode.CORRUPT_MESSAGE });
  flip(fixture, path, 70);
  await fixture.during(fixture.broker.scrubLogs());
  expect(await fixture.readAll('t')).toHaveLength(20);
});

test('it runs by itself every log.scrub.interval.ms, not faster than log.scrub.bytes.per.second', async () => {
  const { fixture, errors } = await filled({
    'log.scrub.interval.ms': '10000',
    'log.scrub.bytes.per.second': '100',
  });
  flip(fixture, segmentPath(fixture, 2), 70);
  await fixture.platform.runFor(12_000);
  expect(errors).toEqual([]);
  await fixture.platform.runFor(60_000);
  expect(errors).toHaveLength(1);
});

test('with log.scrub.interval.ms=-1 nothing is read', async () => {
  const { fixture, errors } = await filled({ 'log.scrub.interval.ms': '-1' });
  flip(fixture, segmentPath(fixture, 0), 70);
  await fixture.platform.runFor(3_600_000);
  expect(errors).toEqual([]);
});
