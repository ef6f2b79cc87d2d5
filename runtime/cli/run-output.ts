import { type Clock, every, type Timer } from '../../platform/clock.ts';
import { type ConnectorTotals, progressLine, Rates, summary, totalsOf } from '../pipelines/index.ts';
import type { ConnectorReport } from '../worker.ts';

const TERMINAL_REFRESH_MS = 250;
const JSON_REFRESH_MS = 5_000;

/** Where a run's output goes. */
export interface RunStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells how a run goes: a line that is kept up to date on a terminal, one JSON line per event otherwise. */
export class RunOutput {
  readonly #stream: RunStream;
  readonly #clock: Clock;
  readonly #rates: Rates;
  #timer: Timer | undefined;

  constructor(stream: RunStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#rates = new Rates(clock);
  }

  get #isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  started(kafka: string, connectors: readonly string[]): void {
    if (this.#isTerminal) this.#line(`Kafka ${kafka}`);
    else this.#json('started', { kafka, connectors });
  }

  /** Begins to tell of progress. */
  follow(progress: () => readonly ConnectorReport[]): void {
    const refreshMs = this.#isTerminal ? TERMINAL_REFRESH_MS : JSON_REFRESH_MS;
    this.#timer = every(this.#clock, refreshMs, () => this.#tell(totalsOf(progress())));
  }

  failed(connector: string, task: number | undefined, message: string): void {
    const where = task === undefined ? connector : `${connector} task ${task}`;
    if (this.#isTerminal) this.#line(`${where} failed: ${message}`);
    else this.#json('failed', { connector, task, message });
  }

  note(message: string): void {
    if (this.#isTerminal) this.#line(message);
    else this.#json('note', { message });
  }

  /** The end: what was read, written and dead-lettered. */
  finished(progress: readonly ConnectorReport[]): void {
    this.#timer?.cancel();
    const totals = totalsOf(progress);
    if (this.#isTerminal) this.#line(summary(totals));
    else for (const each of totals) this.#json('finished', each);
  }

  #tell(totals: readonly ConnectorTotals[]): void {
    const rates = this.#rates.update(totals);
    if (!this.#isTerminal) {
      for (const each of totals) {
        this.#json('progress', { ...each, readPerSecond: Math.round(rates.get(each.connector) ?? 0) });
      }
      return;
    }
    const width = this.#stream.columns ?? 80;
    this.#stream.write(`\r\x1b[K${progressLine(totals, rates).slice(0, width - 1)}`);
  }

  #line(text: string): void {
    this.#stream.write(`\r\x1b[K${text}\n`);
  }

  #json(event: string, fields: object): void {
    this.#stream.write(
      `${JSON.stringify({ time: new Date(this.#clock.now()).toISOString(), event, ...fields })}\n`,
    );
  }
}
