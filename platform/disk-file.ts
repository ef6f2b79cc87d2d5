import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readSync,
  writeSync,
  writevSync,
} from 'node:fs';
import type { File, OpenMode } from './files.ts';
import { systemError } from './system-error.ts';

/** No `O_APPEND`: appends are positioned writes, so that bytes of an undone append cannot stay in the way. */
const flags = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR | constants.O_CREAT,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const;

/** Opens a file of the disk. Throws the system's error. */
export function openDiskFile(path: string, mode: OpenMode): File {
  const descriptor = openSync(path, flags[mode]);
  try {
    return new DiskFile(path, descriptor, fstatSync(descriptor).size);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

class DiskFile implements File {
  readonly path: string;
  #descriptor: number;
  #size: number;
  /** Calls that run in the thread pool. The descriptor's number may be given to another file once it is closed. */
  #inFlight = 0;
  #isClosed = false;

  constructor(path: string, descriptor: number, size: number) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#size = size;
  }

  size(): number {
    return this.#size;
  }

  append(chunks: readonly Uint8Array[]): number {
    const descriptor = this.#open('write');
    const position = this.#size;
    try {
      this.#size = position + writeAll(descriptor, chunks, position);
    } catch (error) {
      this.#undo(descriptor, position);
      throw error;
    }
    return position;
  }

  write(bytes: Uint8Array, position: number): void {
    const descriptor = this.#open('write');
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
      }
    } finally {
      if (written > 0) this.#size = Math.max(this.#size, position + written);
    }
  }

  read(target: Uint8Array, position: number): number {
    const descriptor = this.#open('read');
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(descriptor, target, filled, target.length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  async readAsync(target: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      const count = await this.#readOnce(target, filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  truncate(size: number): void {
    ftruncateSync(this.#open('ftruncate'), size);
    this.#size = size;
  }

  datasync(): Promise<void> {
    return new Promise((resolve, reject) => {
      const descriptor = this.#begin('fdatasync');
      fdatasync(descriptor, (error) => {
        this.#finish();
        if (error) reject(error);
        else resolve();
      });
    });
  }

  datasyncNow(): void {
    fdatasyncSync(this.#open('fdatasync'));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#inFlight === 0) this.#release();
  }

  #readOnce(target: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const descriptor = this.#begin('read');
      read(descriptor, target, offset, target.length - offset, position, (error, count) => {
        this.#finish();
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  #open(syscall: string): number {
    if (this.#isClosed) throw systemError('EBADF', syscall, this.path);
    return this.#descriptor;
  }

  #begin(syscall: string): number {
    const descriptor = this.#open(syscall);
    this.#inFlight += 1;
    return descriptor;
  }

  #finish(): void {
    this.#inFlight -= 1;
    if (this.#isClosed && this.#inFlight === 0) this.#release();
  }

  #release(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    closeSync(descriptor);
  }

  /** The first error is what the caller must see; the next append starts at the old size whether this works or not. */
  #undo(descriptor: number, size: number): void {
    try {
      ftruncateSync(descriptor, size);
    } catch {
      // A disk that refuses to shrink a file leaves bytes behind its logical end, which the next append overwrites.
    }
  }
}

function writeAll(descriptor: number, chunks: readonly Uint8Array[], position: number): number {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  let written = 0;
  while (rest.length > 0) {
    const count = writevSync(descriptor, rest, position + written);
    written += count;
    rest = dropBytes(rest, count);
  }
  return written;
}

/** What is left of `chunks` after the first `count` bytes. */
function dropBytes(chunks: Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...chunks.slice(index + 1)];
    left -= chunk.length;
  }
  return [];
}
