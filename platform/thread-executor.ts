import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ExecutorClosedError, WorkerLostError } from './errors.ts';
import type { Executor } from './executor.ts';
import { errorOf, type TaskReply, type TaskRequest } from './task-messages.ts';

/** Sources run as `.ts`, the published package as `.js`; the build does not rewrite the URL of a worker. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const workerUrl = new URL(`./task-worker${extension}`, import.meta.url);

/**
 * Runs tasks in worker threads, one at a time each and in order of arrival: at most one thread per processor besides
 * this one. Threads start on first use and keep the process alive only while they run a task.
 */
export function threadExecutor(threadsMax: number = Math.max(1, availableParallelism() - 1)): Executor {
  return new ThreadExecutor(threadsMax);
}

interface Job {
  readonly request: TaskRequest;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
}

class ThreadExecutor implements Executor {
  readonly #threadsMax: number;
  readonly #threads = new Set<Thread>();
  readonly #queue: Job[] = [];
  #isClosed = false;

  constructor(threadsMax: number) {
    this.#threadsMax = threadsMax;
  }

  soon(callback: () => void): void {
    setImmediate(callback);
  }

  run<I, O>(task: URL, input: I, transfer: readonly ArrayBuffer[] = []): Promise<O> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isClosed) throw new ExecutorClosedError();
      const request = { task: task.href, input };
      this.#queue.push({ request, transfer, resolve, reject });
      this.#dispatch();
    }) as Promise<O>;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#queue.splice(0)) reject(new ExecutorClosedError());
    const threads = [...this.#threads];
    this.#threads.clear();
    for (const { job } of threads) job?.reject(new ExecutorClosedError());
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idleThread();
      if (thread === undefined) return;
      const job = this.#queue.shift();
      if (job !== undefined) this.#give(thread, job);
    }
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.job === undefined) return thread;
    return this.#threads.size < this.#threadsMax ? this.#startThread() : undefined;
  }

  #give(thread: Thread, job: Job): void {
    try {
      thread.worker.postMessage(job.request, [...job.transfer]);
    } catch (error) {
      // The input cannot be cloned.
      job.reject(error);
      return;
    }
    thread.job = job;
    thread.worker.ref();
  }

  #startThread(): Thread {
    const worker = new Worker(workerUrl, { name: 'task' });
    const thread: Thread = { worker, job: undefined };
    let cause: unknown;
    worker.on('message', (reply: TaskReply) => this.#onReply(thread, reply));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (exitCode) => this.#onExit(thread, new WorkerLostError(exitCode, { cause })));
    worker.unref();
    this.#threads.add(thread);
    return thread;
  }

  #onReply(thread: Thread, reply: TaskReply): void {
    const { job } = thread;
    thread.job = undefined;
    thread.worker.unref();
    if ('failure' in reply) job?.reject(errorOf(reply.failure));
    else job?.resolve(reply.output);
    this.#dispatch();
  }

  #onExit(thread: Thread, error: WorkerLostError): void {
    this.#threads.delete(thread);
    thread.job?.reject(error);
    this.#dispatch();
  }
}
