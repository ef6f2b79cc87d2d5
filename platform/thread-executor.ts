import { Worker } from 'node:worker_threads';
import { ExecutorClosedError, WorkerLostError } from './errors.ts';
import { type Executor, taskUrl } from './executor.ts';
import { errorOf, type TaskReply, type TaskRequest } from './task-messages.ts';

const workerUrl = taskUrl(import.meta.url, 'task-worker');

/** How many threads there may be, and how long one without a task stays. */
interface ThreadOptions {
  readonly threadsMax?: number;
  readonly idleMsMax?: number;
}

/**
 * Runs tasks in worker threads, one at a time each and in order of arrival. A thread takes 18 MB and 70 ms to start, so
 * there are at most two, a second one only beside a long task. They start on first use, end when they had nothing to do for half a minute, and
 * keep the process alive only while they run a task.
 */
export function threadExecutor({ threadsMax = 2, idleMsMax = 30_000 }: ThreadOptions = {}): Executor {
  return new ThreadExecutor(threadsMax, idleMsMax);
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
  idle: NodeJS.Timeout | undefined;
}

class ThreadExecutor implements Executor {
  readonly #threadsMax: number;
  readonly #threads = new Set<Thread>();
  readonly #queue: Job[] = [];
  readonly #idleMsMax: number;
  #isClosed = false;

  constructor(threadsMax: number, idleMsMax: number) {
    this.#threadsMax = threadsMax;
    this.#idleMsMax = idleMsMax;
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
    for (const { job, idle } of threads) {
      clearTimeout(idle);
      job?.reject(new ExecutorClosedError());
    }
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
    clearTimeout(thread.idle);
    thread.job = job;
    thread.worker.ref();
  }

  #startThread(): Thread {
    const worker = new Worker(workerUrl, { name: 'task' });
    const thread: Thread = { worker, job: undefined, idle: undefined };
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
    if (thread.job === undefined)
      thread.idle = setTimeout(() => this.#retire(thread), this.#idleMsMax).unref();
  }

  /** It has left the set before it ends, so no task can be given to it any more. */
  #retire(thread: Thread): void {
    this.#threads.delete(thread);
    void thread.worker.terminate();
  }

  #onExit(thread: Thread, error: WorkerLostError): void {
    this.#threads.delete(thread);
    thread.job?.reject(error);
    this.#dispatch();
  }
}
