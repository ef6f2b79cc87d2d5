import { expect } from 'vitest';
import { AppendFailedError, LogCleaner } from '../../../broker/log/index.ts';
import { LogFixture } from './log-fixture.ts';
import { lastStableOffset, readCommitted } from './read-committed.ts';

/** What may happen to a partition. `pick` is any number, of which the world makes what it needs. */
export type Step =
  | {
      readonly kind: 'write' | 'plain' | 'commit' | 'abort';
      readonly producer: number;
      readonly pick: number;
    }
  | {
      readonly kind: 'settle' | 'fail' | 'roll' | 'restart' | 'lose' | 'crash' | 'clean' | 'wait' | 'delete';
      readonly pick: number;
    };

type Outcome = 'open' | 'commit' | 'abort';

interface Appended {
  readonly offset: number;
  readonly producer: number;
  readonly isTransactional: boolean;
  /** Of records. */
  readonly key?: string;
  readonly text?: string;
  /** Of markers. */
  readonly outcome?: Outcome;
}

/** Configs under which everything happens with few records. */
const SMALL = {
  'internal.segment.bytes': '400',
  'index.interval.bytes': '100',
  'file.delete.delay.ms': '10',
  'delete.retention.ms': '1000',
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.00001',
};

/**
 * A partition with several transactional producers, and beside it the plainest account of what it holds: the list of
 * everything that was appended and not lost since.
 */
export class TransactionWorld {
  readonly fixture: LogFixture;
  readonly #sharesKeys: boolean;
  #appended: Appended[] = [];
  #sequences = new Map<number, number>();
  #count = 0;
  #hasLostSnapshots = false;

  constructor(options: { readonly seed: number; readonly sharesKeys: boolean }) {
    this.fixture = new LogFixture(SMALL, 'fsync', options.seed);
    this.#sharesKeys = options.sharesKeys;
  }

  async step(step: Step): Promise<void> {
    const { platform, log } = this.fixture;
    switch (step.kind) {
      case 'write':
        this.#write(step.producer, true);
        break;
      case 'plain':
        this.#write(step.producer + 10, false);
        break;
      case 'commit':
      case 'abort':
        this.#end(step.producer, step.kind);
        break;
      case 'fail':
        await platform.settle();
        platform.files.capacityBytes = 0;
        this.#tryWithoutRoom(step.pick);
        await platform.settle();
        platform.files.capacityBytes = Number.POSITIVE_INFINITY;
        this.#forgetFrom(log.logEndOffset);
        break;
      case 'settle':
        await platform.settle();
        break;
      case 'roll':
        await platform.settle();
        log.roll();
        break;
      case 'restart':
        await this.#restart(0);
        break;
      case 'lose':
        await this.#restart(step.pick);
        break;
      case 'crash':
        this.#crash(step.pick);
        break;
      case 'clean':
        await platform.settle();
        await new LogCleaner(this.fixture.directory, platform, CLEANER).clean();
        break;
      case 'wait':
        await platform.runFor(600);
        break;
      case 'delete':
        await platform.settle();
        log.advanceLogStart(log.logStartOffset + (step.pick % (log.durableOffset - log.logStartOffset + 1)));
        this.fixture.directory.checkpoint();
        break;
    }
  }

  /** Compares the partition with the account. */
  check(): void {
    const { log } = this.fixture;
    const known = this.#lastStableOffset(0);
    // Of transactions whose records were deleted the snapshots alone know.
    const possible = this.#hasLostSnapshots ? [known, this.#lastStableOffset(log.logStartOffset)] : [known];
    expect(possible.map((offset) => Math.max(offset, log.logStartOffset))).toContain(lastStableOffset(log));
    const committed = this.#committed();
    const seen = readCommitted(log);
    if (!this.#sharesKeys) expect(seen).toEqual(committed);
    else expectCompactionOf(seen, committed);
    const middle = log.logStartOffset + Math.floor((log.durableOffset - log.logStartOffset) / 2);
    const offsetOf = (record: string) => Number(record.slice(0, record.indexOf(':')));
    expect(readCommitted(log, middle, 1)).toEqual(seen.filter((record) => offsetOf(record) >= middle));
    for (const [producer, { firstOffset }] of this.#open()) {
      if (firstOffset < log.logStartOffset) continue;
      expect(log.producers.get(producer)).toMatchObject({ currentTxnFirstOffset: firstOffset });
    }
  }

  #tryWithoutRoom(pick: number): void {
    try {
      this.#write(pick % 3, true);
      if (pick % 2 === 0) this.#end(pick % 3, 'abort');
    } catch (error) {
      expect(error).toBeInstanceOf(AppendFailedError); // A roll was due, which finds it out at once.
    }
  }

  #write(producer: number, isTransactional: boolean): void {
    const sequence = this.#sequences.get(producer) ?? 0;
    const value = `v${this.#count++}`;
    const key = this.#sharesKeys ? `k${this.#count % 4}` : `k${this.#count}`;
    const offset = this.fixture.append([value], {
      key,
      producerId: producer,
      producerEpoch: 0,
      baseSequence: sequence,
      isTransactional,
    });
    this.#sequences.set(producer, sequence + 1);
    this.#appended.push({ offset, producer, isTransactional, key, text: `${offset}:${key}=${value}` });
  }

  #end(producer: number, outcome: 'commit' | 'abort'): void {
    const offset = this.fixture.end(producer, outcome);
    this.#appended.push({ offset, producer, isTransactional: true, outcome });
  }

  /** An orderly stop; then the files that `pick` says, all of which can be made again, are removed. */
  async #restart(pick: number): Promise<void> {
    const { fixture } = this;
    this.#hasLostSnapshots ||= (pick & 8) !== 0;
    const closed = fixture.directory.close(1);
    await fixture.platform.runFor(1);
    await closed;
    for (const [bit, suffix] of ['.index', '.timeindex', '.txnindex', '.snapshot'].entries()) {
      const isLost =
        (pick & (1 << bit)) !== 0 && fixture.platform.files.stat(fixture.log.directory) !== undefined;
      const names = isLost ? fixture.fileNames(suffix) : [];
      for (const [i, name] of names.entries()) {
        if (pick % 3 === 0 || (i + pick) % 2 === 0) fixture.platform.files.remove(fixture.path(name));
      }
    }
    fixture.reopen();
  }

  #crash(pick: number): void {
    const durableOffset = this.fixture.log.durableOffset;
    this.fixture.crash((['nothing', 'prefix', 'torn', 'pages'] as const)[pick % 4]);
    expect(this.fixture.log.logEndOffset).toBeGreaterThanOrEqual(durableOffset);
    this.#forgetFrom(this.fixture.log.logEndOffset);
  }

  #forgetFrom(offset: number): void {
    this.#appended = this.#appended.filter((each) => each.offset < offset);
  }

  /** The transactions that have no marker yet, or none that is durable, by producer. */
  #undecided(endOffset: number, startOffset = 0): Map<number, { firstOffset: number }> {
    const open = new Map<number, { firstOffset: number }>();
    for (const { offset, producer, isTransactional, outcome } of this.#appended) {
      if (!isTransactional || offset >= endOffset || offset < startOffset) continue;
      if (outcome !== undefined) open.delete(producer);
      else if (!open.has(producer)) open.set(producer, { firstOffset: offset });
    }
    return open;
  }

  #open(): Map<number, { firstOffset: number }> {
    return this.#undecided(Number.POSITIVE_INFINITY);
  }

  #lastStableOffset(startOffset: number): number {
    const { durableOffset } = this.fixture.log;
    const first = [...this.#undecided(durableOffset, startOffset).values()].map(
      ({ firstOffset }) => firstOffset,
    );
    return Math.min(durableOffset, ...first);
  }

  #committed(): string[] {
    const { logStartOffset } = this.fixture.log;
    const endOffset = lastStableOffset(this.fixture.log);
    return this.#appended
      .filter(({ offset }) => offset >= logStartOffset && offset < endOffset)
      .filter((each) => !each.isTransactional || this.#outcomeOf(each) === 'commit')
      .flatMap(({ text }) => text ?? []);
  }

  #outcomeOf({ offset, producer }: Appended): Outcome {
    const marker = this.#appended.find(
      (each) => each.producer === producer && each.offset > offset && each.outcome !== undefined,
    );
    return marker?.outcome ?? 'open';
  }
}

const CLEANER = {
  logCleanerBackoffMs: 15_000,
  logCleanerDedupeBufferSize: 1 << 20,
  logCleanerIoMaxBytesPerSecond: Number.MAX_VALUE,
};

/** In order, nothing that was not committed, and the last of each key. */
function expectCompactionOf(seen: readonly string[], committed: readonly string[]): void {
  const known = new Set(committed);
  expect(seen.filter((record) => !known.has(record))).toEqual([]);
  expect(seen).toEqual(committed.filter((record) => seen.includes(record)));
  const keyOf = (record: string) => record.slice(record.indexOf(':') + 1, record.indexOf('='));
  const latest = new Map(committed.map((record) => [keyOf(record), record]));
  expect([...latest.values()].filter((record) => !seen.includes(record))).toEqual([]);
}
