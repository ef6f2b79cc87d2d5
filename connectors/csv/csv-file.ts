import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** How many bytes at the start, and before the position, a fingerprint covers. */
const fingerprintBytes = 1024;

/** A file that is read by position and may grow. */
export class CsvFile {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Throws the system's error. */
  static async open(path: string): Promise<CsvFile> {
    return new CsvFile(path, await open(path, 'r'));
  }

  /** Bytes. */
  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  /** Fills `target` from `position`; returns the bytes read, 0 at the end of the file. */
  async read(target: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(target, 0, target.length, position)).bytesRead;
  }

  /**
   * Tells whether the bytes before `position` are still the same: a hash over the first of them and the last of them.
   * Undefined when the file is shorter than that.
   */
  async fingerprint(position: number): Promise<string | undefined> {
    const length = Math.min(fingerprintBytes, position);
    const bytes = Buffer.alloc(2 * length);
    const head = await this.read(bytes.subarray(0, length), 0);
    const tail = await this.read(bytes.subarray(length), position - length);
    if (head < length || tail < length) return undefined;
    return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  }

  /** True when the path leads to another file now, or to none. */
  async isReplaced(): Promise<boolean> {
    const mine = await this.#handle.stat();
    const current = await stat(this.path).catch(() => undefined);
    return current === undefined || current.ino !== mine.ino || current.dev !== mine.dev;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
