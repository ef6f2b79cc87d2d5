import type { Executor } from '../../platform/executor.ts';
import type { CommittableLog } from './log-environment.ts';

/**
 * Writes and syncs logs together: all that was appended in one turn of the event loop becomes one write per log, and
 * while a log is being synced its further appends gather for the next round. So many small appends share one sync,
 * and no write ever waits behind a sync of the same file.
 */
export class GroupCommit {
  readonly #executor: Executor;
  readonly #onStorageError: (error: unknown) => void;
  #enlisted = new Set<CommittableLog>();
  readonly #syncing = new Map<CommittableLog, Promise<void>>();
  #isScheduled = false;

  constructor(executor: Executor, onStorageError: (error: unknown) => void) {
    this.#executor = executor;
    this.#onStorageError = onStorageError;
  }

  /** Asks for `log` to be written, and synced as its durability wants, after this turn of the event loop. */
  enlist(log: CommittableLog): void {
    if (this.#syncing.has(log)) return;
    this.#enlisted.add(log);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#executor.soon(() => this.#run());
  }

  /** Syncs all of `log` that is written, beyond what its durability wants; not when it is being synced already. */
  flush(log: CommittableLog): void {
    if (!this.#syncing.has(log)) this.#syncing.set(log, this.#sync(log, true));
  }

  /** Resolves when no sync of `log` is under way. */
  async settled(log: CommittableLog): Promise<void> {
    await this.#syncing.get(log);
  }

  #run(): void {
    this.#isScheduled = false;
    const logs = this.#enlisted;
    this.#enlisted = new Set();
    for (const log of logs) {
      if (this.#syncing.has(log) || log.isOffline) continue;
      log.writePending();
      if (log.needsSync) this.#syncing.set(log, this.#sync(log));
    }
  }

  async #sync(log: CommittableLog, everything?: boolean): Promise<void> {
    try {
      await log.sync(everything);
    } catch (error) {
      this.#onStorageError(error);
    } finally {
      this.#syncing.delete(log);
      if (!log.isOffline && (log.hasPending || log.needsSync)) this.enlist(log);
    }
  }
}
