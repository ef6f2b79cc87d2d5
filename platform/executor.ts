/**
 * Where work runs. A task is a module (by URL) with an export `run(input)`; input and output are structured-cloned,
 * `transfer` moves buffers instead.
 */
export interface Executor {
  /** Calls `callback` once after the current turn of the event loop and its input/output: the check phase. */
  soon(callback: () => void): void;
  /** Runs the task off the event loop and resolves with what it returns; rejects with what it throws. */
  run<I, O>(task: URL, input: I, transfer?: readonly ArrayBuffer[]): Promise<O>;
  close(): Promise<void>;
}
