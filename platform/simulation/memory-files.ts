import type { Clock } from '../clock.ts';
import type { Executor } from '../executor.ts';
import type { File, FileLock, FileStat, Files, OpenMode } from '../files.ts';
import { type SystemErrorCode, systemError } from '../system-error.ts';
import { DiskFaults } from './disk-faults.ts';
import { MemoryContent, type Survival } from './memory-content.ts';
import { type MemoryDisk, MemoryFile } from './memory-file.ts';
import { MemoryDirectory, MemoryNames } from './memory-names.ts';
import type { SeededEntropy } from './seeded-entropy.ts';

interface MemoryFilesOptions {
  /** Gives the modification times. */
  readonly clock: Clock;
  /** Decides what a crash leaves behind. */
  readonly entropy: SeededEntropy;
  /** Its `soon` carries what completes later. */
  readonly executor: Executor;
  /** What all files together may take. Unlimited when left out. */
  readonly capacityBytes?: number;
}

/**
 * A disk in memory that forgets in a crash what was not synced: content since the last datasync of the file, names
 * since the last `syncDirectory` of their directory. It can be told to fail, to fill up, and to lose power.
 */
export class MemoryFiles implements Files {
  readonly #options: MemoryFilesOptions;
  readonly #names = new MemoryNames();
  readonly #faults = new DiskFaults();
  readonly #locks = new Set<MemoryContent>();
  readonly #disk: MemoryDisk;
  #generation = 0;
  /** Bytes that all files together may take. May be changed at any time. */
  capacityBytes: number;

  constructor(options: MemoryFilesOptions) {
    this.#options = options;
    this.capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY;
    this.#disk = this.#createDisk();
  }

  /** How many operations there were; all calls count but `size`, `stat`, `space` and `close`. The first is number 1. */
  get operations(): number {
    return this.#faults.operations;
  }

  /** Makes operation number `operation` (see {@link operations}) throw, and do nothing. */
  failAt(operation: number, code: SystemErrorCode = 'EIO'): void {
    this.#faults.failAt(operation, code);
  }

  /** Makes every operation on `path` and all below it throw, until {@link crash}: a disk that has failed. */
  failUnder(path: string, code: SystemErrorCode = 'EIO'): void {
    this.#faults.failUnder(path, code);
  }

  /** True from the operation on at which the power failed, until {@link crash}. */
  get isPoweredOff(): boolean {
    return this.#faults.isPoweredOff;
  }

  /** Makes this operation and all after it throw `EIO`, until {@link crash}: the process goes on, the disk is gone. */
  powerOffAt(operation: number): void {
    this.#faults.powerOffAt(operation);
  }

  /** Makes one datasync fail; what it should have written is never written, as on Linux. */
  failNextDatasync(code: SystemErrorCode = 'EIO'): void {
    this.#faults.failNextDatasync(code);
  }

  /**
   * Loses power, or the process only (`everything`), and comes back: open files are dead, locks released, faults that
   * were asked for are over, and syncs and reads that were under way never complete.
   */
  crash(survival: Survival = 'nothing'): void {
    this.#generation += 1;
    this.#faults.clear();
    this.#locks.clear();
    this.#names.crash(survival, this.#options.entropy);
  }

  open(path: string, mode: OpenMode): File {
    this.#faults.hit('open', path);
    const content = mode === 'read' ? this.#names.file(path, 'open') : this.#openForWriting(path, mode);
    return new MemoryFile({ path, content, disk: this.#disk, isWritable: mode !== 'read' });
  }

  readFile(path: string): Buffer {
    this.#faults.hit('read', path);
    const content = this.#names.file(path, 'read');
    return Buffer.from(content.view(0, content.size));
  }

  list(path: string): string[] {
    this.#faults.hit('scandir', path);
    return [...this.#names.directory(path, 'scandir').entries.keys()].sort();
  }

  stat(path: string): FileStat | undefined {
    const node = this.#names.find(path);
    if (node === undefined) return undefined;
    if (node instanceof MemoryDirectory) return { isDirectory: true, size: 0, modifiedMs: 0 };
    return { isDirectory: false, size: node.size, modifiedMs: node.modifiedMs };
  }

  setModified(path: string, modifiedMs: number): void {
    this.#faults.hit('utime', path);
    this.#names.file(path, 'utime').modifiedMs = modifiedMs;
  }

  makeDirectory(path: string): void {
    this.#faults.hit('mkdir', path);
    this.#names.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.#faults.hit('rename', from);
    const source = this.#names.place(from, 'rename');
    const node = source.directory.entries.get(source.name);
    if (node === undefined) throw systemError('ENOENT', 'rename', from);
    const target = this.#names.place(to, 'rename');
    const replaced = target.directory.entries.get(target.name);
    if (replaced === node) return;
    checkReplaceable(node, replaced, to);
    this.#names.change({ ...source, node: undefined }, { ...target, node });
  }

  remove(path: string): void {
    this.#faults.hit('unlink', path);
    const node = this.#names.find(path);
    if (node === undefined) return;
    if (node instanceof MemoryDirectory) throw systemError('EISDIR', 'unlink', path);
    this.#names.change({ ...this.#names.place(path, 'unlink'), node: undefined });
  }

  removeDirectory(path: string): void {
    this.#faults.hit('rm', path);
    if (this.#names.find(path) !== undefined) this.#names.removeTree(this.#names.place(path, 'rm'));
  }

  syncDirectory(path: string): void {
    this.#faults.hit('fsync', path);
    this.#names.sync(this.#names.directory(path, 'fsync'));
  }

  async syncDirectoryAsync(path: string): Promise<void> {
    this.syncDirectory(path);
    await this.#later('fsync', path);
  }

  lock(path: string): FileLock {
    this.#faults.hit('lock', path);
    const content = this.#openForWriting(path, 'write');
    if (this.#locks.has(content)) throw systemError('EAGAIN', 'lock', path);
    this.#locks.add(content);
    const generation = this.#generation;
    let isHeld = true;
    return {
      release: () => {
        if (isHeld && generation === this.#generation) this.#locks.delete(content);
        isHeld = false;
      },
    };
  }

  space(_path: string) {
    const totalBytes = Number.isFinite(this.capacityBytes) ? this.capacityBytes : Number.MAX_SAFE_INTEGER;
    return { totalBytes, usableBytes: Math.max(0, totalBytes - this.#names.usedBytes()) };
  }

  #openForWriting(path: string, mode: 'write' | 'create'): MemoryContent {
    const place = this.#names.place(path, 'open');
    const node = place.directory.entries.get(place.name);
    if (node !== undefined && mode === 'create') throw systemError('EEXIST', 'open', path);
    if (node instanceof MemoryDirectory) throw systemError('EISDIR', 'open', path);
    if (node !== undefined) return node;
    const created = new MemoryContent(this.#options.clock.now());
    this.#names.change({ ...place, node: created });
    return created;
  }

  #createDisk(): MemoryDisk {
    const files = this;
    return {
      hit: (syscall, path) => files.#faults.hit(syscall, path),
      hitDatasync: (path) => files.#faults.hitDatasync(path),
      reserve: (bytes, path) => files.#reserve(bytes, path),
      now: () => files.#options.clock.now(),
      later: (syscall, path) => files.#later(syscall, path),
      get generation() {
        return files.#generation;
      },
    };
  }

  #reserve(bytes: number, path: string): void {
    if (bytes <= 0 || this.capacityBytes === Number.POSITIVE_INFINITY) return;
    if (this.#names.usedBytes() + bytes > this.capacityBytes) throw systemError('ENOSPC', 'write', path);
  }

  #later(syscall: string, path: string): Promise<void> {
    const generation = this.#generation;
    return new Promise((resolve, reject) => {
      this.#options.executor.soon(() => {
        if (generation !== this.#generation) return;
        if (this.#faults.isPoweredOff) reject(systemError('EIO', syscall, path));
        else resolve();
      });
    });
  }
}

function checkReplaceable(
  node: MemoryDirectory | MemoryContent,
  replaced: MemoryDirectory | MemoryContent | undefined,
  path: string,
): void {
  if (replaced === undefined) return;
  if (node instanceof MemoryDirectory) {
    if (!(replaced instanceof MemoryDirectory)) throw systemError('ENOTDIR', 'rename', path);
    if (replaced.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', path);
  } else if (replaced instanceof MemoryDirectory) throw systemError('EISDIR', 'rename', path);
}
