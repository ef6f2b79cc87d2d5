import type { SinkConformance } from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { ConformanceError, require } from './check.ts';
import { missingFrom, repeatedIn, rowsFrom, showRows } from './rows.ts';
import { CommittedOffsets, isExact, produceRows, rowsInWorld, rowsOf } from './sink-runs.ts';
import { type Boundary, TaskRun } from './task-run.ts';

const ROWS = 40;
/** How long a call that is killed has had, at most. */
const UNDER_WAY_MS_MAX = 4;

/** Where a sink's process is killed, in turn. */
const kinds: readonly Boundary['at'][] = [
  'batch to be written',
  'write sent',
  'batch written',
  'flush sent',
  'flushed',
  'offsets to be committed',
  'offsets committed',
];

/** What all runs together have done. */
interface Ledger {
  readonly committed: CommittedOffsets;
  /** Rows that were given to the sink and not committed when it was killed: they may be there twice. */
  readonly uncertain: Set<number>;
  readonly kills: string[];
}

/** Kills the process of the sink at each boundary in turn; each run goes on from what was committed. */
export async function sinkSurvivesKills(bench: Bench, description: SinkConformance): Promise<void> {
  await produceRows(bench, description, 0, ROWS);
  const ledger: Ledger = { committed: new CommittedOffsets(), uncertain: new Set(), kills: [] };
  const hasFlush = description.plugin.flush !== undefined;
  for (const at of kinds) {
    if (!at.startsWith('flush') || hasFlush) await runAndKill(bench, description, ledger, at);
  }
  await runToEnd(bench, description, ledger);
  const rows = await rowsInWorld(bench, description);
  const lost = missingFrom(rowsFrom(0, ROWS), rows);
  const places = `after SIGKILL at ${ledger.kills.join(', ')}`;
  require(lost.length ===
    0, `${places}: every row`, `missing: ${showRows(lost)}. Their offsets were committed before they were there for good`);
  const allowed = isExact(description) ? new Set<number>() : ledger.uncertain;
  const repeated = repeatedIn(rows).filter((row) => !allowed.has(row));
  if (repeated.length === 0) return;
  throw new ConformanceError(
    isExact(description)
      ? `${places}: every row once, as the sink ${description.isIdempotent === true ? 'is idempotent' : 'keeps its offsets'}`
      : `${places}: every row once that was committed`,
    `more than once: ${showRows(repeated)}`,
  );
}

async function runAndKill(
  bench: Bench,
  description: SinkConformance,
  ledger: Ledger,
  at: Boundary['at'],
): Promise<void> {
  let dead: Promise<void> | undefined;
  const given = new Set<number>();
  const run = await TaskRun.start(bench, description, {
    isIsolated: true,
    at: async (boundary, running) => {
      ledger.committed.note(boundary);
      if (boundary.at === 'batch to be written')
        for (const row of rowsOf(boundary.batch.records)) given.add(row);
      if (boundary.at !== at || dead !== undefined) return;
      ledger.kills.push(`"${at}"`);
      if (at.endsWith('sent')) await bench.sleep((bench.entropy.u32() % (UNDER_WAY_MS_MAX * 10)) / 10);
      dead = running.kill();
    },
  });
  const isOver = (): boolean => dead !== undefined || ledger.committed.coversAll(ROWS);
  await bench.settled(isOver, `the boundary "${at}"`, run);
  await (dead ?? run.stop());
  for (const row of given) if (!ledger.committed.covers(row)) ledger.uncertain.add(row);
}

async function runToEnd(bench: Bench, description: SinkConformance, ledger: Ledger): Promise<void> {
  const run = await TaskRun.start(bench, description, {
    isIsolated: true,
    at: (boundary) => ledger.committed.note(boundary),
  });
  await bench.until(() => ledger.committed.coversAll(ROWS), {
    expected: 'all offsets to be committed after the last restart',
    actual: () => `these were: ${ledger.committed}`,
    run,
  });
  await run.stop();
}
