import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { SchemaLanguage } from '../language.ts';
import { type Decision, type LogEntry, repairVersion } from './decision.ts';
import type { LogRecord, SchemaLog } from './log.ts';
import { PendingWrites } from './pending-writes.ts';
import { contextOf } from './qualified-subject.ts';
import { rejection } from './rejection.ts';
import { replay, reserveId } from './replay.ts';
import { SchemaReader } from './schema-reader.ts';
import { RegistryState } from './state.ts';

/** What a store stands on. */
export interface StoreParts {
  readonly log: SchemaLog;
  readonly languages: readonly SchemaLanguage[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a writer waits for the log. `kafkastore.timeout.ms`, 500 in Confluent; here 10 000. */
  readonly writeTimeoutMs?: number;
  /** Whether this registry is to put right what others wrote wrongly. True when it is alone. */
  readonly isPrimary?: () => boolean;
}

/** How often a change is thought over when others write to the same log. */
const attemptsMax = 5;

/** A write whose turn is over: what to answer, if the log takes it. */
interface Begun<R> {
  readonly response: R;
  /** False when the log had a schema in a record's place already. */
  readonly isWritten: Promise<boolean>;
}

/**
 * The registry's state, kept in its log. Reads are plain calls on {@link state}. A write is decided, appended and
 * replayed before the next one is looked at, so nothing can come between a check and the change that depends on it,
 * and whoever got an answer sees the change. Only registrations that have nothing to do with each other are on their
 * way to the log together.
 */
export class RegistryStore {
  readonly state = new RegistryState();
  readonly reader: SchemaReader;
  readonly #log: SchemaLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #writeTimeoutMs: number;
  readonly #isPrimary: () => boolean;
  #isOpen = false;
  #queue: Promise<void> = Promise.resolve();
  #replayedOffset = -1;
  readonly #pending = new PendingWrites();
  /** For their records to be replayed, in the order of the log. */
  #waiting: {
    readonly offset: number;
    readonly entry: LogEntry;
    readonly resolve: (isApplied: boolean) => void;
  }[] = [];
  #skipped = 0;

  constructor({ log, languages, clock, logger, writeTimeoutMs = 10_000, isPrimary }: StoreParts) {
    this.#isPrimary = isPrimary ?? (() => true);
    this.reader = new SchemaReader(languages);
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    this.#writeTimeoutMs = writeTimeoutMs;
  }

  /** Records that had no effect: of other products, or damaged. */
  get skippedRecords(): number {
    return this.#skipped;
  }

  /** Reads the log to its end. Rejects when it cannot be read. */
  async open(): Promise<void> {
    await this.#log.read((record) => this.#replay(record));
    this.#isOpen = true;
  }

  /** Resolves when everything that was in the log at the time of the call can be seen here. Rejects with 50001. */
  async catchUp(): Promise<void> {
    try {
      await this.#log.readToEnd();
    } catch (error) {
      throw rejection.storeFailed('Read', error);
    }
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  /**
   * Makes one change. `decide` is pure and may throw `RegistryError`; the promise then rejects with it. Rejects with
   * 50001 when the log refuses and 50002 when it takes too long: the change may appear later, and trying again is safe.
   * `operation` begins the text of those errors: `Register`, `Delete subject`.
   */
  write<R>(
    operation: string,
    decide: (state: RegistryState, reader: SchemaReader) => Decision<R>,
  ): Promise<R> {
    return this.#withTimeout(operation, this.#execute(operation, decide));
  }

  async #execute<R>(
    operation: string,
    decide: (state: RegistryState, reader: SchemaReader) => Decision<R>,
  ): Promise<R> {
    for (let attempt = 1; ; attempt += 1) {
      const turn = this.#queue.then(() => this.#begin(operation, decide));
      // The next write has its turn however this one ends, also when its caller no longer waits.
      this.#queue = turn.then(ignore, ignore);
      const { response, isWritten } = await turn;
      if (await isWritten) return response;
      // Another registry wrote in between: what it wrote counts, and this change has to be thought over again.
      this.#logger.warn({ operation, attempt }, 'another registry writes to the schema log');
      if (attempt >= attemptsMax) throw rejection.storeFailed(operation, undefined);
    }
  }

  /** One turn: resolves as soon as the next write may be decided. */
  async #begin<R>(
    operation: string,
    decide: (state: RegistryState, reader: SchemaReader) => Decision<R>,
  ): Promise<Begun<R>> {
    let decision = decide(this.state, this.reader);
    if (!this.#pending.admits(decision)) {
      await this.#pending.settled();
      decision = decide(this.state, this.reader);
    }
    const isWritten = this.#appendAll(operation, decision.records);
    // Told to whoever awaits it; the turn itself does not fail.
    isWritten.catch(ignore);
    if (!this.#pending.add(decision, isWritten)) await isWritten.catch(ignore);
    return { response: decision.response, isWritten };
  }

  /** False when the log had a schema in a record's place already. */
  async #appendAll(operation: string, records: readonly LogEntry[]): Promise<boolean> {
    try {
      for (const entry of records) if (!(await this.#append(entry))) return false;
      return true;
    } catch (error) {
      this.#logger.warn({ error, operation }, 'schema log refused a record');
      throw rejection.storeFailed(operation, error);
    }
  }

  /** Whoever is first in the log wins, on every registry alike: an id is never given twice. */
  #isApplied({ spends }: LogEntry): boolean {
    if (spends === undefined) return true;
    const { subject, version, guid } = spends;
    return this.state.version(subject, version)?.content.guid === guid;
  }

  /** Resolves when the record has been replayed, with whether it had its effect. */
  async #append(entry: LogEntry): Promise<boolean> {
    const { key, value, spends } = entry;
    if (spends !== undefined) reserveId(this.state, contextOf(spends.subject), spends.id);
    const offset = await this.#log.append(key, value);
    if (this.#replayedOffset >= offset) return this.#isApplied(entry);
    return new Promise((resolve) => this.#waiting.push({ offset, entry, resolve }));
  }

  #replay(record: LogRecord): void {
    const { skipped, repair } = replay(this.state, record);
    if (repair !== undefined && this.#isOpen && this.#isPrimary()) {
      const records = (state: RegistryState) => ({ records: repairVersion(state, repair), response: null });
      // Told in the log by whoever refused the record.
      this.write('Repair', records).catch(ignore);
    }
    if (skipped !== undefined) {
      this.#skipped += 1;
      this.#logger.debug({ offset: record.offset, skipped }, 'skipped a schema record');
    }
    this.#replayedOffset = record.offset;
    this.#answerWaiting();
  }

  #answerWaiting(): void {
    const isReplayed = ({ offset }: { readonly offset: number }) => offset <= this.#replayedOffset;
    const count = this.#waiting.findIndex((waiting) => !isReplayed(waiting));
    const replayed = this.#waiting.splice(0, count < 0 ? this.#waiting.length : count);
    for (const { entry, resolve } of replayed) resolve(this.#isApplied(entry));
  }

  async #withTimeout<R>(operation: string, result: Promise<R>): Promise<R> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = this.#clock.timer(this.#writeTimeoutMs, () => reject(rejection.timedOut(operation)));
    try {
      return await Promise.race([result, promise]);
    } finally {
      timer.cancel();
    }
  }
}

function ignore(): void {}
