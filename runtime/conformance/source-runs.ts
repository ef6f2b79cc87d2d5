import type { SourceConformance } from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { type RunOptions, TaskRun } from './task-run.ts';

/** The rows of the records in the topic, in the order of their offsets. */
export async function rowsInTopic(bench: Bench, { rowOf }: SourceConformance): Promise<readonly number[]> {
  return (await bench.read(bench.place.topic)).map(({ record }) => rowOf(record));
}

/** Starts the source and waits until it has written `count` records, says that there is no more, or does nothing more. */
export async function runUntil(
  bench: Bench,
  description: SourceConformance,
  count: number,
  expected: string,
  options: RunOptions = {},
): Promise<TaskRun> {
  const run = await TaskRun.start(bench, description, options);
  const { progress } = run.task;
  await bench.settled(() => run.isExhausted || progress.recordsWritten >= count, expected, run);
  return run;
}

/** Writes `count` rows, has the source read them all, stops it, and returns what the topic has. */
export async function arrivedRows(
  bench: Bench,
  description: SourceConformance,
  count: number,
): Promise<readonly number[]> {
  await description.write(bench.world, 0, count);
  await (await runUntil(bench, description, count, `${count} rows`)).stop();
  return rowsInTopic(bench, description);
}
