import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Executor } from '../../platform/executor.ts';

const arithmetic = new URL('./tasks/arithmetic.ts', import.meta.url);
const empty = new URL('./tasks/empty.ts', import.meta.url);
const missing = new URL('./tasks/missing.ts', import.meta.url);

/** What every {@link Executor} has to do. */
export function executorContract(create: () => Executor): void {
  let executor: Executor;
  beforeEach(() => {
    executor = create();
  });
  afterEach(() => executor.close());

  test('soon calls after this turn and its promises, in order', async () => {
    const order: string[] = [];
    const last = new Promise<void>((resolve) => {
      executor.soon(() => order.push('first'));
      executor.soon(() => {
        order.push('second');
        resolve();
      });
    });
    Promise.resolve()
      .then(() => order.push('promise'))
      .then(() => order.push('its promise'));
    order.push('now');
    await last;
    expect(order).toEqual(['now', 'promise', 'its promise', 'first', 'second']);
  });

  test('run resolves with what the task returns', async () => {
    const sums = await Promise.all(
      [1, 2, 3, 4].map((number) => executor.run(arithmetic, { numbers: [number, 10] })),
    );
    expect(sums).toEqual([11, 12, 13, 14]);
  });

  test('run rejects with name, message and code of what the task throws, and goes on', async () => {
    const failure = executor.run(arithmetic, { fail: true });
    await expect(failure).rejects.toMatchObject({
      name: 'RangeError',
      message: 'out of range',
      code: 'TASK_FAILED',
    });
    expect(await executor.run(arithmetic, { numbers: [1] })).toBe(1);
  });

  test('a module that is missing or is no task rejects', async () => {
    await expect(executor.run(missing, {})).rejects.toThrow(/missing\.ts/);
    await expect(executor.run(empty, {})).rejects.toThrow(/no export run/);
    expect(await executor.run(arithmetic, { numbers: [2] })).toBe(2);
  });

  test('transferred buffers are moved, others copied', async () => {
    const moved = new Uint8Array([7, 8, 9]);
    const copied = new Uint8Array([5, 6]);
    const results = await Promise.all([
      executor.run(arithmetic, { bytes: moved }, [moved.buffer]),
      executor.run(arithmetic, { bytes: copied }),
    ]);
    expect(results).toEqual([
      { length: 3, first: 7 },
      { length: 2, first: 5 },
    ]);
    expect([moved.length, copied.length]).toEqual([0, 2]);
  });

  test('an input that cannot be cloned rejects, and the next task runs', async () => {
    await expect(executor.run(arithmetic, { numbers: [], callback: () => 1 })).rejects.toThrow(
      /could not be cloned/,
    );
    expect(await executor.run(arithmetic, { numbers: [3] })).toBe(3);
  });

  test('after close nothing runs, and close may be called again', async () => {
    await executor.close();
    await expect(executor.run(arithmetic, { numbers: [1] })).rejects.toMatchObject({
      code: 'EXECUTOR_CLOSED',
    });
    await executor.close();
  });
}
