import type {
  PartitionOffset,
  SinkConformance,
  SinkInput,
  TopicPartition,
  WrittenRow,
} from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { rowsFrom } from './rows.ts';
import { type Boundary, type RunOptions, TaskRun } from './task-run.ts';

/** Records that are written to the topic in this order, alternating between its two partitions. */
export function placeOf(index: number, topic: string): TopicPartition & { readonly offset: number } {
  return { topic, partition: index % 2, offset: index >> 1 };
}

/** How far a sink's group has committed. */
export class CommittedOffsets {
  readonly #offsets = new Map<number, number>();

  /** To be told of every boundary. */
  note(boundary: Boundary): void {
    if (boundary.at !== 'offsets committed') return;
    for (const { partition, offset } of boundary.offsets) this.#offsets.set(partition, offset);
  }

  covers(row: number): boolean {
    const { partition, offset } = placeOf(row, '');
    return (this.#offsets.get(partition) ?? 0) > offset;
  }

  /** Whether the first `count` rows are covered. */
  coversAll(count: number): boolean {
    return rowsFrom(0, count).every((row) => this.covers(row));
  }

  toString(): string {
    const parts = [...this.#offsets].map(([partition, offset]) => `partition ${partition} up to ${offset}`);
    return parts.length === 0 ? 'none' : parts.join(', ');
  }
}

/** The rows that records of the topic are, by where they are. */
export function rowsOf(records: readonly PartitionOffset[]): readonly number[] {
  return records.map(({ partition, offset }) => offset * 2 + partition);
}

/** Writes the rows `first` to `first + count - 1` to the topic. */
export async function produceRows(
  bench: Bench,
  { record }: SinkConformance,
  first: number,
  count: number,
): Promise<void> {
  const inputs = Array.from(
    { length: count },
    (_, index): SinkInput => record(first + index, `row ${first + index}`),
  );
  await bench.produce(inputs);
}

/** Starts the sink and waits until it has dealt with `count` records, or does nothing more. */
export async function runUntilWritten(
  bench: Bench,
  description: SinkConformance,
  count: number,
  options: RunOptions = {},
): Promise<TaskRun> {
  const run = await TaskRun.start(bench, description, options);
  const { progress } = run.task;
  const dealtWith = (): number =>
    progress.recordsWritten + progress.recordsDeadLettered + progress.recordsSkipped;
  await bench.settled(() => dealtWith() >= count, `${count} records to be written`, run);
  return run;
}

/** The rows in the outside world, as numbers. */
export async function rowsInWorld(bench: Bench, description: SinkConformance): Promise<readonly number[]> {
  return (await readWorld(bench, description)).map(({ row }) => row);
}

/** The rows in the outside world. */
export async function readWorld(bench: Bench, { read }: SinkConformance): Promise<readonly WrittenRow[]> {
  return read(bench.world);
}

/** Whether a record that comes again must leave no trace. */
export function isExact({ plugin, isIdempotent }: SinkConformance): boolean {
  return plugin.committedOffsets !== undefined || isIdempotent === true;
}
