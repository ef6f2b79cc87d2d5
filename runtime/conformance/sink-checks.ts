import type { PartitionOffset, SinkConformance, SinkInput } from '../plugin/index.ts';
import type { Bench } from './bench.ts';
import { ConformanceError, require, show } from './check.ts';
import type { CheckSpec } from './check-spec.ts';
import { LETTERS, tolerant } from './dead-letters.ts';
import { missingFrom, requireOnce, requireOrder, rowsFrom, showRows } from './rows.ts';
import { sinkSurvivesKills } from './sink-kills.ts';
import { sinkSharesPartitions } from './sink-rebalances.ts';
import {
  CommittedOffsets,
  isExact,
  placeOf,
  produceRows,
  readWorld,
  rowsInWorld,
  runUntilWritten,
} from './sink-runs.ts';
import { TaskRun } from './task-run.ts';

const ROWS = 40;
/** How long something has that should not happen. */
const SETTLE_MS = 50;

/** Texts that writers of files, queries and requests get wrong. */
const texts: readonly string[] = [
  'plain',
  'ünïcödé, 日本語, 😀, e\u0301',
  `quotes ' " \` \\ ; -- /* */ %s $1 \${x}`,
  'two\nlines\r\nand\ttabs',
  '',
  '  blank at both ends  ',
  'null',
  '0012',
  '<a href="x">&amp;</a>',
  '{"json": [1, null]}',
  'long '.repeat(2_000),
];

/** The checks of sinks alone. */
export const sinkChecks: readonly CheckSpec<SinkConformance>[] = [
  { name: 'delivery: every record is written, once', run: delivery },
  { name: 'order: records of a partition are written in their order', run: order },
  { name: 'values: texts arrive as they are', run: values },
  { name: 'commit: offsets are committed only behind what is written', run: commit },
  { name: 'restart: orderly stops at every batch lose and repeat nothing', run: restart },
  {
    name: 'sigkill: at every commit boundary nothing is lost, and nothing committed comes again',
    run: sinkSurvivesKills,
  },
  {
    name: 'rebalance: partitions that go from one task to another lose nothing, and repeat nothing committed',
    run: sinkSharesPartitions,
  },
  { name: 'repeat: records that come again leave no second row', run: repeat },
  { name: 'retry: what fails for the moment is written later', needs: 'fail', run: retry },
  {
    name: 'poison: the record at fault is a dead letter, and its neighbours are written',
    needs: 'poison',
    run: poison,
  },
  {
    name: 'tolerance: with errors.tolerance=none poison fails the task, and can be mended',
    needs: 'poison',
    run: intolerance,
  },
  {
    name: 'tombstone: a record without value does its neighbours no harm',
    needs: 'tombstone',
    run: tombstone,
  },
  { name: 'schema: records of a later schema are written', needs: 'change', run: schemaChange },
];

async function delivery(bench: Bench, description: SinkConformance): Promise<void> {
  await produceRows(bench, description, 0, ROWS);
  await (await runUntilWritten(bench, description, ROWS)).stop();
  requireOnce(rowsFrom(0, ROWS), await rowsInWorld(bench, description), 'written the rows');
}

async function order(bench: Bench, description: SinkConformance): Promise<void> {
  await produceRows(bench, description, 0, ROWS);
  await (await runUntilWritten(bench, description, ROWS)).stop();
  requireOrder(await rowsInWorld(bench, description), (row) => String(row % 2));
}

async function values(bench: Bench, description: SinkConformance): Promise<void> {
  await bench.produce(texts.map((text, row) => description.record(row, text)));
  await (await runUntilWritten(bench, description, texts.length)).stop();
  const written = await readWorld(bench, description);
  requireOnce(
    rowsFrom(0, texts.length),
    written.map(({ row }) => row),
    'written the rows',
  );
  for (const { row, text } of written) {
    if (text === undefined || text === texts[row]) continue;
    throw new ConformanceError(`the text ${show(texts[row])}`, `${show(text)} was written`);
  }
}

async function commit(bench: Bench, description: SinkConformance): Promise<void> {
  await produceRows(bench, description, 0, ROWS);
  const guard = new CommitGuard(bench, description);
  const run = await runUntilWritten(bench, description, ROWS, {
    at: async (boundary) => {
      if (boundary.at === 'offsets to be committed') await guard.check(boundary.offsets);
    },
  });
  await run.stop();
  guard.finish();
}

/** Sees that what lies before an offset has been written when it is committed. */
class CommitGuard {
  readonly #bench: Bench;
  readonly #description: SinkConformance;
  #violation: ConformanceError | undefined;
  #commits = 0;

  constructor(bench: Bench, description: SinkConformance) {
    this.#bench = bench;
    this.#description = description;
  }

  async check(offsets: readonly PartitionOffset[]): Promise<void> {
    this.#commits++;
    const covered = rowsFrom(0, ROWS).filter((row) => {
      const { partition, offset } = placeOf(row, this.#bench.place.topic);
      return offsets.some((each) => each.partition === partition && each.offset > offset);
    });
    const missing = missingFrom(covered, await rowsInWorld(this.#bench, this.#description));
    if (missing.length === 0) return;
    const what = offsets.map(({ partition, offset }) => `partition ${partition} up to ${offset}`).join(', ');
    this.#violation ??= new ConformanceError(
      `everything to be written before its offset is committed (${what})`,
      `not written: rows ${showRows(missing)}. Resolve write, or flush if there is one, only when the records are there for good`,
    );
  }

  finish(): void {
    if (this.#violation !== undefined) throw this.#violation;
    require(this.#commits > 0, 'offsets to be committed', 'none were');
  }
}

async function restart(bench: Bench, description: SinkConformance): Promise<void> {
  await produceRows(bench, description, 0, ROWS);
  let written = 0;
  for (let stops = 0; stops < ROWS && written < ROWS; stops++) {
    let stopped: Promise<void> | undefined;
    const run = await TaskRun.start(bench, description, {
      at: ({ at }, running) => {
        if (at === 'batch written') stopped ??= running.stop();
      },
    });
    const hasMore = await bench.settled(() => stopped !== undefined, 'a batch to be written', run);
    await (stopped ?? run.stop());
    if (!hasMore) break;
    written += run.task.progress.recordsWritten;
  }
  requireOnce(rowsFrom(0, ROWS), await rowsInWorld(bench, description), 'written the rows');
}

async function repeat(bench: Bench, description: SinkConformance): Promise<void> {
  await produceRows(bench, description, 0, ROWS);
  await (await runUntilWritten(bench, description, ROWS)).stop();
  // A group that has committed nothing: all records come again, unless the sink says where to go on.
  const forgetful = { 'consumer.override.group.id': 'another' };
  const run = await TaskRun.start(bench, description, { config: forgetful });
  if (description.plugin.committedOffsets === undefined) {
    await bench.until(() => run.task.progress.recordsWritten >= ROWS, {
      expected: `${ROWS} records to be written again`,
      actual: () => `${run.task.progress.recordsWritten} were`,
      run,
    });
  } else await bench.sleep(SETTLE_MS);
  await run.stop();
  if (run.failure !== undefined) throw run.failure.error;
  requireOnce(rowsFrom(0, ROWS), await rowsInWorld(bench, description), 'written the rows');
}

async function retry(bench: Bench, description: SinkConformance): Promise<void> {
  await produceRows(bench, description, 0, ROWS);
  await description.fail?.(bench.world, 2);
  const run = await runUntilWritten(bench, description, ROWS);
  await run.stop();
  const rows = await rowsInWorld(bench, description);
  requireOnce(rowsFrom(0, ROWS), isExact(description) ? rows : [...new Set(rows)], 'written the rows');
}

/** Rows in order, with poison instead of some. */
async function producePoisoned(
  bench: Bench,
  description: SinkConformance,
  bad: readonly number[],
): Promise<void> {
  const { record, poison } = description;
  const input = (row: number): SinkInput =>
    bad.includes(row) && poison !== undefined ? poison(row) : record(row, `row ${row}`);
  await bench.produce(rowsFrom(0, 20).map(input));
}

async function poison(bench: Bench, description: SinkConformance): Promise<void> {
  const bad = [0, 1, 9, 10, 19];
  await producePoisoned(bench, description, bad);
  await (await runUntilWritten(bench, description, 20, { config: tolerant })).stop();
  const good = rowsFrom(0, 20).filter((row) => !bad.includes(row));
  const rows = await rowsInWorld(bench, description);
  requireOnce(good, isExact(description) ? rows : [...new Set(rows)], 'written the rows');
  await requireLetters(bench, bad);
}

async function requireLetters(bench: Bench, bad: readonly number[]): Promise<void> {
  const letters = (await bench.read(LETTERS)).map(({ headers }) => {
    const partition = Number(headers['__connect.errors.partition']);
    return Number(headers['__connect.errors.offset']) * 2 + partition;
  });
  requireOnce(bad, letters, 'as dead letters the rows');
}

async function intolerance(bench: Bench, description: SinkConformance): Promise<void> {
  const bad = [11];
  await producePoisoned(bench, description, bad);
  const committed = new CommittedOffsets();
  const at = committed.note.bind(committed);
  const run = await TaskRun.start(bench, description, { at });
  await bench.until(() => run.failure !== undefined, {
    expected: 'the task to fail at a record that is refused',
    actual: () => `it went on: ${run.task.progress.recordsWritten} records were written`,
  });
  await run.stop();
  for (const row of bad) {
    require(!committed.covers(
      row,
    ), 'the offset of the bad record not to be committed', `there was ${committed}`);
  }
  const again = await TaskRun.start(bench, description, { config: tolerant, at });
  await bench.until(() => committed.coversAll(20), {
    expected: 'everything to be written or a dead letter after the restart',
    actual: () => `offsets were committed for ${committed}`,
    run: again,
  });
  await again.stop();
  const good = rowsFrom(0, 20).filter((row) => !bad.includes(row));
  const rows = await rowsInWorld(bench, description);
  requireOnce(good, isExact(description) ? rows : [...new Set(rows)], 'written the rows');
  await requireLetters(bench, bad);
}

async function tombstone(bench: Bench, description: SinkConformance): Promise<void> {
  const { record, tombstone: make } = description;
  // Of a key that no other record has.
  const inputs = rowsFrom(0, 20).map((row) =>
    row % 5 === 4 && make !== undefined ? make(row) : record(row, `row ${row}`),
  );
  await bench.produce(inputs);
  await (await runUntilWritten(bench, description, 20, { config: tolerant })).stop();
  const good = rowsFrom(0, 20).filter((row) => row % 5 !== 4);
  const rows = (await rowsInWorld(bench, description)).filter((row) => good.includes(row));
  requireOnce(good, isExact(description) ? rows : [...new Set(rows)], 'written the rows');
}

async function schemaChange(bench: Bench, description: SinkConformance): Promise<void> {
  const { record, change } = description;
  const make = (row: number): SinkInput => (row < 10 ? record : (change ?? record))(row, `row ${row}`);
  await bench.produce(rowsFrom(0, 20).map(make));
  await (await runUntilWritten(bench, description, 20)).stop();
  requireOnce(rowsFrom(0, 20), await rowsInWorld(bench, description), 'written the rows');
}
