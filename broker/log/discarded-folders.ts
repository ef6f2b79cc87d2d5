import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import type { Logger } from '../../platform/logger.ts';
import { DELETE_SUFFIX, deletedFolderName, strayFolderName } from './partition-folder.ts';

/** The folders of a log directory that are no partition's any more. Calls throw the system's errors. */
export class DiscardedFolders {
  readonly #path: string;
  readonly #platform: { readonly files: Files; readonly clock: Clock; readonly logger: Logger };

  /** `path` is that of the log directory. */
  constructor(
    path: string,
    platform: { readonly files: Files; readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#path = path;
    this.#platform = platform;
  }

  /** Removes those of deleted partitions that an earlier process has not come to remove. */
  removeDeleted(): void {
    const { files } = this.#platform;
    for (const name of files.list(this.#path)) {
      if (name.endsWith(DELETE_SUFFIX)) files.removeDirectory(`${this.#path}/${name}`);
    }
  }

  /** Renames a folder for removal after `delayMs`; durable when it returns. */
  delete(name: string, topicId: string, delayMs: number): void {
    const { files, clock, logger } = this.#platform;
    if (files.stat(`${this.#path}/${name}`) === undefined) return;
    const renamed = `${this.#path}/${deletedFolderName(name, topicId)}`;
    files.rename(`${this.#path}/${name}`, renamed);
    files.syncDirectory(this.#path);
    clock.timer(delayMs, () => {
      try {
        files.removeDirectory(renamed);
      } catch (error) {
        logger.warn({ err: error, directory: renamed }, 'a deleted log could not be removed');
      }
    });
  }

  /** Gives a folder a name that no partition has, and keeps it: nobody deletes what is not understood. */
  setAside(name: string, topicId: string): void {
    const { files, logger } = this.#platform;
    logger.warn({ log: name, topicId }, 'log of a topic that does not exist set aside');
    files.rename(`${this.#path}/${name}`, `${this.#path}/${strayFolderName(name, topicId)}`);
    files.syncDirectory(this.#path);
  }
}
