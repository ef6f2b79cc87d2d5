import { dirname } from 'node:path';
import { writeFileAtomically } from '../../platform/atomic-write.ts';
import type { Files } from '../../platform/files.ts';
import { OffsetFileError } from './errors.ts';
import { type ByteEntry, readByteMap, writeByteMap } from './java-byte-map.ts';
import type { StorageLog, StorageRecord } from './storage-log.ts';

/**
 * The file of `offset.storage.file.filename`, as Kafka's standalone worker keeps it: a Java-serialised
 * `HashMap<byte[], byte[]>` with the keys and values of the offset topic. Written whole, and in a way that a crash leaves
 * the old or the new content. One process at a time.
 */
export class OffsetFile implements StorageLog {
  readonly #files: Files;
  readonly #path: string;
  /** By the key's bytes, one character each. */
  readonly #entries = new Map<string, ByteEntry>();
  #onRecord: (record: StorageRecord) => void = () => undefined;
  #saving: Promise<void> | undefined;
  /** Written, but not yet in the file. */
  #pending: ByteEntry[] = [];

  private constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** A file that is missing or empty holds nothing. Throws {@link OffsetFileError} for one that cannot be read. */
  static open(files: Files, path: string): OffsetFile {
    const file = new OffsetFile(files, path);
    try {
      const stat = files.stat(path);
      if (stat?.isDirectory === true) throw new OffsetFileError('it is a folder');
      const folder = files.stat(dirname(path));
      if (folder?.isDirectory !== true) throw new OffsetFileError(`there is no folder ${dirname(path)}`);
      if (stat !== undefined && stat.size > 0) file.#load(files.readFile(path));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OffsetFileError(
        `The offsets of offset.storage.file.filename=${path} cannot be read: ${reason}. ` +
          'Name the file of a standalone worker of Kafka Connect, or one that does not exist yet.',
        { cause: error },
      );
    }
    return file;
  }

  async read(onRecord: (record: StorageRecord) => void): Promise<void> {
    this.#onRecord = onRecord;
    for (const entry of this.#entries.values()) onRecord({ record: entry });
  }

  async readToEnd(): Promise<void> {
    await this.#saving;
  }

  /** What is appended before the next turn of the event loop is saved together. */
  append(key: Uint8Array, value: Uint8Array | null): Promise<void> {
    this.#pending.push({ key: Buffer.from(key), value: value === null ? null : Buffer.from(value) });
    this.#saving ??= Promise.resolve().then(() => {
      this.#saving = undefined;
      this.#save();
    });
    return this.#saving;
  }

  async close(): Promise<void> {
    await this.#saving;
  }

  #load(bytes: Buffer): void {
    for (const entry of readByteMap(bytes)) {
      if (entry.key !== null) this.#entries.set(entry.key.toString('latin1'), entry);
    }
  }

  #save(): void {
    const appended = this.#pending;
    this.#pending = [];
    const next = new Map(this.#entries);
    for (const entry of appended) next.set(entry.key?.toString('latin1') ?? '', entry);
    writeFileAtomically(this.#files, this.#path, writeByteMap([...next.values()]));
    for (const entry of appended) {
      this.#entries.set(entry.key?.toString('latin1') ?? '', entry);
      this.#onRecord({ record: entry });
    }
  }
}
