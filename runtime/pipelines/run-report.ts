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

/** Records read per second of each connector, from one look to the next. */
export class Rates {
  readonly #clock: Clock;
  #last = new Map<string, { readonly read: number; readonly atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Since the last call, or 0 at the first. */
  update(totals: readonly ConnectorTotals[]): ReadonlyMap<string, number> {
    const atMs = this.#clock.monotonic();
    const rates = totals.map(({ connector, read }) => {
      const last = this.#last.get(connector);
      const seconds = last === undefined ? 0 : (atMs - last.atMs) / 1000;
      return [
        connector,
        last === undefined || seconds <= 0 ? 0 : Math.max(0, read - last.read) / seconds,
      ] as const;
    });
    this.#last = new Map(totals.map(({ connector, read }) => [connector, { read, atMs }]));
    return new Map(rates);
  }
}

/** One line for a terminal: what each connector has read, how fast, and what went wrong. */
export function progressLine(totals: readonly ConnectorTotals[], rates: ReadonlyMap<string, number>): string {
  const parts = totals.map(({ connector, read, state, deadLettered, lag, type }) => {
    const rate = Math.round(rates.get(connector) ?? 0);
    const notes = [
      rate > 0 ? `${count(rate)}/s` : '',
      type === 'sink' && lag > 0 ? `lag ${count(lag)}` : '',
      deadLettered > 0 ? `${count(deadLettered)} dead-lettered` : '',
      state === 'RUNNING' ? '' : state.toLowerCase(),
    ].filter((note) => note !== '');
    return `${connector} ${count(read)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
  });
  return parts.join('  ·  ');
}

/** A table for the end: rows read, written and dead-lettered. */
export function summary(totals: readonly ConnectorTotals[]): string {
  const rows = [
    ['connector', 'read', 'written', 'dead-lettered', 'filtered', 'skipped', 'state'],
    ...totals.map(({ connector, read, written, deadLettered, filtered, skipped, state }) => [
      connector,
      count(read),
      count(written),
      count(deadLettered),
      count(filtered),
      count(skipped),
      state.toLowerCase(),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => column > 0 && column < 6;
  return rows
    .map((row) =>
      row
        .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
