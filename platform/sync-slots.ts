/** Syncs handed to the system at the same time: many times what its threads do, so that none of them waits for us. */
const SLOTS = 64;

/**
 * Lets only so many syncs run at a time, the others in the order in which they were asked for. Thousands of logs may ask
 * in one turn, and each request that the thread pool holds costs kilobytes.
 */
export class SyncSlots {
  #free: number;
  #waiting: ((done: () => void) => void)[] = [];
  #next = 0;

  constructor(slots = SLOTS) {
    this.#free = slots;
  }

  /** Calls `begin` now, or when another one has ended. It must call `done` once, and must not throw. */
  run(begin: (done: () => void) => void): void {
    if (this.#free === 0) {
      this.#waiting.push(begin);
      return;
    }
    this.#free -= 1;
    begin(this.#done);
  }

  readonly #done = (): void => {
    const begin = this.#waiting[this.#next];
    if (begin === undefined) {
      this.#waiting = [];
      this.#next = 0;
      this.#free += 1;
      return;
    }
    this.#next += 1;
    begin(this.#done);
  };
}

/** Those of the disk, for files and directories alike. */
export const diskSyncs: SyncSlots = new SyncSlots();
