import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './process.ts';

/** Of one append with its sync, ms. */
export interface SyncTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** What the disk alone takes to make 1 KB durable, so many times a second: no broker that syncs can be faster. */
export async function syncTimes(perSecond: number, seconds: number): Promise<SyncTimes> {
  using folder = temporaryFolder();
  const file = openSync(join(folder.path, 'appended'), 'a');
  const block = Buffer.alloc(1000, 'x');
  const times: number[] = [];
  const startedAt = performance.now();
  for (let count = 0; count < perSecond * seconds; count++) {
    const dueAt = startedAt + (count / perSecond) * 1000;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const before = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push(performance.now() - before);
  }
  closeSync(file);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}
