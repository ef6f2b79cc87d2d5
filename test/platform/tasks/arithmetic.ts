import { threadId } from 'node:worker_threads';
import type { TaskWorld } from '../../../platform/executor.ts';

interface Input {
  readonly numbers?: readonly number[];
  readonly bytes?: Uint8Array;
  readonly fail?: boolean;
  readonly exit?: boolean;
  readonly wait?: boolean;
  /** Return the id of the thread. */
  readonly thread?: boolean;
  /** Return what this file holds, read with what the executor lends. */
  readonly path?: string;
}

/** A task for the executor's tests: adds, or does what goes wrong. */
export async function run(
  { numbers = [], bytes, fail, exit, wait, thread, path }: Input,
  world?: TaskWorld,
): Promise<unknown> {
  if (fail) throw Object.assign(new RangeError('out of range'), { code: 'TASK_FAILED' });
  if (exit) process.exit(3);
  if (wait) await new Promise(() => setInterval(() => {}, 1000));
  if (thread) return threadId;
  if (path !== undefined) return world?.files.readFile(path).toString();
  if (bytes) return { length: bytes.length, first: bytes[0] };
  return numbers.reduce((sum, number) => sum + number, 0);
}
