import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readFileSync,
  readSync,
  writeSync,
  writevSync,
} from 'node:fs';
import type { File, OpenMode } from './files.ts';
import { diskSyncs } from './sync-slots.ts';
import { hasCode, systemError } from './system-error.ts';

/** No `O_APPEND`: appends are positioned writes, so that bytes of an undone append cannot stay in the way. */
const flags = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR | constants.O_CREAT,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const;

/** Synced and given up at once when no synced file can be. */
const UNSYNCED_PARKED = 64;

/**
 * Most bytes of one system call that writes. Linux gives a longer write pages of 2 MiB at once where it can, and on some virtual machines
 * each of those costs several times what the same bytes in small pages do.
 */
const WRITE_BYTES = 1 << 19;

/** Before that many files are open nobody asks how many there may be. */
const FEW = 256;
/** Of the descriptors that the system allows, the share that files may have: sockets and modules need some as well. */
const SHARE = 7 / 8;

/** Open files, those opened first in front. */
const open = new Set<DiskFile>();
/** Open files at which descriptors are given back. */
let filesMax = FEW;

/**
 * Opens a file of the disk. When the system allows no more open files, descriptors of others are given back; those files
 * get one again when they are used. Throws the system's error.
 */
export function openDiskFile(path: string, mode: OpenMode): File {
  const descriptor = openDescriptor(path, flags[mode]);
  try {
    const { size, ino } = fstatSync(descriptor);
    const file = new DiskFile(path, mode, descriptor, { size, inode: ino });
    open.add(file);
    return file;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** A new descriptor; others give theirs back when the system allows no more. Throws the system's error. */
export function openDescriptor(path: string, flag: number): number {
  if (open.size >= filesMax && open.size >= filesAllowed()) parkSome();
  try {
    return openSync(path, flag);
  } catch (error) {
    if (!hasCode(error, 'EMFILE') || !parkSome()) throw error;
    return openSync(path, flag);
  }
}

/** Infinity where the system does not tell: then it says so when there are too many. */
function filesAllowed(): number {
  if (filesMax === FEW) filesMax = Math.floor(descriptorsMax() * SHARE);
  return filesMax;
}

function descriptorsMax(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Gives back half of the descriptors whose files are synced, or else some of the others. False when all are in use. */
function parkSome(): boolean {
  const wanted = Math.ceil(open.size / 2);
  let parked = 0;
  for (const file of open) if (parked < wanted && file.park(false)) parked += 1;
  if (parked > 0) return true;
  for (const file of open) if (parked < UNSYNCED_PARKED && file.park(true)) parked += 1;
  return parked > 0;
}

class DiskFile implements File {
  readonly path: string;
  #descriptor: number;
  #size: number;
  /** Calls that run in the thread pool. The descriptor's number may be given to another file once it is closed. */
  #inFlight = 0;
  #isClosed = false;
  readonly #mode: OpenMode;
  readonly #inode: number;
  /** Writes so far, and how many of them are known to be synced. */
  #writes = 0;
  #syncedWrites = 0;

  constructor(
    path: string,
    mode: OpenMode,
    descriptor: number,
    { size, inode }: { readonly size: number; readonly inode: number },
  ) {
    this.path = path;
    this.#mode = mode;
    this.#descriptor = descriptor;
    this.#size = size;
    this.#inode = inode;
  }

  /**
   * Gives the descriptor back until the file is used again; false when it is in use. What is not synced is, when
   * `withSync`: an error of writing it out would be lost with the descriptor. Then nothing is thrown, and it stays open.
   */
  park(withSync: boolean): boolean {
    const isSynced = this.#writes === this.#syncedWrites;
    if (this.#inFlight > 0 || this.#descriptor < 0 || (!isSynced && !withSync)) return false;
    try {
      if (!isSynced) this.datasyncNow();
    } catch {
      this.#writes = Number.POSITIVE_INFINITY; // Its next sync fails as well, and whoever asks for it is told.
      return false;
    }
    this.#release();
    return true;
  }

  size(): number {
    return this.#size;
  }

  append(chunks: readonly Uint8Array[]): number {
    const descriptor = this.#open('write');
    this.#writes += 1;
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
    this.#writes += 1;
    let written = 0;
    try {
      while (written < bytes.length) {
        const length = Math.min(bytes.length - written, WRITE_BYTES);
        written += writeSync(descriptor, bytes, written, length, position + written);
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
    this.#writes += 1;
    ftruncateSync(this.#open('ftruncate'), size);
    this.#size = size;
  }

  datasync(): Promise<void> {
    return new Promise((resolve, reject) => {
      const descriptor = this.#begin('fdatasync');
      const writes = this.#writes;
      diskSyncs.run((done) =>
        fdatasync(descriptor, (error) => {
          done();
          const failure = error ?? this.#lostSync();
          if (!failure) this.#syncedWrites = writes;
          this.#finish();
          if (failure) reject(failure);
          else resolve();
        }),
      );
    });
  }

  datasyncNow(): void {
    fdatasyncSync(this.#open('fdatasync'));
    const failure = this.#lostSync();
    if (failure) throw failure;
    this.#syncedWrites = this.#writes;
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
    if (this.#descriptor < 0) this.#reopen(syscall);
    return this.#descriptor;
  }

  /** The path may stand for another file by now: that one must not be touched. */
  #reopen(syscall: string): void {
    const descriptor = openDescriptor(
      this.path,
      this.#mode === 'read' ? constants.O_RDONLY : constants.O_RDWR,
    );
    if (fstatSync(descriptor).ino !== this.#inode) {
      closeSync(descriptor);
      throw systemError('EBADF', syscall, this.path);
    }
    this.#descriptor = descriptor;
    open.add(this);
  }

  /** A sync that failed when the descriptor was to be given back: the next one may succeed and says nothing. */
  #lostSync(): Error | undefined {
    return Number.isFinite(this.#writes) ? undefined : systemError('EIO', 'fdatasync', this.path);
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
    open.delete(this);
    if (descriptor >= 0) closeSync(descriptor);
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
    const count = writevSync(descriptor, firstBytes(rest, WRITE_BYTES), position + written);
    written += count;
    rest = dropBytes(rest, count);
  }
  return written;
}

/** The first `count` bytes of `chunks`, or all of them when there are fewer. */
function firstBytes(chunks: Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  for (const [index, chunk] of chunks.entries()) {
    if (left <= chunk.length) return [...chunks.slice(0, index), chunk.subarray(0, left)];
    left -= chunk.length;
  }
  return chunks;
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
