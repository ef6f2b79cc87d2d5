import { AppendFailedError, isStorageFailure, LogCleaner } from '../../../broker/log/index.ts';
import { LogFixture } from './log-fixture.ts';
import { readCommitted } from './read-committed.ts';

const CONFIG = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'internal.segment.bytes': '300',
  'index.interval.bytes': '100',
  'file.delete.delay.ms': '10',
};
const CLEANER = {
  logCleanerBackoffMs: 15_000,
  logCleanerDedupeBufferSize: 1 << 20,
  logCleanerIoMaxBytesPerSecond: Number.MAX_VALUE,
};

type Result = 'commit' | 'abort';

interface Written {
  readonly transaction: string;
  readonly record: string;
  isAcknowledged: boolean;
}

/** What was tried to end a transaction, and whether that was acknowledged. */
interface Ending {
  readonly result: Result;
  isAcknowledged: boolean;
}

/**
 * A life of one partition with transactions that commit, abort and stay open, over rolls, compaction, checkpoints and an
 * orderly restart. It goes on after errors, and remembers what it was promised.
 */
export class TransactionFaultScenario {
  readonly fixture: LogFixture;
  /** Errors that were not of storage. There should be none. */
  readonly unexpected: unknown[] = [];
  readonly #written = new Map<number, Written>();
  readonly #endings = new Map<string, Ending>();
  readonly #waiting = new Map<number, { isAcknowledged: boolean }>();
  #count = 0;
  isDown = false;

  constructor(seed: number) {
    this.fixture = new LogFixture(CONFIG, 'fsync', seed);
    this.#listen();
  }

  async run(): Promise<void> {
    this.#write(7, 'aborted');
    this.#write(8, 'committed');
    await this.#settle();
    this.#write(9, 'open');
    this.#write(7, 'aborted');
    this.#end(7, 'aborted', 'abort');
    await this.#settle();
    this.#write(8, 'committed');
    await this.#settle();
    this.#end(8, 'committed', 'commit');
    this.#try(() => this.fixture.directory.checkpoint());
    this.#write(11, 'second');
    await this.#settle();
    await this.#restart();
    this.#end(11, 'second', 'commit');
    await this.#clean();
    this.#end(9, 'open', 'abort');
    this.#write(10, 'left open');
    await this.#settle();
    await this.#clean();
    await this.#settle();
  }

  /** Transactions of which an end was acknowledged. */
  get decided(): number {
    return [...this.#endings.values()].filter(({ isAcknowledged }) => isAcknowledged).length;
  }

  /** What of the promises was not kept. Empty when all is well. */
  violations(): string[] {
    const seen = new Set(readCommitted(this.fixture.log));
    const problems: string[] = [];
    // What cannot be seen for an earlier transaction that is open, or may be.
    let isHidden = false;
    for (const [, { transaction, record, isAcknowledged }] of [...this.#written].sort(([a], [b]) => a - b)) {
      const ending = this.#endings.get(transaction);
      const isVisible = seen.has(record);
      if (isVisible && ending?.result !== 'commit') problems.push(`${transaction} shows ${record}`);
      const isPromised = isAcknowledged && ending?.isAcknowledged === true && ending.result === 'commit';
      if (isPromised && !isVisible && !isHidden) problems.push(`${transaction} lost ${record}`);
      if (ending?.isAcknowledged !== true) isHidden = true;
    }
    const known = new Set([...this.#written.values()].map(({ record }) => record));
    for (const record of seen) if (!known.has(record)) problems.push(`${record} was never written`);
    return problems;
  }

  reopen(): void {
    this.#waiting.clear();
    this.fixture.reopen();
    this.#listen();
    this.isDown = false;
  }

  #write(producerId: number, transaction: string): void {
    if (this.isDown) return;
    this.#try(() => {
      const value = `v${this.#count++}`.padEnd(20, '.');
      const key = `k${this.#count}`;
      const offset = this.fixture.write(producerId, value, { sequence: this.#count, key });
      const written = { transaction, record: `${offset}:${key}=${value}`, isAcknowledged: false };
      this.#written.set(offset, written);
      this.#waiting.set(offset, written);
    });
  }

  #end(producerId: number, transaction: string, result: Result): void {
    if (this.isDown) return;
    this.#try(() => {
      const ending = { result, isAcknowledged: false };
      this.#endings.set(transaction, ending);
      this.#waiting.set(this.fixture.end(producerId, result), ending);
    });
  }

  async #settle(): Promise<void> {
    await this.fixture.platform.settle();
  }

  async #clean(): Promise<void> {
    if (this.isDown) return;
    await this.#settle();
    await new LogCleaner(this.fixture.directory, this.fixture.platform, CLEANER).clean();
  }

  async #restart(): Promise<void> {
    if (this.isDown) return;
    const closed = this.fixture.directory.close(1);
    await this.#settle();
    await closed;
    this.isDown = true;
    this.#try(() => this.reopen());
  }

  #listen(): void {
    this.fixture.log.listen({
      onDurable: (endOffset) => {
        for (const [offset, waiting] of [...this.#waiting]) {
          if (offset >= endOffset) continue;
          waiting.isAcknowledged = true;
          this.#waiting.delete(offset);
        }
      },
      onAppendFailed: (fromOffset, error) => {
        for (const offset of [...this.#waiting.keys()]) {
          if (offset < fromOffset) continue;
          this.#waiting.delete(offset);
          // Of what was under way when the directory failed nobody knows.
          if (error instanceof AppendFailedError) this.#written.delete(offset);
        }
      },
    });
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!isStorageFailure(error)) this.unexpected.push(error);
    }
  }
}
