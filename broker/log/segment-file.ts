import type { File, Files } from '../../platform/files.ts';

const REWRITE_BYTES = 1 << 20;
/** A file of at most that many bytes is read once while its log is opened. */
const READ_WHOLE_BYTES_MAX = 1 << 16;

/** The `.log` file of a segment: opened when it is needed, until it is retired. Calls throw the system's errors. */
export class SegmentFile {
  readonly path: string;
  readonly #files: Files;
  #file: File | undefined;
  /** What is in the file, while the log is being opened. */
  #content: Buffer | undefined;
  #isRetired = false;
  #syncing = 0;
  #closesAfterSync = false;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.path = path;
  }

  /** True once the file was given up: nothing of it can be read any more. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  /** The whole content while the log is being opened, when it is small. Not to be kept. */
  get content(): Buffer | undefined {
    return this.#content;
  }

  /** Opens a file that is there and returns its size in bytes; a small one is read once, until {@link endOpening}. */
  begin(): number {
    const file = this.open();
    const size = file.size();
    if (size > 0 && size <= READ_WHOLE_BYTES_MAX) {
      const content = Buffer.allocUnsafe(size);
      if (file.read(content, 0) === size) this.#content = content;
    }
    return size;
  }

  /** What was read to open it is forgotten. Call it before anything is written. */
  endOpening(): void {
    this.#content = undefined;
  }

  /** The open file, created when it is missing. Throws once it is retired. */
  open(): File {
    if (this.#isRetired && this.#file === undefined) throw new Error(`${this.path} was deleted`);
    this.#file ??= this.#files.open(this.path, 'write');
    return this.#file;
  }

  /** Fills `target` from `position`; returns how many bytes there were. */
  read(target: Buffer, position: number): number {
    return this.#content?.copy(target, 0, position) ?? this.open().read(target, position);
  }

  truncate(size: number): void {
    this.#content = undefined;
    this.open().truncate(size);
  }

  /** Makes what was written durable. A {@link close} meanwhile waits for it. */
  async datasync(): Promise<void> {
    this.#syncing += 1;
    try {
      await this.open().datasync();
    } finally {
      this.#syncing -= 1;
      if (this.#closesAfterSync && this.#syncing === 0) this.close();
    }
  }

  /** Writes the bytes from `position` to `size` once more and syncs them, blocking. */
  rewrite(position: number, size: number): void {
    const file = this.open();
    const chunk = Buffer.allocUnsafe(Math.min(REWRITE_BYTES, size));
    for (let at = position; at < size; at += chunk.length) {
      const part = chunk.subarray(0, size - at);
      file.write(part.subarray(0, this.read(part, at)), at);
    }
    file.datasyncNow();
  }

  /** Closes the file; it is opened again when it is needed. */
  close(): void {
    this.#closesAfterSync = this.#syncing > 0;
    if (this.#closesAfterSync) return;
    this.#file?.close();
    this.#file = undefined;
  }

  /** Closes the file for good, before it is renamed or removed: opening it again would make an empty one. */
  retire(): void {
    this.#isRetired = true;
    this.close();
  }
}
