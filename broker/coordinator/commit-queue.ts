import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { CoordinatorLogError } from './errors.ts';

/** Called once: with nothing when all that was appended before is committed, else with why that is not known. */
type Release = (error?: unknown) => void;

/** How long a response waits for its records to be committed, and the config that says so. */
export interface CommitTimeout {
  readonly ms: number;
  readonly config: string;
}

interface Entry {
  readonly append: Promise<void>;
  isCommitted: boolean;
  readonly releases: Release[];
}

/**
 * Holds responses back until the records they rest on are committed. Order is kept: a response waits for the last
 * append before it, and so do answers that only read, because they may show what is not committed yet.
 * B58: what OffsetFetch has once returned is still there after a failover.
 */
export class CommitQueue {
  readonly #clock: Clock;
  readonly #timeout: CommitTimeout;
  readonly #onFailed: (error: unknown) => void;
  #entries: Entry[] = [];
  #isClosed = false;

  /** `onFailed` is called once, when an append fails; responses wait until {@link close}. */
  constructor(clock: Clock, timeout: CommitTimeout, onFailed: (error: unknown) => void) {
    this.#clock = clock;
    this.#timeout = timeout;
    this.#onFailed = onFailed;
  }

  /** Adds an append that is under way. */
  add(append: Promise<void>): void {
    const entry: Entry = { append, isCommitted: false, releases: [] };
    this.#entries.push(entry);
    append.then(
      () => {
        entry.isCommitted = true;
        this.#drain();
      },
      (error: unknown) => {
        if (!this.#isClosed) this.#onFailed(error);
      },
    );
  }

  /**
   * Calls `release` when everything appended so far is committed: now, if nothing is under way. After the timeout
   * it is called with an error instead.
   */
  after(release: Release): void {
    const last = this.#entries.at(-1);
    if (last === undefined) release();
    else last.releases.push(this.#withTimeout(release));
  }

  /** Calls `proceed` when everything appended so far is committed, however long that takes; never after a failure. */
  whenCommitted(proceed: () => void): void {
    const last = this.#entries.at(-1);
    if (last === undefined) proceed();
    else
      last.releases.push((error) => {
        if (error === undefined) proceed();
      });
  }

  /**
   * Gives every response that still waits this error. Later ones are released at once. Resolves when no append is
   * under way any more: only then the log says what has become of them.
   */
  async close(error: unknown): Promise<void> {
    this.#isClosed = true;
    const entries = this.#entries;
    this.#entries = [];
    for (const { releases } of entries) for (const release of releases) release(error);
    await Promise.allSettled(entries.map(({ append }) => append));
  }

  #drain(): void {
    while (this.#entries[0]?.isCommitted) {
      const entry = this.#entries.shift();
      for (const release of entry?.releases ?? []) release();
    }
  }

  #withTimeout(release: Release): Release {
    let isReleased = false;
    const once: Release = (error) => {
      if (isReleased) return;
      isReleased = true;
      timer.cancel();
      release(error);
    };
    const { ms, config } = this.#timeout;
    const timer = this.#clock.timer(ms, () => {
      const message = `Records were not committed within ${ms} ms (${config}).`;
      once(new CoordinatorLogError(ErrorCode.REQUEST_TIMED_OUT, message));
    });
    return once;
  }
}
