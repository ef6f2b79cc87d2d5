/** The two ends of a connection carry structured-clonable messages, in order. */
export interface IsolatePort {
  post(message: unknown): void;
  /** One listener; messages that came before it are kept for it. */
  onMessage(listener: (message: unknown) => void): void;
}

/** How a thread or process ended. */
export interface IsolateExit {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** What it threw, or printed last; undefined when that is not known. */
  readonly cause: Error | undefined;
  readonly isOutOfMemory: boolean;
}

/** A thread or process that runs one program. */
export interface Isolate extends IsolatePort {
  /** Resolves when it has ended, by itself or by {@link terminate}. Nothing of it arrives afterwards. */
  readonly exited: Promise<IsolateExit>;
  /** Ends it at once, whatever it does. Resolves when it has ended. */
  terminate(): Promise<void>;
}

/** Where a program runs and what it may use. */
export interface IsolateOptions {
  readonly mode: 'thread' | 'process';
  /** URL of a module with an export `serve(port: IsolatePort)`. */
  readonly program: URL;
  /** Largest heap, in MiB. */
  readonly memoryMaxMb: number;
}

/**
 * Starts programs that may fail without harm to this one. They get none of this process's environment but `PATH`, `HOME`, `TMPDIR`,
 * `LANG` and `TZ`.
 */
export interface Isolates {
  start(options: IsolateOptions): Isolate;
}
