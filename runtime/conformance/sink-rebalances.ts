import type { SinkConformance } from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { ConformanceError, require } from './check.ts';
import { missingFrom, repeatedIn, rowsFrom, showRows } from './rows.ts';
import { CommittedOffsets, isExact, produceRows, rowsInWorld, rowsOf } from './sink-runs.ts';
import { type Boundary, TaskRun } from './task-run.ts';

/** Rows that are produced at a time: as many for each of the two partitions. */
const PORTION = 4;

/** A second task takes one of the partitions while the first works, and both when the first has stopped. */
export async function sinkSharesPartitions(bench: Bench, description: SinkConformance): Promise<void> {
  const ledger = new Ledger();
  const at = ledger.note.bind(ledger);
  let rows = 0;
  const produce = async (): Promise<void> => {
    await produceRows(bench, description, rows, PORTION);
    rows += PORTION;
  };
  const runs: TaskRun[] = [];
  const join = async (): Promise<TaskRun> => {
    const run = await TaskRun.start(bench, description, { member: runs.length, at });
    runs.push(run);
    return run;
  };
  /** Goes on producing until `isDone`. */
  const work = async (run: TaskRun, expected: string, isDone: () => boolean): Promise<void> => {
    const isWorked = async (): Promise<boolean> => {
      for (const { failure } of runs) if (failure !== undefined) throw failure.error;
      if (!isDone()) await produce();
      return isDone();
    };
    await bench.until(isWorked, { expected, actual: () => 'that did not happen', run });
  };
  const catchUp = (run: TaskRun): Promise<void> =>
    bench.until(() => ledger.committed.coversAll(rows), {
      expected: `the offsets of ${rows} records to be committed`,
      actual: () => `these were: ${ledger.committed}`,
      run,
    });
  const first = await join();
  await work(first, 'a task alone to have both partitions', () => first.task.positions().length === 2);
  const second = await join();
  const has = (run: TaskRun, count: number): boolean => run.task.positions().length === count;
  await work(second, 'two tasks to have a partition each', () => has(first, 1) && has(second, 1));
  await catchUp(second);
  await produce();
  const stopped = first.stop();
  await work(second, 'the task that is left to have both partitions', () => has(second, 2));
  await stopped;
  await catchUp(second);
  await second.stop();
  requireShared(await rowsInWorld(bench, description), { rows, ledger, isExact: isExact(description) });
}

/** What both tasks have done. */
class Ledger {
  readonly committed = new CommittedOffsets();
  /** Rows that were given to the sink more than once: none of them was committed before. */
  readonly uncertain = new Set<number>();
  /** Rows that came although they were committed. */
  readonly repeated = new Set<number>();
  readonly #given = new Set<number>();

  note(boundary: Boundary): void {
    this.committed.note(boundary);
    if (boundary.at !== 'batch to be written') return;
    for (const row of rowsOf(boundary.batch.records)) {
      if (this.committed.covers(row)) this.repeated.add(row);
      else if (this.#given.has(row)) this.uncertain.add(row);
      this.#given.add(row);
    }
  }
}

function requireShared(
  written: readonly number[],
  { rows, ledger, isExact }: { readonly rows: number; readonly ledger: Ledger; readonly isExact: boolean },
): void {
  const came = [...ledger.repeated].sort((a, b) => a - b);
  require(came.length === 0, 'nothing to come again that was committed', `rows ${showRows(came)} came again`);
  const lost = missingFrom(rowsFrom(0, rows), written);
  const places = 'when partitions have gone from one task to another';
  require(lost.length ===
    0, `every row ${places}`, `missing: ${showRows(lost)}. Each task writes for itself: neither where, nor when, another one writes is known to it`);
  const allowed = isExact ? new Set<number>() : ledger.uncertain;
  const twice = repeatedIn(written).filter((row) => !allowed.has(row));
  if (twice.length === 0) return;
  throw new ConformanceError(`every row once ${places}`, `more than once: ${showRows(twice)}`);
}
