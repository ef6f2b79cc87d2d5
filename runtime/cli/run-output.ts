import { type Clock, every, type Timer } from '../../platform/clock.ts';
import { type ConnectorTotals, progressLines, Rates, summary, totalsOf } from '../pipelines/index.ts';
import type { ConnectorReport } from '../worker.ts';

const TERMINAL_REFRESH_MS = 250;
const JSON_REFRESH_MS = 5_000;

/** Where a run's output goes. */
export interface RunStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** How a run ended: all was read and written, it was stopped before that, or a connector failed. */
export type RunOutcome = 'done' | 'stopped' | 'failed';

/** Tells how a run goes: lines that are kept up to date on a terminal, one JSON line per event otherwise. */
export class RunOutput {
  readonly #stream: RunStream;
  readonly #clock: Clock;
  readonly #rates: Rates;
  readonly #failures = new Set<string>();
  readonly #startedMs: number;
  #timer: Timer | undefined;
  /** Lines of progress at the bottom of the terminal, which the next output replaces. */
  #shown = 0;

  constructor(stream: RunStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#rates = new Rates(clock);
    this.#startedMs = clock.monotonic();
  }

  get #isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  started(kafka: string, connectors: readonly string[]): void {
    if (this.#isTerminal) this.#lines([`Kafka ${kafka} (Ctrl-C stops)`]);
    else this.#json('started', { kafka, connectors });
  }

  /** Begins to tell of progress. */
  follow(progress: () => readonly ConnectorReport[]): void {
    const refreshMs = this.#isTerminal ? TERMINAL_REFRESH_MS : JSON_REFRESH_MS;
    this.#timer = every(this.#clock, refreshMs, () => this.#tell(totalsOf(progress())));
  }

  /** Tells of a failure, once for each task. */
  failed(connector: string, task: number | undefined, message: string): void {
    const where = task === undefined ? connector : `${connector} task ${task}`;
    if (this.#failures.has(where)) return;
    this.#failures.add(where);
    if (this.#isTerminal) this.#lines([`${where} failed: ${message}`]);
    else this.#json('failed', { connector, task, message });
  }

  note(message: string): void {
    if (this.#isTerminal) this.#lines([message]);
    else this.#json('note', { message });
  }

  /** The end: what was read, written and dead-lettered, and what else there is to say about it. */
  finished(progress: readonly ConnectorReport[], outcome: RunOutcome, notes: readonly string[] = []): void {
    this.#timer?.cancel();
    const totals = totalsOf(progress);
    const elapsedMs = Math.round(this.#clock.monotonic() - this.#startedMs);
    if (this.#isTerminal) {
      const seconds = (elapsedMs / 1000).toFixed(1);
      this.#lines([...summary(totals).split('\n'), ...notes, `${outcome} after ${seconds} s`]);
      return;
    }
    for (const each of notes) this.note(each);
    for (const each of totals) this.#json('finished', { ...each, state: undefined, outcome });
    this.#json('ended', { outcome, elapsedMs });
  }

  #tell(totals: readonly ConnectorTotals[]): void {
    const rates = this.#rates.update(totals);
    if (this.#isTerminal) {
      this.#progress(progressLines(totals, rates));
      return;
    }
    for (const each of totals) {
      this.#json('progress', { ...each, readPerSecond: Math.round(rates.get(each.connector) ?? 0) });
    }
  }

  /** Replaces the lines of progress, cut to the terminal: a line that wraps could not be replaced. */
  #progress(lines: readonly string[]): void {
    // A terminal that does not know its size says 0.
    const columns = this.#stream.columns || 80;
    const rows = this.#stream.rows || 24;
    const fitting = lines.length < rows ? lines : [...lines.slice(0, rows - 2), '...'];
    const text = fitting.map((line) => `${line.slice(0, columns - 1)}\n`).join('');
    this.#stream.write(`${this.#erased()}${text}`);
    this.#shown = fitting.length;
  }

  #lines(lines: readonly string[]): void {
    this.#stream.write(`${this.#erased()}${lines.join('\n')}\n`);
    this.#shown = 0;
  }

  /** What takes the lines of progress off the terminal. The cursor is at the begin of the line below them. */
  #erased(): string {
    // What the terminal echoed, ^C for one, is on the cursor's line.
    return this.#shown === 0 ? '\r\x1b[J' : `\x1b[${this.#shown}A\r\x1b[J`;
  }

  #json(event: string, fields: object): void {
    this.#stream.write(
      `${JSON.stringify({ time: new Date(this.#clock.now()).toISOString(), event, ...fields })}\n`,
    );
  }
}
