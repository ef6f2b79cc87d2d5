import { describe, expect, test } from 'vitest';
import { InlineExecutor } from '../../platform/simulation/inline-executor.ts';
import { threadExecutor } from '../../platform/thread-executor.ts';
import { executorContract } from './executor.contract.ts';

const arithmetic = new URL('./tasks/arithmetic.ts', import.meta.url);

describe('thread executor', () => {
  executorContract(() => threadExecutor(2));

  test('a thread that ends in the middle of a task rejects it, and another takes its place', async () => {
    const executor = threadExecutor(1);
    const lost = executor.run(arithmetic, { exit: true });
    const next = executor.run(arithmetic, { numbers: [4, 5] });
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_LOST', message: /exit code 3/ });
    expect(await next).toBe(9);
    await executor.close();
  });

  test('close rejects what runs and what waits', async () => {
    const executor = threadExecutor(1);
    const running = executor.run(arithmetic, { wait: true });
    const waiting = executor.run(arithmetic, { numbers: [1] });
    const outcomes = Promise.allSettled([running, waiting]);
    await executor.close();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'EXECUTOR_CLOSED' } });
    }
  });

  test('by default there is at least one thread', async () => {
    const executor = threadExecutor();
    expect(await executor.run(arithmetic, { numbers: [1, 1] })).toBe(2);
    await executor.close();
  });
});

describe('inline executor', () => {
  executorContract(() => new InlineExecutor());

  test('in manual mode soon waits until it is told', () => {
    const executor = new InlineExecutor({ soon: 'manual' });
    const order: string[] = [];
    executor.soon(() => {
      order.push('first');
      executor.soon(() => order.push('third'));
    });
    executor.soon(() => order.push('second'));
    expect(executor.pending).toBe(2);
    expect([executor.runSoon(), order]).toEqual([2, ['first', 'second']]);
    expect([executor.runSoon(), order]).toEqual([1, ['first', 'second', 'third']]);
    expect(executor.runSoon()).toBe(0);
  });

  test('what waits behind a callback that throws still runs', () => {
    const executor = new InlineExecutor({ soon: 'manual' });
    const order: string[] = [];
    executor.soon(() => {
      throw new Error('broken callback');
    });
    executor.soon(() => order.push('after'));
    expect(() => executor.runSoon()).toThrow('broken callback');
    executor.runSoon();
    expect(order).toEqual(['after']);
  });

  test('forgotten callbacks do not run', () => {
    const executor = new InlineExecutor({ soon: 'manual' });
    executor.soon(() => expect.unreachable());
    executor.forget();
    expect([executor.pending, executor.runSoon()]).toEqual([0, 0]);
  });

  test('the task gets a copy of its input', async () => {
    const executor = new InlineExecutor();
    const bytes = new Uint8Array([1]);
    const result = executor.run(arithmetic, { bytes });
    bytes[0] = 9;
    expect(await result).toEqual({ length: 1, first: 1 });
  });
});
