import type { SourceConformance } from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { require, show } from './check.ts';
import type { CheckSpec } from './check-spec.ts';
import { LETTERS, tolerant } from './dead-letters.ts';
import { bytesInUse } from './memory.ts';
import { requireOnce, requireOrder, rowsFrom, showRows } from './rows.ts';
import { sourceSurvivesKills } from './source-kills.ts';
import { resumeAtEveryPosition, stopAtEveryBatch } from './source-resume.ts';
import { arrivedRows, rowsInTopic, runUntil } from './source-runs.ts';
import { TaskRun } from './task-run.ts';

const ROWS = 40;
/** As JavaScript objects they take at least twice the limit. */
const MANY_ROWS = 150_000;
const READ_AHEAD_BYTES_MAX = 12 * 1024 * 1024;
const READ_AHEAD_ROWS_MAX = 1_000;
/** How long a reader holds; a source that does not wait for it has read far by then. */
const HOLD_MS = 250;

/** The checks of sources alone. */
export const sourceChecks: readonly CheckSpec<SourceConformance>[] = [
  { name: 'delivery: every row arrives, once', run: delivery },
  { name: 'order: rows arrive in the order in which they were written', run: order },
  { name: 'empty: an empty source gives nothing and stops', run: empty },
  { name: 'append: rows that are added later arrive as well', run: append },
  { name: 'resume: after every position, exactly the rows behind it come', run: resumeAtEveryPosition },
  { name: 'restart: orderly stops at every batch lose and repeat nothing', run: stopAtEveryBatch },
  {
    name: 'sigkill: at every commit boundary nothing is lost, and nothing stored comes again',
    run: sourceSurvivesKills,
  },
  { name: 'back-pressure: nothing is read ahead of a topic that does not take it', run: backPressure },
  {
    name: 'poison: what cannot be read is a dead letter, and its neighbours arrive',
    needs: 'poison',
    run: poison,
  },
  {
    name: 'tolerance: with errors.tolerance=none poison fails the task, and can be mended',
    needs: 'poison',
    run: intolerance,
  },
  { name: 'schema: rows of a later schema arrive', needs: 'changeSchema', run: schemaChange },
];

async function delivery(bench: Bench, description: SourceConformance): Promise<void> {
  requireOnce(rowsFrom(0, ROWS), await arrivedRows(bench, description, ROWS), 'in the topic the rows');
}

async function order(bench: Bench, description: SourceConformance): Promise<void> {
  requireOrder(await arrivedRows(bench, description, ROWS), streamsOf(description));
}

function streamsOf({ streamOf }: SourceConformance): (row: number) => string {
  return (row) => streamOf?.(row) ?? '';
}

async function empty(bench: Bench, description: SourceConformance): Promise<void> {
  const run = await TaskRun.start(bench, description);
  await bench.sleep(50);
  await run.stop();
  if (run.failure !== undefined) throw run.failure.error;
  const rows = await rowsInTopic(bench, description);
  require(rows.length === 0, 'no record from an empty source', () => `rows ${showRows(rows)} came`);
}

async function append(bench: Bench, description: SourceConformance): Promise<void> {
  const quarter = ROWS / 4;
  await arrivedRows(bench, description, 2 * quarter);
  await description.write(bench.world, 2 * quarter, quarter);
  const run = await runUntil(bench, description, quarter, 'the rows that were added while it was stopped');
  await description.write(bench.world, 3 * quarter, quarter);
  // A source that waits for more gets these while it runs; one that has an end, when it is started again.
  await bench.until(() => run.isExhausted || run.task.progress.recordsWritten >= 2 * quarter, {
    expected: 'the rows that were added while it ran, or the end',
    actual: () => `${run.task.progress.recordsWritten} of ${2 * quarter} had come`,
    run,
  });
  await run.stop();
  const left = ROWS - (await rowsInTopic(bench, description)).length;
  await (await runUntil(bench, description, left, 'the rows that were added last')).stop();
  requireOnce(rowsFrom(0, ROWS), await rowsInTopic(bench, description), 'in the topic the rows');
}

async function backPressure(bench: Bench, description: SourceConformance): Promise<void> {
  const { taken } = description;
  const count = taken === undefined ? MANY_ROWS : READ_AHEAD_ROWS_MAX * 5;
  await description.write(bench.world, 0, count);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let given = 0;
  const turn = () => bench.sleep(1);
  const before = await bytesInUse(turn);
  const run = await TaskRun.start(bench, description, {
    at: async (boundary) => {
      if (boundary.at !== 'batch given') return;
      given += boundary.batch.records.length;
      await released;
    },
  });
  try {
    await bench.until(() => given > 0, {
      expected: 'a first batch',
      actual: () => 'none had come',
      run,
    });
    await bench.sleep(HOLD_MS);
    const bytes = (await bytesInUse(turn)) - before;
    const ahead = taken === undefined ? undefined : taken(bench.world) - given;
    release();
    await run.stop();
    if (ahead !== undefined) {
      require(ahead <=
        READ_AHEAD_ROWS_MAX, `at most ${READ_AHEAD_ROWS_MAX} rows read ahead`, `there were ${ahead}`);
    } else {
      const [limit, found] = [READ_AHEAD_BYTES_MAX, bytes].map((each) => Math.round(each / 2 ** 20));
      require(bytes <=
        READ_AHEAD_BYTES_MAX, `at most ${limit} MiB in memory while a batch of ${given} records waits to be taken`, `of ${count} rows the source kept ${found} MiB: read on only when the next batch is asked for`);
    }
  } finally {
    release();
  }
}

async function poison(bench: Bench, description: SourceConformance): Promise<void> {
  const { world } = bench;
  await description.poison?.(world);
  await description.write(world, 0, 5);
  await description.poison?.(world);
  await description.write(world, 5, 5);
  await description.poison?.(world);
  const run = await TaskRun.start(bench, description, { config: tolerant });
  const { progress } = run.task;
  await bench.until(() => progress.recordsWritten >= 10 && progress.recordsDeadLettered >= 3, {
    expected: '10 rows and 3 dead letters',
    actual: () => `there were ${progress.recordsWritten} rows and ${progress.recordsDeadLettered} letters`,
    run,
  });
  await run.stop();
  requireOnce(rowsFrom(0, 10), await rowsInTopic(bench, description), 'in the topic the rows');
  await requireLetters(bench, 3);
}

async function requireLetters(bench: Bench, count: number): Promise<void> {
  const letters = await bench.read(LETTERS);
  require(letters.length === count, `${count} dead letters`, () => `there were ${letters.length}`);
  for (const { headers } of letters) {
    const message = headers['__connect.errors.exception.message'] ?? '';
    require(message !== '', 'dead letters that say why', () => `one has the headers ${show(headers)}`);
  }
}

async function intolerance(bench: Bench, description: SourceConformance): Promise<void> {
  const { world } = bench;
  await description.write(world, 0, 25);
  await description.poison?.(world);
  await description.write(world, 25, 15);
  const run = await TaskRun.start(bench, description);
  await bench.until(() => run.failure !== undefined, {
    expected: 'the task to fail at what cannot be read',
    actual: () => `it went on: ${run.task.progress.recordsWritten} records were written`,
  });
  await run.stop();
  const left = 40 - (await rowsInTopic(bench, description)).length;
  // The operator lets it pass, and starts the task again.
  const again = await TaskRun.start(bench, description, { config: tolerant });
  const { progress } = again.task;
  await bench.until(() => progress.recordsDeadLettered >= 1 && progress.recordsWritten >= left, {
    expected: `one dead letter and ${left} more rows after the restart`,
    actual: () => `there were ${show(progress)}`,
    run: again,
  });
  await again.stop();
  requireOnce(rowsFrom(0, 40), await rowsInTopic(bench, description), 'in the topic the rows');
  await requireLetters(bench, 1);
}

async function schemaChange(bench: Bench, description: SourceConformance): Promise<void> {
  await description.write(bench.world, 0, 10);
  await description.changeSchema?.(bench.world);
  await description.write(bench.world, 10, 10);
  await (await runUntil(bench, description, 20, 'rows of both schemas')).stop();
  requireOnce(rowsFrom(0, 20), await rowsInTopic(bench, description), 'in the topic the rows');
}
