import { type SystemErrorCode, systemError } from '../system-error.ts';

/** What goes wrong with a simulated disk, and when. */
export class DiskFaults {
  #operations = 0;
  readonly #failures = new Map<number, SystemErrorCode>();
  #powerOffAt = Number.POSITIVE_INFINITY;
  #failingDatasync: SystemErrorCode | undefined;
  readonly #failingPlaces = new Map<string, SystemErrorCode>();

  /** Operations so far. All calls count but `size`, `stat`, `space` and `close`. */
  get operations(): number {
    return this.#operations;
  }

  /** True from the operation on at which the power failed. */
  get isPoweredOff(): boolean {
    return this.#operations >= this.#powerOffAt;
  }

  failAt(operation: number, code: SystemErrorCode): void {
    this.#failures.set(operation, code);
  }

  powerOffAt(operation: number): void {
    this.#powerOffAt = operation;
  }

  failNextDatasync(code: SystemErrorCode): void {
    this.#failingDatasync = code;
  }

  failUnder(path: string, code: SystemErrorCode): void {
    this.#failingPlaces.set(path, code);
  }

  clear(): void {
    this.#failures.clear();
    this.#failingPlaces.clear();
    this.#powerOffAt = Number.POSITIVE_INFINITY;
    this.#failingDatasync = undefined;
  }

  /** Counts an operation, and throws when it is one that fails. */
  hit(syscall: string, path: string): void {
    this.#operations += 1;
    if (this.isPoweredOff) throw systemError('EIO', syscall, path);
    const code = this.#failures.get(this.#operations);
    if (code !== undefined) throw systemError(code, syscall, path);
    for (const [place, placeCode] of this.#failingPlaces) {
      if (path === place || path.startsWith(`${place}/`)) throw systemError(placeCode, syscall, path);
    }
  }

  hitDatasync(path: string): void {
    this.hit('fdatasync', path);
    const code = this.#failingDatasync;
    this.#failingDatasync = undefined;
    if (code !== undefined) throw systemError(code, 'fdatasync', path);
  }
}
