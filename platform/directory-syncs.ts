import { closeSync, constants, fsync } from 'node:fs';
import { openDescriptor } from './disk-file.ts';
import { diskSyncs } from './sync-slots.ts';

interface Syncs {
  readonly running: Promise<void>;
  /** Begins when the running one has ended: what was changed since that began needs another one. */
  next: Promise<void> | undefined;
}

/**
 * Syncs of directories off the event loop. Thousands of folders that are made in one directory ask for it at once: all
 * that ask while a sync is under way share the next one.
 */
export class DirectorySyncs {
  readonly #syncs = new Map<string, Syncs>();

  /** Resolves when every change made to the directory before this call is durable. Rejects with the system's error. */
  sync(path: string): Promise<void> {
    const current = this.#syncs.get(path);
    if (current === undefined) return this.#start(path);
    const start = () => this.#start(path);
    current.next ??= current.running.then(start, start);
    return current.next;
  }

  #start(path: string): Promise<void> {
    const running = syncOnce(path);
    const syncs: Syncs = { running, next: undefined };
    this.#syncs.set(path, syncs);
    const forget = () => {
      if (syncs.next === undefined) this.#syncs.delete(path);
    };
    running.then(forget, forget);
    return running;
  }
}

function syncOnce(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Windows has no handle for a directory's content; NTFS journals its names.
    if (process.platform === 'win32') {
      resolve();
      return;
    }
    // Opened in its turn: thousands of folders that wait must not hold as many descriptors.
    diskSyncs.run((done) => {
      let descriptor: number;
      try {
        descriptor = openDescriptor(path, constants.O_RDONLY);
      } catch (error) {
        done();
        reject(error);
        return;
      }
      fsync(descriptor, (error) => {
        done();
        closeSync(descriptor);
        if (error) reject(error);
        else resolve();
      });
    });
  });
}
