import { type Herder, StoppingError } from '../herder/index.ts';

/** The worker of a REST API that listens already while it starts. */
export class Starting {
  /** Rejects when the worker will never start. */
  readonly done: Promise<Herder>;
  #herder: Herder | undefined;
  readonly #giveUp: () => void;

  constructor(herder: Herder | Promise<Herder>) {
    const { promise: over, reject } = Promise.withResolvers<never>();
    this.#giveUp = () => reject(new StoppingError());
    if (!(herder instanceof Promise)) this.#herder = herder;
    this.done = Promise.race([over, herder]);
    this.done.then(
      (started) => {
        this.#herder = started;
      },
      () => undefined, // Told to whoever starts the worker.
    );
  }

  /** Undefined before it has started. */
  get herder(): Herder | undefined {
    return this.#herder;
  }

  /** Whoever waits for the start is told that it does not come. */
  giveUp(): void {
    this.#giveUp();
  }
}

/** A time has passed. */
export class LateError extends Error {}

/** Settles as `work` does, or rejects with {@link LateError} after `timeoutMs`. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new LateError()), timeoutMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
