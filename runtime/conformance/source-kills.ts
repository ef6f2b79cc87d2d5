import { connectRecord, type SourceConformance } from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { ConformanceError, require } from './check.ts';
import { missingFrom, rowsFrom, showRows } from './rows.ts';
import { rowsInTopic } from './source-runs.ts';
import { type Boundary, TaskRun } from './task-run.ts';

const ROWS = 40;

/** Where a source's process is killed, one after the other; the position moves on at every other one. */
const places: readonly Boundary['at'][] = [
  'batch given',
  'batch taken',
  'position to be stored',
  'position stored',
  'position to be stored',
  'position confirmed',
  'position stored',
];

/** What all runs together have done. */
interface Ledger {
  /** Rows whose position has been stored: they must not come again. */
  readonly stored: Set<number>;
  /** By partition: rows that were given since then. Forgotten at a kill. */
  readonly pending: Map<string, number[]>;
  readonly kills: string[];
}

/**
 * Kills the process of the source at each boundary in turn, until all rows are through. Each run resumes from what those
 * before it have stored.
 */
export async function sourceSurvivesKills(bench: Bench, description: SourceConformance): Promise<void> {
  await description.write(bench.world, 0, ROWS);
  const ledger: Ledger = { stored: new Set(), pending: new Map(), kills: [] };
  for (const at of places) await runAndKill(bench, description, ledger, at);
  await runToEnd(bench, description, ledger);
  const lost = missingFrom(rowsFrom(0, ROWS), await rowsInTopic(bench, description));
  require(lost.length ===
    0, `after SIGKILL ${placesOf(ledger)}: every row`, `missing: ${showRows(lost)}. A position was stored that lies behind rows which had not been given`);
}

/** Starts the source, and kills it at the boundary; unless all is read before. */
async function runAndKill(
  bench: Bench,
  description: SourceConformance,
  ledger: Ledger,
  at: Boundary['at'],
): Promise<void> {
  let dead: Promise<void> | undefined;
  const gate = new BatchGate();
  const run = await TaskRun.start(bench, description, {
    isIsolated: true,
    at: async (boundary, running) => {
      note(ledger, boundary, description, bench);
      if (boundary.at === at) {
        ledger.kills.push(`"${at}"`);
        dead ??= running.kill();
      } else await gate.pass(boundary);
    },
  });
  const isOver = (): boolean => dead !== undefined || run.isExhausted || ledger.stored.size >= ROWS;
  // One that does nothing more has lost rows: that shows in the end.
  await bench.settled(isOver, `the boundary "${at}"`, run);
  await (dead ?? run.stop());
  ledger.pending.clear();
}

async function runToEnd(bench: Bench, description: SourceConformance, ledger: Ledger): Promise<void> {
  const gate = new BatchGate();
  const run = await TaskRun.start(bench, description, {
    isIsolated: true,
    at: async (boundary) => {
      note(ledger, boundary, description, bench);
      await gate.pass(boundary);
    },
  });
  const isOver = (): boolean => run.isExhausted || ledger.stored.size >= ROWS;
  await bench.settled(isOver, `after SIGKILL ${placesOf(ledger)}: every row`, run);
  await run.stop();
}

/** Keeps the books. Throws when a row comes again that lies before the last stored position. */
function note(ledger: Ledger, boundary: Boundary, { rowOf }: SourceConformance, { place }: Bench): void {
  if (boundary.at === 'position stored') {
    for (const { partition } of boundary.positions) {
      const key = JSON.stringify(partition);
      for (const row of ledger.pending.get(key) ?? []) ledger.stored.add(row);
      ledger.pending.delete(key);
    }
  } else if (boundary.at === 'batch given') {
    const rows = boundary.batch.records.map((record) => rowOf(connectRecord(record, place.topic)));
    const again = rows.filter((row) => ledger.stored.has(row));
    if (again.length > 0) {
      throw new ConformanceError(
        `after SIGKILL ${placesOf(ledger)}: only rows behind the stored position`,
        `the rows ${showRows(again)} came again`,
      );
    }
    const key = JSON.stringify(boundary.partition);
    ledger.pending.set(key, [...(ledger.pending.get(key) ?? []), ...rows]);
  }
}

function placesOf({ kills }: Ledger): string {
  return `at ${kills.join(', ')}`;
}

/** Lets a source give its next batch only when the position of the last one is stored: each has a boundary of its own. */
class BatchGate {
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  async pass(boundary: Boundary): Promise<void> {
    if (boundary.at === 'batch given') {
      this.#waiting.set(JSON.stringify(boundary.partition), Promise.withResolvers());
    } else if (boundary.at === 'position stored') {
      for (const { partition } of boundary.positions) this.#waiting.get(JSON.stringify(partition))?.resolve();
    } else if (boundary.at === 'batch taken') {
      await this.#waiting.get(JSON.stringify(boundary.partition))?.promise;
    }
  }
}
