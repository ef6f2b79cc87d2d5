import type { Isolate, IsolateExit, IsolateOptions, IsolatePort, Isolates } from '../isolate.ts';

/**
 * Isolates that run in this thread, one message a microtask, each cloned. What they do is not contained: a test that needs
 * that takes the real ones. {@link crash} ends all of them as `process.exit` would.
 */
export class MemoryIsolates implements Isolates {
  readonly #load: (program: URL) => Promise<{ serve(port: IsolatePort): void }>;
  readonly #running = new Set<(exit: IsolateExit) => void>();

  constructor(load: (program: URL) => Promise<{ serve(port: IsolatePort): void }>) {
    this.#load = load;
  }

  start({ program }: IsolateOptions): Isolate {
    let isOver = false;
    const { promise: exited, resolve } = Promise.withResolvers<IsolateExit>();
    const end = (exit: IsolateExit): void => {
      isOver = true;
      this.#running.delete(end);
      resolve(exit);
    };
    this.#running.add(end);
    const inner = new Inbox(() => isOver);
    const outer = new Inbox(() => isOver);
    void this.#load(program).then(
      ({ serve }) =>
        serve({ post: (message) => outer.put(message), onMessage: (each) => inner.listen(each) }),
      (error: unknown) => end({ exitCode: 1, cause: asError(error), isOutOfMemory: false }),
    );
    return {
      exited,
      post: (message) => inner.put(message),
      onMessage: (listener) => outer.listen(listener),
      terminate: () => {
        end({ exitCode: 1, cause: undefined, isOutOfMemory: false });
        return Promise.resolve();
      },
    };
  }

  /** All that run now are gone. */
  crash(exitCode: number): void {
    for (const end of [...this.#running]) end({ exitCode, cause: undefined, isOutOfMemory: false });
  }
}

class Inbox {
  readonly #isOver: () => boolean;
  readonly #kept: unknown[] = [];
  #listener: ((message: unknown) => void) | undefined;

  constructor(isOver: () => boolean) {
    this.#isOver = isOver;
  }

  put(message: unknown): void {
    const copy: unknown = structuredClone(message);
    if (this.#listener === undefined) this.#kept.push(copy);
    else this.#deliver(copy);
  }

  listen(listener: (message: unknown) => void): void {
    this.#listener = listener;
    for (const message of this.#kept.splice(0)) this.#deliver(message);
  }

  #deliver(message: unknown): void {
    queueMicrotask(() => {
      if (!this.#isOver()) this.#listener?.(message);
    });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
