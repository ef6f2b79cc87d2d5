import type { Clock } from '../../platform/clock.ts';
import type { ConnectorReport } from '../worker.ts';

/** Totals of one connector. */
export interface ConnectorTotals {
  readonly connector: string;
  readonly type: string;
  readonly state: string;
  readonly read: number;
  readonly written: number;
  readonly filtered: number;
  readonly skipped: number;
  readonly deadLettered: number;
  readonly retries: number;
  /** Records behind the end of the topics, as far as a sink knows. */
  readonly lag: number;
}

/** Adds up the tasks of each connector. */
export function totalsOf(reports: readonly ConnectorReport[]): ConnectorTotals[] {
  return reports.map(({ name, type, state, tasks }) => {
    const sum = (value: (task: (typeof tasks)[number]) => number) =>
      tasks.reduce((total, task) => total + value(task), 0);
    return {
      connector: name,
      type,
      state: tasks.some((task) => task.state === 'FAILED') ? 'FAILED' : state,
      read: sum((task) => task.recordsRead),
      written: sum((task) => task.recordsWritten),
      filtered: sum((task) => task.recordsFiltered),
      skipped: sum((task) => task.recordsSkipped),
      deadLettered: sum((task) => task.recordsDeadLettered),
      retries: sum((task) => task.retries),
      lag: sum((task) => task.lag),
    };
  });
}

/** Records come in batches: a rate over less time than this jumps up and down. */
const RATE_WINDOW_MS = 2_000;

/** Records read per second of each connector, over the last two seconds, or since the last look if that is longer ago. */
export class Rates {
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #looks: { readonly atMs: number; readonly read: ReadonlyMap<string, number> }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a look; 0 at the first, and for a connector that began anew. */
  update(totals: readonly ConnectorTotals[]): ReadonlyMap<string, number> {
    const atMs = this.#clock.monotonic();
    while (this.#looks.length > 1 && (this.#looks[0]?.atMs ?? 0) < atMs - RATE_WINDOW_MS) this.#looks.shift();
    const [first] = this.#looks;
    const seconds = first === undefined ? 0 : (atMs - first.atMs) / 1000;
    const rates = totals.map(({ connector, read }) => {
      const since = first?.read.get(connector);
      const isKnown = since !== undefined && seconds > 0;
      return [connector, isKnown ? Math.max(0, read - since) / seconds : 0] as const;
    });
    this.#looks.push({ atMs, read: new Map(totals.map(({ connector, read }) => [connector, read])) });
    return new Map(rates);
  }
}

/** One line per connector for a terminal, now: what it has read, how fast, and what is out of the ordinary. */
export function progressLines(
  totals: readonly ConnectorTotals[],
  rates: ReadonlyMap<string, number>,
): readonly string[] {
  const rows = totals.map(({ connector, read, state, deadLettered, retries, lag, type }) => {
    const notes = [
      type === 'sink' && lag > 0 ? `${count(lag)} behind` : '',
      deadLettered > 0 ? `${count(deadLettered)} dead-lettered` : '',
      retries > 0 ? `${count(retries)} retries` : '',
      state === 'RUNNING' ? '' : state.toLowerCase(),
    ];
    const rate = `${count(Math.round(rates.get(connector) ?? 0))}/s`;
    return [connector, `${count(read)} read`, rate, notes.filter((note) => note !== '').join(', ')];
  });
  return aligned(rows, new Set([1, 2]));
}

/** Figures that are in the table at the end only when one of them is not 0. */
const rareFigures = ['filtered', 'skipped', 'retries'] as const;

/** A table for the end: records read, written and dead-lettered, and what else there is to tell. */
export function summary(totals: readonly ConnectorTotals[]): string {
  const rare = rareFigures.filter((figure) => totals.some((each) => each[figure] > 0));
  const hasFailed = totals.some(({ state }) => state === 'FAILED');
  const header = ['connector', 'read', 'written', 'dead-lettered', ...rare, ...(hasFailed ? [''] : [])];
  const rows = totals.map((each) => [
    each.connector,
    ...[each.read, each.written, each.deadLettered, ...rare.map((figure) => each[figure])].map(count),
    ...(hasFailed ? [each.state === 'FAILED' ? 'failed' : ''] : []),
  ]);
  const figures = new Set([1, 2, 3, ...rare.map((_, index) => index + 4)]);
  return aligned([header, ...rows], figures).join('\n');
}

/** Cells in columns, two blanks between them; those in `right` end at the same place. */
function aligned(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => (row[i] ?? '').length)),
  );
  const pad = (cell: string, i: number) =>
    right.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
