import { posix } from 'node:path';
import { isStorageFailure, LogCleaner } from '../../../broker/log/index.ts';
import type { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { LogFixture } from './log-fixture.ts';

const CONFIG = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'internal.segment.bytes': '220',
  'index.interval.bytes': '100',
  'file.delete.delay.ms': '10',
};
const CLEANER = {
  logCleanerBackoffMs: 15_000,
  logCleanerDedupeBufferSize: 1 << 20,
  logCleanerIoMaxBytesPerSecond: Number.MAX_VALUE,
};

const EVENTS_OF_LIFE_MIN = 25;

export type Durability = 'fsync' | 'page-cache';

/** What is known of one record that was appended. */
interface Sent {
  readonly key: string;
  readonly record: string;
}

/** What one life of the partition leaves to the next: the disk, and what was promised. */
export interface Legacy {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly nowMs: number;
  readonly topicId: string;
  readonly acknowledged: ReadonlyMap<number, Sent>;
  readonly logStart: number;
  readonly sequence: number;
  readonly topics: number;
}

/**
 * A life of one partition, with everything that writes to files: appends, rolls, checkpoints, compaction, DeleteRecords,
 * retention, an orderly restart, deletion and new creation of the topic. It goes on after errors as a broker does, and
 * remembers what it was promised.
 */
export class FaultScenario {
  readonly fixture: LogFixture;
  /** Errors that were not of storage. There should be none. */
  readonly unexpected: unknown[] = [];
  readonly #seed: number;
  #acknowledged = new Map<number, Sent>();
  #waiting = new Map<number, Sent>();
  #logStart = 0;
  #sequence = 0;
  #topics = 0;
  #cleaner: LogCleaner;
  /** Whether a start failed: a broker would not be there then. */
  #hasFailedToStart = false;
  #hasEnded = false;

  constructor(durability: Durability, seed: number) {
    this.#seed = seed;
    this.fixture = new LogFixture(CONFIG, durability, seed);
    this.#cleaner = this.#newCleaner();
    this.#listen();
  }

  /** Nothing can happen any more before the next start: not even a topic can be deleted. */
  get isDown(): boolean {
    return this.#hasFailedToStart || this.fixture.platform.files.isPoweredOff;
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  async run(): Promise<void> {
    for (let i = 0; i < 5; i++) await this.#append(`k${i % 3}`);
    this.#try(() => this.fixture.directory.checkpoint());
    await this.#clean();
    await this.#append('k0');
    this.#deleteRecordsBefore(3);
    await this.#restart();
    for (let i = 0; i < 3; i++) await this.#append(`k${i}`);
    await this.#clean();
    await this.fixture.platform.runFor(20);
    await this.#recreate();
    for (let i = 0; i < 2; i++) await this.#append('n0');
    this.#deleteRecordsBefore(this.fixture.log.durableOffset);
    await this.#append('n1');
    await this.fixture.platform.settle();
  }

  /**
   * One of the lives of a longer story, up to and with its orderly end: a few dozen events that `life` and the seed
   * decide. Returns how many.
   */
  async runLife(life: number): Promise<number> {
    const entropy = new SeededEntropy(`${this.#seed}, life ${life}`);
    const events = EVENTS_OF_LIFE_MIN + entropy.below(EVENTS_OF_LIFE_MIN + 1);
    for (let i = 0; i < events; i++) await this.#event(entropy);
    await this.fixture.platform.settle();
    return events;
  }

  async #event(entropy: SeededEntropy): Promise<void> {
    const dice = entropy.below(1000);
    if (dice < 810) await this.#append(`k${entropy.below(20)}`);
    else if (dice < 870) await this.fixture.platform.runFor(entropy.below(15));
    else if (dice < 910) this.#unlessDown(() => this.fixture.directory.checkpoint());
    else if (dice < 940) this.#unlessDown(() => this.fixture.log.roll());
    else if (dice < 970) await this.#clean();
    else if (dice < 985) {
      const { logStartOffset, durableOffset } = this.fixture.log;
      this.#deleteRecordsBefore(logStartOffset + entropy.below(durableOffset - logStartOffset + 1));
    } else if (dice < 990) this.#unlessDown(() => this.fixture.directory.checkpointHighWatermarks());
    else await this.#recreate();
  }

  /** What is there between two lives. Only after an orderly end, when nothing is left to sync. */
  legacy(): Legacy {
    return {
      files: treeOf(this.fixture.platform.files, '/data'),
      nowMs: this.fixture.platform.clock.now(),
      topicId: this.fixture.topicId,
      acknowledged: new Map(this.#acknowledged),
      logStart: this.#logStart,
      sequence: this.#sequence,
      topics: this.#topics,
    };
  }

  /** A scenario that goes on from a legacy, on a disk of its own. Nothing is open before {@link begin}. */
  static async after(legacy: Legacy, durability: Durability, seed: number): Promise<FaultScenario> {
    const scenario = new FaultScenario(durability, seed);
    await scenario.end();
    const { files, clock } = scenario.fixture.platform;
    files.removeDirectory('/data');
    for (const [path, content] of legacy.files) place(files, path, content);
    clock.advance(legacy.nowMs - clock.now());
    scenario.fixture.topicId = legacy.topicId;
    scenario.#acknowledged = new Map(legacy.acknowledged);
    scenario.#logStart = legacy.logStart;
    scenario.#sequence = legacy.sequence;
    scenario.#topics = legacy.topics;
    return scenario;
  }

  /** The start of a process. One that did not get to an orderly end is gone before. */
  begin(): void {
    const { platform } = this.fixture;
    if (platform.files.isPoweredOff) return;
    if (!this.#hasEnded) platform.crash('everything');
    this.#hasEnded = false;
    this.#try(() => this.reopen());
  }

  /** An orderly end. */
  async end(): Promise<void> {
    if (this.isDown) return;
    await this.#cleaner.stop();
    const closed = this.fixture.directory.close(1);
    await this.fixture.platform.settle();
    await closed;
    this.#waiting.clear();
    this.#hasFailedToStart = true;
    this.#hasEnded = true;
  }

  #unlessDown(action: () => void): void {
    if (!this.isDown) this.#try(action);
  }

  /** One more append; resolves with whether it was acknowledged. */
  async works(): Promise<boolean> {
    const before = this.acknowledged;
    await this.#append('last');
    await this.fixture.platform.settle();
    return this.acknowledged > before;
  }

  /** What of the promises was not kept. Empty when all is well. */
  violations(): string[] {
    const { log } = this.fixture;
    const records = this.fixture.readAll();
    const byOffset = new Map(records.map((record) => [Number(record.slice(0, record.indexOf(':'))), record]));
    const lastOfKey = new Map(
      records.map((record) => [record.slice(record.indexOf(':') + 1, record.indexOf('=')), record]),
    );
    const problems: string[] = [];
    if (log.logStartOffset < this.#logStart)
      problems.push(`log start ${log.logStartOffset} < ${this.#logStart}`);
    for (const [offset, { key, record }] of this.#acknowledged) {
      if (offset < log.logStartOffset) continue;
      const found = byOffset.get(offset);
      const isSuperseded = offsetOf(lastOfKey.get(key)) > offset;
      if (found === undefined && !isSuperseded) problems.push(`lost ${record}`);
      if (found !== undefined && found !== record) problems.push(`${record} became ${found}`);
      if (offset >= log.logEndOffset) problems.push(`the log ends at ${log.logEndOffset}, before ${record}`);
    }
    if (
      log.logStartOffset > this.#logStart &&
      this.#acknowledged.size > 0 &&
      log.logStartOffset > log.logEndOffset
    ) {
      problems.push('the log starts after its end');
    }
    return problems;
  }

  /** The next process after a crash. */
  reopen(): void {
    this.fixture.reopen();
    this.#cleaner = this.#newCleaner();
    this.#listen();
    this.#hasFailedToStart = false;
  }

  async #append(key: string): Promise<void> {
    if (this.isDown) return;
    this.#try(() => {
      this.#sequence += 1;
      const value = `${this.#sequence}`.padEnd(30, '.');
      const offset = this.fixture.append([value], { key });
      this.#waiting.set(offset, { key, record: `${offset}:${key}=${value}` });
    });
    if (this.#sequence % 2 === 0) await this.fixture.platform.settle();
  }

  async #clean(): Promise<void> {
    if (this.isDown) return;
    await this.fixture.platform.settle();
    await this.#cleaner.clean();
  }

  #deleteRecordsBefore(offset: number): void {
    if (this.isDown) return;
    this.#try(() => {
      this.fixture.log.advanceLogStart(Math.min(offset, this.fixture.log.durableOffset));
      this.fixture.directory.checkpoint();
      this.#logStart = Math.min(offset, this.fixture.log.durableOffset);
    });
  }

  async #restart(): Promise<void> {
    await this.end();
    this.begin();
  }

  async #recreate(): Promise<void> {
    if (this.isDown) return;
    await this.fixture.platform.settle();
    // The topic is gone for the metadata, whatever becomes of its files.
    this.#acknowledged = new Map();
    this.#waiting = new Map();
    this.#logStart = 0;
    this.#hasFailedToStart = true;
    this.#try(() => {
      this.#topics += 1;
      this.fixture.recreate(Buffer.alloc(16, this.#topics).toString('base64url'));
      this.#hasFailedToStart = false;
      this.#listen();
    });
  }

  #newCleaner(): LogCleaner {
    return new LogCleaner(this.fixture.directory, this.fixture.platform, CLEANER);
  }

  #listen(): void {
    this.#waiting.clear();
    this.fixture.log.listen({
      onDurable: (endOffset) => {
        for (const [offset, sent] of [...this.#waiting]) {
          if (offset >= endOffset) continue;
          this.#acknowledged.set(offset, sent);
          this.#waiting.delete(offset);
        }
      },
      onAppendFailed: (fromOffset) => {
        for (const offset of [...this.#waiting.keys()])
          if (offset >= fromOffset) this.#waiting.delete(offset);
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

function offsetOf(record: string | undefined): number {
  return record === undefined ? -1 : Number(record.slice(0, record.indexOf(':')));
}

function treeOf(files: MemoryFiles, directory: string): Map<string, Buffer> {
  const tree = new Map<string, Buffer>();
  for (const name of files.list(directory)) {
    const path = `${directory}/${name}`;
    if (files.stat(path)?.isDirectory !== true) tree.set(path, files.readFile(path));
    else for (const [inner, content] of treeOf(files, path)) tree.set(inner, content);
  }
  return tree;
}

function place(files: MemoryFiles, path: string, content: Buffer): void {
  const directory = posix.dirname(path);
  files.makeDirectory(directory);
  files.syncDirectory(posix.dirname(directory));
  const file = files.open(path, 'write');
  file.append([content]);
  file.datasyncNow();
  file.close();
  files.syncDirectory(directory);
}
