import { ExecutorClosedError } from '../errors.ts';
import type { Executor, TaskWorld } from '../executor.ts';

interface InlineExecutorOptions {
  /** `turn` (default): in the next turn of the event loop. `manual`: only by {@link InlineExecutor.runSoon}. */
  readonly soon?: 'turn' | 'manual';
}

/**
 * Runs tasks in this thread, cloned in and out as for a worker, and what was asked for `soon` strictly in order.
 * Promises settle before a `soon` callback runs, as with the real one.
 */
export class InlineExecutor implements Executor {
  readonly #isManual: boolean;
  readonly #queue: (() => void)[] = [];
  #world: TaskWorld | undefined;
  #tasks = 0;
  #isScheduled = false;
  #isClosed = false;

  constructor({ soon = 'turn' }: InlineExecutorOptions = {}) {
    this.#isManual = soon === 'manual';
  }

  /** Gives tasks the files of the same simulation. */
  lend(world: TaskWorld): void {
    this.#world = world;
  }

  /** Callbacks that have not run, and tasks that have not ended. */
  get pending(): number {
    return this.#queue.length + this.#tasks;
  }

  soon(callback: () => void): void {
    this.#queue.push(callback);
    this.#schedule();
  }

  /** Runs what is waiting now, but not what that asks for in turn. Returns how many callbacks ran. */
  runSoon(): number {
    const due = this.#queue.splice(0);
    for (const [index, callback] of due.entries()) {
      try {
        callback();
      } catch (error) {
        // What waits behind a callback that throws still has to run.
        this.#queue.unshift(...due.slice(index + 1));
        this.#schedule();
        throw error;
      }
    }
    return due.length;
  }

  async run<I, O>(task: URL, input: I, transfer: readonly ArrayBuffer[] = []): Promise<O> {
    if (this.#isClosed) throw new ExecutorClosedError();
    const cloned = structuredClone(input, { transfer: [...transfer] });
    this.#tasks += 1;
    try {
      const module: { run?: unknown } = await import(/* @vite-ignore */ task.href);
      if (typeof module.run !== 'function') throw new TypeError(`${task.href} has no export run(input)`);
      const output: O = structuredClone(await module.run(cloned, this.#world));
      if (this.#isClosed) throw new ExecutorClosedError();
      return output;
    } finally {
      this.#tasks -= 1;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** Drops what is waiting, as the end of the process does. */
  forget(): void {
    this.#queue.length = 0;
  }

  #schedule(): void {
    if (this.#isManual || this.#isScheduled || this.#queue.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.runSoon();
    });
  }
}
