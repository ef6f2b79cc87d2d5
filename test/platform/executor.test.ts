import { describe, expect, test } from 'vitest';
import { InlineExecutor } from '../../platform/simulation/inline-executor.ts';
import { simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';
import { threadExecutor } from '../../platform/thread-executor.ts';
import { executorContract } from './executor.contract.ts';

const arithmetic = new URL('./tasks/arithmetic.ts', import.meta.url);

describe('thread executor', () => {
  executorContract(() => threadExecutor({ threadsMax: 2 }));

  test('a thread that ends in the middle of a task rejects it, and another takes its place', async () => {
    const executor = threadExecutor({ threadsMax: 1 });
    const lost = executor.run(arithmetic, { exit: true });
    const next = executor.run(arithmetic, { numbers: [4, 5] });
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_LOST', message: /exit code 3/ });
    expect(await next).toBe(9);
    await executor.close();
  });

  test('close rejects what runs and what waits', async () => {
    const executor = threadExecutor({ threadsMax: 1 });
    const running = executor.run(arithmetic, { wait: true });
    const waiting = executor.run(arithmetic, { numbers: [1] });
    const outcomes = Promise.allSettled([running, waiting]);
    await executor.close();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'EXECUTOR_CLOSED' } });
    }
  });

  test('tasks have the files of this computer, and the system says the same of them', async () => {
    const executor = threadExecutor({ threadsMax: 1 });
    expect(await executor.run(arithmetic, { path: import.meta.filename })).toContain('thread executor');
    const missing = executor.run(arithmetic, { path: '/no/such/file' });
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
    await executor.close();
  });

  test('a thread that had nothing to do for a while ends, and the next task starts another', async () => {
    const executor = threadExecutor({ idleMsMax: 1 });
    const first = await executor.run(arithmetic, { thread: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await executor.run(arithmetic, { thread: true })).not.toBe(first);
    await executor.close();
  });

  test('tasks that follow each other share a thread', async () => {
    const executor = threadExecutor({ threadsMax: 1 });
    const first = await executor.run(arithmetic, { thread: true });
    expect(await executor.run(arithmetic, { thread: true })).toBe(first);
    await executor.close();
  });
});

describe('inline executor', () => {
  executorContract(() => new InlineExecutor());

  test('tasks have the files of the simulation, and see its errors', async () => {
    const { executor, files } = simulatedPlatform(1);
    files.open('/greeting', 'create').append([Buffer.from('hello')]);
    expect(await executor.run(arithmetic, { path: '/greeting' })).toBe('hello');
    const missing = executor.run(arithmetic, { path: '/missing' });
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT', syscall: 'read' });
  });

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
