import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordView } from '../../../kafka/records/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { RetriableError, type SinkRecord } from '../../../runtime/plugin/index.ts';
import { ErrorPolicy } from '../../../runtime/tasks/error-policy.ts';
import { StageError, TaskStoppedError, ToleranceExceededError } from '../../../runtime/tasks/errors.ts';
import { PositionTracker } from '../../../runtime/tasks/position-tracker.ts';
import { newProgress } from '../../../runtime/tasks/progress.ts';
import { retryDelayMs } from '../../../runtime/tasks/retry.ts';
import { keepPartitions, type OriginBatch, splitBatch } from '../../../runtime/tasks/sink-batch.ts';
import { RegistryError } from '../../../schema-registry/index.ts';

test('a position may be stored once all records up to it are durable, in whatever order that happens', () => {
  const sizes = fc.array(fc.nat(4), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.nat()), (counts, picks) => {
      const tracker = new PositionTracker();
      const batches = counts.map((count, position) => {
        const batch = tracker.begin(position);
        for (let n = 0; n < count; n++) batch.add();
        batch.close();
        return batch;
      });
      const left = [...counts];
      const durable = (): number => {
        const first = left.findIndex((count) => count > 0);
        return first < 0 ? left.length - 1 : first - 1;
      };
      let stored = -1;
      for (;;) {
        stored = (tracker.take()?.position as number | undefined) ?? stored;
        expect(stored).toBe(durable());
        expect(tracker.hasPending).toBe(left.some((count) => count > 0));
        const open = left.flatMap((count, index) => (count > 0 ? [index] : []));
        const index = open[picks.next().value % Math.max(1, open.length)];
        if (index === undefined) return;
        left[index] = (left[index] ?? 0) - 1;
        batches[index]?.done();
      }
    }),
  );
});

test('a position that could not be stored is offered again, unless there is a newer one', () => {
  const tracker = new PositionTracker();
  tracker.begin('a').close();
  const taken = tracker.take();
  expect(tracker.take()).toBeUndefined();
  if (taken !== undefined) tracker.putBack(taken);
  expect(tracker.take()).toEqual({ position: 'a' });
  if (taken !== undefined) tracker.putBack(taken);
  tracker.begin('b').close();
  expect(tracker.take()).toEqual({ position: 'b' });
});

test('thousands of small batches do not pile up', () => {
  const tracker = new PositionTracker();
  const blocked = tracker.begin('first');
  for (let n = 0; n < 5_000; n++) tracker.begin(n).close();
  expect(tracker.take()).toBeUndefined();
  blocked.close();
  expect(tracker.take()).toEqual({ position: 4_999 });
  expect(tracker.hasPending).toBe(false);
});

/** A batch of `counts[p]` records of partition p, with gaps of one between them, mixed in turn. */
function batchOf(counts: readonly number[]): OriginBatch {
  const origins = counts.flatMap((count, partition) =>
    Array.from({ length: count }, (_, n) => ({
      topic: 't',
      partition,
      view: { offset: 2 * n } as RecordView,
    })),
  );
  const records = origins.map(
    ({ partition, view }) => ({ topic: 't', partition, offset: view.offset }) as SinkRecord,
  );
  const offsets = counts.map((count, partition) => ({ topic: 't', partition, offset: 2 * count + 1 }));
  return { records, origins, offsets };
}

test('half a batch never carries offsets past a record of the other half', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }), (counts) => {
      const batch = batchOf(counts);
      const [first, second] = splitBatch(batch);
      expect([...first.records, ...second.records]).toEqual(batch.records);
      expect(second.offsets).toEqual(batch.offsets);
      for (const { partition, offset } of first.offsets) {
        const rest = second.records.filter((record) => record.partition === partition);
        const done = first.records.filter((record) => record.partition === partition);
        expect(rest.every((record) => record.offset >= offset)).toBe(true);
        expect(done.every((record) => record.offset < offset)).toBe(true);
      }
    }),
  );
});

test('partitions that were lost are taken out of a batch with all that belongs to them', () => {
  const kept = keepPartitions(batchOf([2, 3, 1]), ({ partition }) => partition !== 1);
  expect(kept.records.map(({ partition }) => partition)).toEqual([0, 0, 2]);
  expect(kept.origins.map(({ partition }) => partition)).toEqual([0, 0, 2]);
  expect(kept.offsets.map(({ partition }) => partition)).toEqual([0, 2]);
});

test('the pause between attempts doubles, and is random within the maximum above it', () => {
  const entropy = new SeededEntropy('retries');
  expect([1, 2, 3].map((attempt) => retryDelayMs(attempt, 60_000, entropy))).toEqual([300, 600, 1_200]);
  for (let attempt = 9; attempt < 60; attempt++) {
    const delayMs = retryDelayMs(attempt, 60_000, entropy);
    expect(delayMs >= 0 && delayMs <= 60_000).toBe(true);
  }
});

function policy(settings: { isTolerated: boolean; retryTimeoutMs: number }) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const progress = newProgress();
  const errors = new ErrorPolicy({
    settings: {
      ...settings,
      retryDelayMaxMs: 60_000,
      isLogged: false,
      isMessageLogged: false,
      deadLetterTopic: undefined,
      deadLetterReplicationFactor: undefined,
      hasContextHeaders: false,
    },
    clock,
    entropy: new SeededEntropy('policy'),
    logger: silentLogger,
    progress,
    stopping: stop.signal,
  });
  return { clock, stop, progress, errors };
}

const busy = () => new StageError('VALUE_CONVERTER', 'c', new RetriableError('busy'));

/** Lets time pass while a promise waits for it. */
async function withTime<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isOver = false;
  const end = work.finally(() => {
    isOver = true;
  });
  end.catch(() => undefined);
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isOver && clock.nextDeadline !== undefined) clock.advanceToNext();
  }
  return end;
}

test('an error that may pass is tried again within errors.retry.timeout', async () => {
  const { clock, progress, errors } = policy({ isTolerated: false, retryTimeoutMs: 10_000 });
  let attempts = 0;
  const result = await withTime(
    clock,
    errors.recover(busy(), () => {
      if (++attempts < 4) throw busy();
      return 'done';
    }),
  );
  expect([result, attempts, progress.retries, progress.failures]).toEqual(['done', 4, 4, 0]);
  expect(clock.monotonic()).toBe(300 + 600 + 1_200 + 2_400);
});

test('a registry that is away for a while is asked again, one that refuses is not', async () => {
  const { clock, errors, progress } = policy({ isTolerated: true, retryTimeoutMs: 10_000 });
  const refused = (status: number) =>
    new StageError('VALUE_CONVERTER', 'avro', new RegistryError(status, status, 'no'));
  expect(
    await withTime(
      clock,
      errors.recover(refused(503), () => 'found'),
    ),
  ).toBe('found');
  const unknown = refused(404);
  expect(await errors.recover(unknown, () => 'found')).toBe(unknown);
  expect([progress.retries, progress.failures]).toEqual([1, 1]);
});

test('when the time is up it is a failure: tolerated or not', async () => {
  const strict = policy({ isTolerated: false, retryTimeoutMs: 1_000 });
  const always = (): never => {
    throw busy();
  };
  await expect(withTime(strict.clock, strict.errors.recover(busy(), always))).rejects.toThrow(
    ToleranceExceededError,
  );
  expect(strict.progress).toMatchObject({ retries: 2, failures: 1 });
  const tolerant = policy({ isTolerated: true, retryTimeoutMs: 0 });
  expect(await tolerant.errors.recover(busy(), always)).toBeInstanceOf(StageError);
  expect(tolerant.progress).toMatchObject({ retries: 0, failures: 1 });
});

test('an error that will not pass is not tried again', async () => {
  const { errors } = policy({ isTolerated: true, retryTimeoutMs: Number.POSITIVE_INFINITY });
  const broken = new StageError('TRANSFORMATION', 't', new Error('broken'));
  const outcome = await errors.recover(broken, () => {
    throw new Error('must not be called');
  });
  expect(outcome).toBe(broken);
});

test('a stop ends the wait for the next attempt', async () => {
  const { stop, errors } = policy({ isTolerated: true, retryTimeoutMs: Number.POSITIVE_INFINITY });
  const waiting = errors.recover(busy(), () => 'never');
  stop.abort();
  await expect(waiting).rejects.toThrow(TaskStoppedError);
});
