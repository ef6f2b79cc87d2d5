import { existsSync, statSync, truncateSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import {
  FatalError,
  type OffsetChange,
  type PartitionOffset,
  RetriableError,
} from '../../runtime/plugin/index.ts';
import { CommitStore } from './commit-store.ts';
import { OutputFile } from './output-file.ts';

const openFilesMax = 128;

/** A full disk may get room again, and files may be closed by others. */
const passingErrors = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY']);

/** Files that grow together with offsets: after a crash both are as they were at the last {@link commit}. */
export class CommittedFiles {
  readonly #store: CommitStore;
  readonly #storePath: string;
  readonly #isDurable: boolean;
  /** Current lengths by path, of all files that the store knows. */
  readonly #lengths: Map<string, number>;
  /** The least recently used first. */
  readonly #open = new Map<string, OutputFile>();
  readonly #changed = new Set<string>();

  /** Takes the files' lock and cuts off what was written after the last commit. Throws {@link FatalError}. */
  constructor(storePath: string, isDurable: boolean) {
    this.#storePath = resolve(storePath);
    this.#isDurable = isDurable;
    this.#store = CommitStore.open(this.#storePath, isDurable);
    try {
      this.#lengths = this.#recover();
    } catch (error) {
      this.#store.close();
      throw error;
    }
  }

  offsets(): PartitionOffset[] {
    return this.#store.offsets();
  }

  /** Sets or forgets offsets; undefined: forgets all. What is written stays. */
  alter(changes: readonly OffsetChange[] | undefined): void {
    this.#store.alter(changes);
  }

  /** Appends the texts to their files, all or nothing. Throws {@link RetriableError} when the disk is full. */
  async append(texts: ReadonlyMap<string, string>): Promise<void> {
    const before = new Map<string, number>();
    try {
      for (const [name, text] of texts) {
        const path = resolve(name);
        const file = await this.#openFile(path);
        before.set(path, file.length);
        await file.append(text);
        this.#lengths.set(path, file.length);
        this.#changed.add(path);
      }
    } catch (error) {
      throw await this.#undo(before, error);
    }
  }

  /** Makes everything that was appended durable, and the offsets with it. */
  async commit(offsets: Iterable<PartitionOffset>): Promise<void> {
    for (const file of this.#open.values()) await this.#settle(file);
    const lengths = [...this.#changed].map((path) => [this.#nameOf(path), this.#lengths.get(path)] as const);
    this.#store.commit(lengths, offsets);
    this.#changed.clear();
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
    this.#open.clear();
    this.#store.close();
  }

  /** Cuts the files back, and returns what the caller should throw. */
  async #undo(before: ReadonlyMap<string, number>, cause: unknown): Promise<Error> {
    try {
      for (const [path, length] of before) {
        const file = await this.#openFile(path);
        await file.truncate(length);
        this.#lengths.set(path, length);
      }
    } catch (error) {
      return new FatalError(`The output could not be cut back after a failed write: ${String(error)}`, {
        cause,
      });
    }
    return writeError(cause);
  }

  #recover(): Map<string, number> {
    const lengths = new Map<string, number>();
    const gone: string[] = [];
    for (const [name, length] of this.#store.lengths()) {
      const path = resolve(dirname(this.#storePath), name);
      if (!existsSync(path)) {
        gone.push(name);
        continue;
      }
      const { size } = statSync(path);
      if (size < length) {
        throw new FatalError(
          `${path} has ${size} bytes, and ${length} were written to it: something else cut it. Restore it, or remove it to begin a new one.`,
        );
      }
      if (size > length) truncateSync(path, length);
      lengths.set(path, length);
    }
    if (gone.length > 0)
      this.#store.commit(
        gone.map((name) => [name, undefined]),
        [],
      );
    return lengths;
  }

  async #openFile(path: string): Promise<OutputFile> {
    const known = this.#open.get(path);
    if (known !== undefined) {
      this.#open.delete(path);
      this.#open.set(path, known);
      return known;
    }
    await this.#closeOldest();
    const file = await OutputFile.open(path);
    this.#open.set(path, file);
    if (!this.#lengths.has(path)) {
      if (await file.endsInsideLine()) {
        await file.append('\n');
        await this.#settle(file);
      }
      // Before the first line goes in: from now on a restart knows what to cut off.
      this.#store.commit([[this.#nameOf(path), file.length]], []);
      this.#lengths.set(path, file.length);
    }
    return file;
  }

  async #closeOldest(): Promise<void> {
    if (this.#open.size < openFilesMax) return;
    for (const [path, file] of this.#open) {
      await this.#settle(file);
      await file.close();
      this.#open.delete(path);
      return;
    }
  }

  async #settle(file: OutputFile): Promise<void> {
    if (!file.isDirty) return;
    if (!(await file.isInPlace())) {
      throw new FatalError(
        `${file.path} was moved or removed while it was written. Restart the task: it begins a new file with what was not committed.`,
      );
    }
    if (this.#isDurable) await file.sync();
    else file.isDirty = false;
  }

  /** Paths are kept relative to the store, so that a folder can be moved as a whole. */
  #nameOf(path: string): string {
    return relative(dirname(this.#storePath), path);
  }
}

function writeError(error: unknown): Error {
  if (error instanceof FatalError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = `The output could not be written: ${error instanceof Error ? error.message : String(error)}`;
  return passingErrors.has(code)
    ? new RetriableError(message, { cause: error })
    : new FatalError(message, { cause: error });
}
