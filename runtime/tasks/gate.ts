/** Lets a task's streams pass while it is open, and for good once the signal is aborted. */
export class Gate {
  #isOpen: boolean;
  readonly #isOver: AbortSignal;
  readonly #waiting = new Set<() => void>();

  constructor(isOpen: boolean, isOver: AbortSignal) {
    this.#isOpen = isOpen;
    this.#isOver = isOver;
    isOver.addEventListener('abort', () => this.#release(), { once: true });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#release();
  }

  close(): void {
    this.#isOpen = false;
  }

  opened(): Promise<void> {
    if (this.#isOpen || this.#isOver.aborted) return passed;
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

const passed = Promise.resolve();
