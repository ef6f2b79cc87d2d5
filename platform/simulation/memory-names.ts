import { posix } from 'node:path';
import { systemError } from '../system-error.ts';
import type { MemoryContent, Survival } from './memory-content.ts';
import type { SeededEntropy } from './seeded-entropy.ts';

/** A simulated directory: as the process sees it, and as the platter has it. */
export class MemoryDirectory {
  readonly entries = new Map<string, MemoryNode>();
  readonly durable = new Map<string, MemoryNode>();
}

export type MemoryNode = MemoryDirectory | MemoryContent;

interface Place {
  readonly directory: MemoryDirectory;
  readonly name: string;
}

/** One entry that a name operation sets, or removes when `node` is undefined. */
interface EntryChange extends Place {
  readonly node: MemoryNode | undefined;
}

/** Entries that change together or not at all, also in a crash. */
type NameOperation = readonly EntryChange[];

/** Above this many, it is worth a walk over the tree to find those that no longer matter. */
const UNSYNCED_MAX = 1000;

/** The tree of names of a simulated disk. Errors are those of Linux. */
export class MemoryNames {
  readonly #root = new MemoryDirectory();
  /** In order of time. */
  #unsynced: NameOperation[] = [];

  /** `undefined` when there is nothing, or when a part of the path is a file. */
  find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root;
    for (const name of partsOf(path)) {
      node = node instanceof MemoryDirectory ? node.entries.get(name) : undefined;
    }
    return node;
  }

  directory(path: string, syscall: string): MemoryDirectory {
    const node = this.find(path);
    if (node === undefined) throw systemError('ENOENT', syscall, path);
    if (!(node instanceof MemoryDirectory)) throw systemError('ENOTDIR', syscall, path);
    return node;
  }

  file(path: string, syscall: string): MemoryContent {
    const node = this.find(path);
    if (node === undefined) throw systemError('ENOENT', syscall, path);
    if (node instanceof MemoryDirectory) throw systemError('EISDIR', syscall, path);
    return node;
  }

  /** Where the path's last name is or would be. */
  place(path: string, syscall: string): Place {
    const name = partsOf(path).at(-1);
    if (name === undefined) throw systemError('EINVAL', syscall, path);
    return { directory: this.directory(posix.join(posix.resolve('/', path), '..'), syscall), name };
  }

  /** Changes entries, together. */
  change(...operation: NameOperation): void {
    for (const { directory, name, node } of operation) set(directory.entries, name, node);
    this.#unsynced.push(operation);
  }

  makeDirectory(path: string): void {
    let directory = this.#root;
    for (const name of partsOf(path)) {
      const node: MemoryNode = directory.entries.get(name) ?? new MemoryDirectory();
      if (!(node instanceof MemoryDirectory)) throw systemError('EEXIST', 'mkdir', path);
      if (!directory.entries.has(name)) this.change({ directory, name, node });
      directory = node;
    }
  }

  /** One name after the other, innermost first, so that a crash can leave a half removed directory. */
  removeTree({ directory, name }: Place): void {
    const node = directory.entries.get(name);
    if (node === undefined) return;
    if (node instanceof MemoryDirectory) {
      for (const child of [...node.entries.keys()]) this.removeTree({ directory: node, name: child });
    }
    this.change({ directory, name, node: undefined });
  }

  /** Makes the directory's changes durable, with the changes elsewhere that belong to the same operations. */
  sync(directory: MemoryDirectory): void {
    const synced = new Set([directory]);
    const isSynced = this.#unsynced.map(() => false);
    for (let index = this.#unsynced.length - 1; index >= 0; index--) {
      const operation = this.#unsynced[index] ?? [];
      if (!operation.some((change) => synced.has(change.directory))) continue;
      isSynced[index] = true;
      for (const change of operation) synced.add(change.directory);
    }
    for (const operation of this.#unsynced.filter((_, index) => isSynced[index])) apply(operation);
    this.#unsynced = this.#unsynced.filter((_, index) => !isSynced[index]);
    if (this.#unsynced.length > UNSYNCED_MAX) this.#forgetUnreachable();
  }

  /** What happened in directories that are gone for good can no longer come back, and need not be kept. */
  #forgetUnreachable(): void {
    const reachable = new Set<MemoryNode>();
    const visit = (node: MemoryNode): void => {
      if (!(node instanceof MemoryDirectory) || reachable.has(node)) return;
      reachable.add(node);
      for (const child of [...node.entries.values(), ...node.durable.values()]) visit(child);
    };
    visit(this.#root);
    this.#unsynced = this.#unsynced.filter((operation) =>
      operation.some(
        ({ directory, node }) => reachable.has(directory) || (node !== undefined && reachable.has(node)),
      ),
    );
  }

  /** The names and contents as they are found after the crash. */
  crash(survival: Survival, entropy: SeededEntropy): void {
    if (survival === 'everything') return;
    const kept = survival === 'nothing' ? 0 : entropy.below(this.#unsynced.length + 1);
    for (const operation of this.#unsynced.slice(0, kept)) apply(operation);
    this.#unsynced = [];
    crashTree(this.#root, survival, entropy);
  }

  /** Bytes in all files that have a name. */
  usedBytes(directory: MemoryDirectory = this.#root): number {
    let sum = 0;
    for (const node of directory.entries.values()) {
      sum += node instanceof MemoryDirectory ? this.usedBytes(node) : node.size;
    }
    return sum;
  }
}

function partsOf(path: string): string[] {
  return posix
    .resolve('/', path)
    .split('/')
    .filter((name) => name !== '');
}

function set(entries: Map<string, MemoryNode>, name: string, node: MemoryNode | undefined): void {
  if (node === undefined) entries.delete(name);
  else entries.set(name, node);
}

function apply(operation: NameOperation): void {
  for (const { directory, name, node } of operation) set(directory.durable, name, node);
}

function crashTree(directory: MemoryDirectory, survival: Survival, entropy: SeededEntropy): void {
  directory.entries.clear();
  for (const [name, node] of directory.durable) {
    directory.entries.set(name, node);
    if (node instanceof MemoryDirectory) crashTree(node, survival, entropy);
    else node.crash(survival, entropy);
  }
}
