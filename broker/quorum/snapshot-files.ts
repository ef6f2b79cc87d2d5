import type { Files } from '../../platform/files.ts';
import { readSnapshot, type Snapshot, type SnapshotId } from './snapshot.ts';

const SUFFIX = '.checkpoint';
const NAME = /^(\d{20})-(\d{10})\.checkpoint$/;

/** A snapshot file. */
export interface SnapshotFile extends SnapshotId {
  readonly sizeInBytes: number;
  readonly modifiedMs: number;
}

/** The `.checkpoint` files beside a metadata log. */
export class SnapshotFiles {
  readonly #files: Files;
  readonly #directory: string;

  constructor(files: Files, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  /** All snapshots, the oldest first. */
  list(): readonly SnapshotFile[] {
    if (this.#files.stat(this.#directory) === undefined) return [];
    return this.#files.list(this.#directory).flatMap((name) => {
      const match = NAME.exec(name);
      const stat = match === null ? undefined : this.#files.stat(`${this.#directory}/${name}`);
      if (match === null || stat === undefined) return [];
      const { size: sizeInBytes, modifiedMs } = stat;
      return [{ endOffset: Number(match[1]), epoch: Number(match[2]), sizeInBytes, modifiedMs }];
    });
  }

  /** Throws MetadataSnapshotError when it is damaged. */
  read(id: SnapshotId): Snapshot {
    const path = this.#path(id);
    return readSnapshot(path, this.#files.readFile(path));
  }

  /** Writes a snapshot; it is there, whole and durable, when the promise resolves. Rejects with the system's error. */
  async write(id: SnapshotId, batches: Iterable<Buffer>): Promise<void> {
    const path = this.#path(id);
    const part = `${path}.part`;
    this.#files.makeDirectory(this.#directory);
    const file = this.#files.open(part, 'write');
    try {
      file.truncate(0);
      for (const batch of batches) file.append([batch]);
      await file.datasync();
    } finally {
      file.close();
    }
    this.#files.rename(part, path);
    this.#files.syncDirectory(this.#directory);
  }

  remove(id: SnapshotId): void {
    this.#files.remove(this.#path(id));
  }

  /** Removes what interrupted writes and removals have left. */
  removeLeftovers(): void {
    if (this.#files.stat(this.#directory) === undefined) return;
    for (const name of this.#files.list(this.#directory)) {
      const isLeftover = name.endsWith(`${SUFFIX}.part`) || name.endsWith(`${SUFFIX}.deleted`);
      if (isLeftover) this.#files.remove(`${this.#directory}/${name}`);
    }
  }

  #path({ endOffset, epoch }: SnapshotId): string {
    return `${this.#directory}/${pad(endOffset, 20)}-${pad(epoch, 10)}${SUFFIX}`;
  }
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
