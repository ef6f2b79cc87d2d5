import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { taskUrl } from './executor.ts';
import type { Isolate, IsolateExit, IsolateOptions, Isolates } from './isolate.ts';

const programUrl = taskUrl(import.meta.url, 'isolate-program');
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
/**
 * A thread at its limit is given 16 MiB more to end in; what survives one collection of the young generation has to fit in
 * there, or V8 ends the whole process.
 */
const YOUNG_MB = 8;
/** How much of what a process prints to stderr is kept, for the reason of its end. */
const STDERR_CHARS_MAX = 16_384;

/** Worker threads and child processes. They do not keep this process alive. */
export const systemIsolates: Isolates = {
  start: (options) => (options.mode === 'thread' ? startThread(options) : startProcess(options)),
};

function startThread({ program, memoryMaxMb }: IsolateOptions): Isolate {
  const worker = new Worker(programUrl, {
    name: 'isolate',
    workerData: program.href,
    env: environment(),
    resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  worker.unref();
  let cause: Error | undefined;
  worker.on('error', (error) => {
    cause = error instanceof Error ? error : new Error(String(error));
  });
  const exited = new Promise<IsolateExit>((resolve) => {
    worker.on('exit', (exitCode) => {
      const isOutOfMemory =
        cause !== undefined && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      resolve({ exitCode, cause, isOutOfMemory });
    });
  });
  return {
    exited,
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    terminate: async () => void (await worker.terminate()),
  };
}

function startProcess({ program, memoryMaxMb }: IsolateOptions): Isolate {
  // Not imported: loading it takes 3 ms, and most processes never start another.
  const { fork } = process.getBuiltinModule('node:child_process');
  const child = fork(fileURLToPath(programUrl), [program.href], {
    env: environment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [`--max-old-space-size=${memoryMaxMb}`],
  });
  child.unref();
  child.channel?.unref();
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-STDERR_CHARS_MAX);
  });
  const exited = new Promise<IsolateExit>((resolve) => {
    const end = (exitCode: number | undefined): void => {
      const isOutOfMemory = /heap out of memory|heap limit/i.test(printed);
      const cause = printed.trim() === '' ? undefined : new Error(printed.trim());
      resolve({ exitCode, cause, isOutOfMemory });
    };
    child.on('error', (error) => {
      printed += error.message;
      if (child.pid === undefined) end(undefined);
    });
    // 'close' and not 'exit': by then all that it printed has been read.
    child.on('close', (exitCode) => end(exitCode ?? undefined));
  });
  return {
    exited,
    post: (message) => {
      // A message that no longer arrives is told by `exited`.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    terminate: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function environment(): Record<string, string> {
  const kept = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(kept);
}
