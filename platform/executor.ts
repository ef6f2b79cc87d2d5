import type { Files } from './files.ts';

/** What a task may use of the outside world. */
export interface TaskWorld {
  readonly files: Files;
}

/**
 * Where work runs. A task is a module (by URL) with an export `run(input, world)`; input and output are
 * structured-cloned, `transfer` moves buffers instead, shared memory stays shared.
 */
export interface Executor {
  /** Calls `callback` once after the current turn of the event loop and its input/output: the check phase. */
  soon(callback: () => void): void;
  /** Runs the task off the event loop and resolves with what it returns; rejects with what it throws. */
  run<I, O>(task: URL, input: I, transfer?: readonly ArrayBuffer[]): Promise<O>;
  close(): Promise<void>;
}

/**
 * The URL of a task beside the module that names it. Sources run as `.ts`, the published package as `.js`, where every
 * task is an entry of its own in the one folder (see rolldown.config.ts): the build does not rewrite such URLs.
 */
export function taskUrl(importer: string, name: string): URL {
  const extension = importer.slice(importer.lastIndexOf('.'));
  return new URL(`./${name}${extension}`, importer);
}
