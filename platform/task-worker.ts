// The program of a worker thread: runs one task after the other and posts what became of it.
import { parentPort } from 'node:worker_threads';
import { diskFiles } from './disk-files.ts';
import type { TaskFailure, TaskReply, TaskRequest } from './task-messages.ts';

parentPort?.on('message', async ({ task, input }: TaskRequest) => {
  try {
    const module: { run?: unknown } = await import(task);
    if (typeof module.run !== 'function') throw new TypeError(`${task} has no export run(input)`);
    const output: unknown = await module.run(input, { files: diskFiles });
    post({ output });
  } catch (error) {
    post({ failure: describe(error) });
  }
});

function post(reply: TaskReply): void {
  parentPort?.postMessage(reply);
}

/** Structured clone keeps neither the name of a subclass nor its code. */
function describe(error: unknown): TaskFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const syscall = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : undefined;
  return {
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(code === undefined ? {} : { code }),
    ...(syscall === undefined ? {} : { syscall }),
  };
}
