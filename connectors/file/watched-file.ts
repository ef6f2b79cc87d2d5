import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { FatalError } from '../../runtime/plugin/index.ts';

/** How many bytes {@link WatchedFile.read} returns, unless the file ends before. */
export const readBytes = 256 * 1024;
/** How many bytes at the start, and before the position, a fingerprint covers. */
const fingerprintBytes = 1024;

/** How a path compares with the file that was opened under it. */
export type FileChange = 'same' | 'replaced' | 'missing' | 'rewritten';

/** A file that others append to, cut, rename and replace while it is read. */
export class WatchedFile {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Throws the system's error, and FatalError for a folder. */
  static async open(path: string): Promise<WatchedFile> {
    const handle = await open(path, 'r');
    if (!(await handle.stat()).isDirectory()) return new WatchedFile(path, handle);
    await handle.close();
    throw new FatalError(`${path} is a folder. Name a file in it.`);
  }

  /** Bytes from `position` on; none at the end of the file. */
  async read(position: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(readBytes);
    const { bytesRead } = await this.#handle.read(bytes, 0, readBytes, position);
    return bytes.subarray(0, bytesRead);
  }

  /**
   * A hash of the first bytes and of the last ones before `position`: it stays while the file only grows. Undefined when the
   * file is shorter than that.
   */
  async fingerprint(position: number): Promise<string | undefined> {
    const length = Math.min(fingerprintBytes, position);
    const bytes = Buffer.alloc(2 * length);
    const head = await this.#handle.read(bytes, 0, length, 0);
    const tail = await this.#handle.read(bytes, length, length, position - length);
    if (head.bytesRead < length || tail.bytesRead < length) return undefined;
    return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  }

  /** What became of the file, when `position` bytes of it, with that fingerprint, were read. */
  async compare(position: number, fingerprint: string | undefined): Promise<FileChange> {
    const current = await stat(this.path).catch(() => undefined);
    if (current === undefined) return 'missing';
    const mine = await this.#handle.stat();
    if (current.ino !== mine.ino || current.dev !== mine.dev) return 'replaced';
    const found = await this.fingerprint(position);
    return found === undefined || (fingerprint !== undefined && found !== fingerprint) ? 'rewritten' : 'same';
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
