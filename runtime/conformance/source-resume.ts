import {
  connectRecord,
  type JsonValue,
  type SourceConformance,
  type SourcePartition,
} from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { ConformanceError, require, show } from './check.ts';
import { missingFrom, repeatedIn, requireOnce, rowsFrom, showRows } from './rows.ts';
import { rowsInTopic, runUntil } from './source-runs.ts';
import { TaskRun } from './task-run.ts';

const ROWS = 40;
const CONNECTOR = 'conformance';
/** Fewer boundaries would prove little. */
const BATCHES_MIN = 3;
/** For what should not come, after all that should has. */
const SETTLE_MS = 15;

/** What was given up to a moment, and where each partition would resume. */
interface Moment {
  readonly rows: readonly number[];
  readonly positions: readonly { readonly partition: SourcePartition; readonly position: JsonValue }[];
}

/** Stores every position that the source gives, one after the other, and looks at what comes from there on. */
export async function resumeAtEveryPosition(bench: Bench, description: SourceConformance): Promise<void> {
  await description.write(bench.world, 0, ROWS);
  const { rows: all, moments } = await readAll(bench, description);
  requireOnce(rowsFrom(0, ROWS), all, 'from the beginning the rows');
  require(moments.length >=
    BATCHES_MIN, `at least ${BATCHES_MIN} batches of ${ROWS} rows, to resume between them`, `there were ${moments.length}: let the description's config ask for batches of at most 10`);
  for (const { rows, positions } of moments) {
    await store(bench, positions);
    const after = missingFrom(all, rows);
    const { rows: came } = await readAll(bench, description, after.length);
    const lost = missingFrom(after, came);
    const repeated = [...came.filter((row) => rows.includes(row)), ...repeatedIn(came)];
    if (lost.length === 0 && repeated.length === 0) continue;
    throw new ConformanceError(
      `after the position ${show(positions.map(({ position }) => position))}, given with row ${rows.at(-1)}, the rows ${showRows(after)}`,
      [
        ...(lost.length > 0 ? [`missing: ${showRows(lost)}`] : []),
        ...(repeated.length > 0 ? [`again: ${showRows(repeated)}`] : []),
      ].join('; '),
    );
  }
}

/** Runs until `count` rows were given or there is no more, and forgets what that stored. */
async function readAll(
  bench: Bench,
  description: SourceConformance,
  count = ROWS,
): Promise<{ readonly rows: readonly number[]; readonly moments: readonly Moment[] }> {
  const rows: number[] = [];
  const moments: Moment[] = [];
  const current = new Map<string, Moment['positions'][number]>();
  const run = await TaskRun.start(bench, description, {
    at: (boundary) => {
      if (boundary.at !== 'batch given') return;
      const { partition } = boundary;
      const { records, position } = boundary.batch;
      rows.push(...records.map((record) => description.rowOf(connectRecord(record, bench.place.topic))));
      const stored = JSON.parse(JSON.stringify(position)) as JsonValue;
      current.set(JSON.stringify(partition), { partition, position: stored });
      moments.push({ rows: [...rows], positions: [...current.values()] });
    },
  });
  const { progress } = run.task;
  await bench.settled(() => run.isExhausted || progress.recordsWritten >= count, `${count} rows`, run);
  await bench.sleep(SETTLE_MS);
  await run.stop();
  return { rows, moments };
}

async function store(bench: Bench, positions: Moment['positions']): Promise<void> {
  const old = bench.offsets.list(CONNECTOR).map(({ partition }) => ({ partition, offset: null }));
  await bench.offsets.alter(CONNECTOR, old);
  const writer = bench.offsets.openWriter(CONNECTOR, 0);
  await writer.write(positions);
  writer.close();
  await bench.offsets.sync();
}

/** Stops in order after each batch, and starts again. */
export async function stopAtEveryBatch(bench: Bench, description: SourceConformance): Promise<void> {
  await description.write(bench.world, 0, ROWS);
  for (let stops = 0; stops < ROWS; stops++) {
    let stopped: Promise<void> | undefined;
    const run = await TaskRun.start(bench, description, {
      at: ({ at }, running) => {
        if (at === 'batch taken') stopped ??= running.stop();
      },
    });
    const hasMore = await bench.settled(() => stopped !== undefined || run.isExhausted, 'a batch', run);
    await (stopped ?? run.stop());
    if (!hasMore || run.isExhausted || (await rowsInTopic(bench, description)).length >= ROWS) break;
  }
  await (await runUntil(bench, description, 0, 'a last start')).stop();
  requireOnce(rowsFrom(0, ROWS), await rowsInTopic(bench, description), 'in the topic the rows');
}
