import { describe, expect, test } from 'vitest';
import { every, sleep } from '../../platform/clock.ts';
import type { ConnectionHandler } from '../../platform/net.ts';
import { simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';
import { Ear } from './ear.ts';

describe('simulated platform', () => {
  const echo: ConnectionHandler = { onData() {}, onDrain() {}, onClose() {} };

  test('time passes with all that it causes in between', async () => {
    const platform = simulatedPlatform(1);
    const seen: number[] = [];
    const loop = (async () => {
      for (let round = 0; round < 3; round++) {
        await sleep(platform.clock, 100);
        await new Promise<void>((resolve) => platform.executor.soon(resolve));
        seen.push(platform.clock.monotonic());
      }
    })();
    await platform.runFor(250);
    expect([seen, platform.clock.monotonic()]).toEqual([[100, 200], 250]);
    await platform.runFor(50);
    await loop;
    expect(seen).toEqual([100, 200, 300]);
  });

  test('runUntil stops at the first moment, and says so when it does not come', async () => {
    const platform = simulatedPlatform(1);
    let ticks = 0;
    every(platform.clock, 10, () => {
      ticks += 1;
    });
    await platform.runUntil(() => ticks === 7);
    expect(platform.clock.monotonic()).toBe(70);
    await expect(platform.runUntil(() => false, 1_000)).rejects.toThrow('not done after 1000 ms');
    expect(ticks).toBe(107);
  });

  test('settle waits for tasks', async () => {
    const platform = simulatedPlatform(1);
    let sum: unknown;
    const task = new URL('./tasks/arithmetic.ts', import.meta.url);
    platform.executor.run(task, { numbers: [20, 22] }).then((result) => {
      sum = result;
    });
    await platform.settle();
    expect(sum).toBe(42);
  });

  test('the same seed cuts the same bytes in the same way, another seed in another', async () => {
    const cuts = async (seed: number): Promise<number[]> => {
      const platform = simulatedPlatform(seed);
      const lengths: number[] = [];
      const listen = { ...echo, onData: (chunk: Buffer) => lengths.push(chunk.length) };
      await platform.net.listen({ host: 'a', port: 1 }, () => listen);
      const client = await platform.net.connect({ host: 'a', port: 1 }, () => echo);
      client.write(Array.from({ length: 20 }, () => Buffer.alloc(1000)));
      await platform.settle();
      return lengths;
    };
    expect(await cuts(5)).toEqual(await cuts(5));
    expect(new Set([await cuts(5), await cuts(6), await cuts(7)].map(String)).size).toBe(3);
  });

  test('a chunk that is kept instead of copied is spoiled', async () => {
    const platform = simulatedPlatform(1);
    const kept: Buffer[] = [];
    const listen = { ...echo, onData: (chunk: Buffer) => kept.push(chunk) };
    await platform.net.listen({ host: 'a', port: 1 }, () => listen);
    const client = await platform.net.connect({ host: 'a', port: 1 }, () => echo);
    const sent = Buffer.alloc(100, 'x');
    client.write([sent]);
    await platform.settle();
    expect(new Set(Buffer.concat(kept))).toEqual(new Set([0xdb]));
    expect(sent.toString()).toBe('x'.repeat(100));
  });

  test('a crash ends timers, callbacks and connections without a word, and a new process starts on the same parts', async () => {
    const platform = simulatedPlatform('crash');
    platform.files.makeDirectory('/data');
    const ears = [new Ear(), new Ear()] as const;
    await platform.net.listen({ host: 'a', port: 1 }, () => ears[0]);
    const client = await platform.net.connect({ host: 'a', port: 1 }, () => ears[1]);
    platform.clock.timer(10, () => expect.unreachable());
    client.write([Buffer.from('never arrives')]);
    platform.executor.soon(() => expect.unreachable());
    platform.crash();
    await platform.runFor(100);
    expect([ears[0].bytes, ears[0].closes.length, ears[1].closes.length]).toEqual([0, 0, 0]);

    const ear = new Ear();
    await platform.net.listen({ host: 'a', port: 1 }, () => ear);
    const again = await platform.net.connect({ host: 'a', port: 1 }, () => new Ear());
    again.write([Buffer.from('hello')]);
    await platform.settle();
    expect([ear.text, platform.files.list('/')]).toEqual(['hello', []]);
  });
});
