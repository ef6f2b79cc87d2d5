import type { File } from '../files.ts';
import { systemError } from '../system-error.ts';
import type { MemoryContent } from './memory-content.ts';

/** What a file needs from the disk it is on. */
export interface MemoryDisk {
  /** Counts the operation. Throws when it is to fail. */
  hit(syscall: string, path: string): void;
  /** As {@link hit}, for a sync. */
  hitDatasync(path: string): void;
  /** Throws `ENOSPC` when the disk has not that much left. */
  reserve(bytes: number, path: string): void;
  now(): number;
  /** Resolves in a later turn; never, when the disk crashes before. Rejects when the power has failed. */
  later(syscall: string, path: string): Promise<void>;
  /** Goes up with every crash. */
  readonly generation: number;
}

/** An open file of a simulated disk. Dead after a crash: every call throws `EBADF`. */
export class MemoryFile implements File {
  readonly path: string;
  readonly #content: MemoryContent;
  readonly #disk: MemoryDisk;
  readonly #generation: number;
  readonly #isWritable: boolean;
  #isClosed = false;

  constructor(options: { path: string; content: MemoryContent; disk: MemoryDisk; isWritable: boolean }) {
    this.path = options.path;
    this.#content = options.content;
    this.#disk = options.disk;
    this.#generation = options.disk.generation;
    this.#isWritable = options.isWritable;
  }

  size(): number {
    return this.#content.size;
  }

  append(chunks: readonly Uint8Array[]): number {
    this.#beginWrite('write');
    const position = this.#content.size;
    const bytes = Buffer.concat(chunks);
    this.#disk.reserve(bytes.length, this.path);
    if (bytes.length > 0) this.#change(() => this.#content.write(bytes, position));
    return position;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#beginWrite('write');
    this.#disk.reserve(position + bytes.length - this.#content.size, this.path);
    if (bytes.length > 0) this.#change(() => this.#content.write(bytes, position));
  }

  read(target: Uint8Array, position: number): number {
    this.#begin('read');
    return this.#fill(target, position);
  }

  async readAsync(target: Uint8Array, position: number): Promise<number> {
    this.#begin('read');
    await this.#disk.later('read', this.path);
    return this.#fill(target, position);
  }

  truncate(size: number): void {
    this.#beginWrite('ftruncate');
    this.#disk.reserve(size - this.#content.size, this.path);
    this.#change(() => this.#content.truncate(size));
  }

  async datasync(): Promise<void> {
    const { sequence } = this.#content;
    this.#beginSync();
    await this.#disk.later('fdatasync', this.path);
    this.#content.sync(sequence);
  }

  datasyncNow(): void {
    this.#beginSync();
    this.#content.sync(this.#content.sequence);
  }

  close(): void {
    this.#isClosed = true;
  }

  #fill(target: Uint8Array, position: number): number {
    const bytes = this.#content.view(position, target.length);
    target.set(bytes);
    return bytes.length;
  }

  #change(change: () => void): void {
    change();
    this.#content.modifiedMs = this.#disk.now();
  }

  #beginSync(): void {
    this.#checkOpen('fdatasync');
    try {
      this.#disk.hitDatasync(this.path);
    } catch (error) {
      this.#content.forgetUnsynced();
      throw error;
    }
  }

  #beginWrite(syscall: string): void {
    this.#begin(syscall);
    if (!this.#isWritable)
      throw systemError(syscall === 'ftruncate' ? 'EINVAL' : 'EBADF', syscall, this.path);
  }

  #begin(syscall: string): void {
    this.#checkOpen(syscall);
    this.#disk.hit(syscall, this.path);
  }

  #checkOpen(syscall: string): void {
    if (this.#isClosed || this.#generation !== this.#disk.generation)
      throw systemError('EBADF', syscall, this.path);
  }
}
