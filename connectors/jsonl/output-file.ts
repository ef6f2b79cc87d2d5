import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const newline = 10;
/** Larger texts are encoded in memory of their own. */
const KEPT_BYTES_MAX = 4 << 20;

/** A file that is only written at its end. */
export class OutputFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #memory: Buffer = Buffer.alloc(0);
  /** Bytes that are in it, durable or not. */
  length: number;
  /** Written since the last {@link sync}. */
  isDirty = false;

  private constructor(path: string, handle: FileHandle, length: number) {
    this.path = path;
    this.#handle = handle;
    this.length = length;
  }

  /** Opens the file, or creates it, durably, with its folders. Throws the system's error. */
  static async open(path: string): Promise<OutputFile> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const handle = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return create(path, folder);
    });
    return new OutputFile(path, handle, (await handle.stat()).size);
  }

  /** True when something is in it and it does not end with a line end. */
  async endsInsideLine(): Promise<boolean> {
    if (this.length === 0) return false;
    const { buffer } = await this.#handle.read(Buffer.alloc(1), 0, 1, this.length - 1);
    return buffer[0] !== newline;
  }

  /** Writes at the end. When it throws, the file may be longer than `length`: call {@link truncate}. */
  async append(text: string): Promise<void> {
    const bytes = this.#encode(text);
    let done = 0;
    this.isDirty = true;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.length + done);
      done += bytesWritten;
    }
    this.length += done;
  }

  /** In memory that is used again; nothing else is appended before this is written. */
  #encode(text: string): Buffer {
    const bytesMax = text.length * 3;
    if (bytesMax > KEPT_BYTES_MAX) return Buffer.from(text);
    if (bytesMax > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(2 * bytesMax);
    return this.#memory.subarray(0, this.#memory.write(text));
  }

  async truncate(length: number): Promise<void> {
    await this.#handle.truncate(length);
    this.length = length;
    this.isDirty = true;
  }

  /** Makes all that was written durable. */
  async sync(): Promise<void> {
    await this.#handle.datasync();
    this.isDirty = false;
  }

  /** False when the path leads to another file now, or to none: what is written here would be lost. */
  async isInPlace(): Promise<boolean> {
    const mine = await this.#handle.stat();
    const current = await stat(this.path).catch(() => undefined);
    return current !== undefined && current.ino === mine.ino && current.dev === mine.dev;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function create(path: string, folder: string): Promise<FileHandle> {
  const handle = await open(path, 'wx+');
  const directory = await open(folder, 'r');
  // Windows has no sync of folders.
  await directory.sync().catch(() => undefined);
  await directory.close();
  return handle;
}
