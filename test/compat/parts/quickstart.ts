import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { type Child, until } from '../child.ts';
import {
  expectOk,
  QuickstartFolder,
  type Rejected,
  type Rows,
  sourceRows,
  topicsOf,
} from '../quickstart-run.ts';
import { expectEqual, Mismatch } from '../report.ts';
import type { Part, PartContext } from './part.ts';

const killCount = 20;
/** One kill in so many hits the process while it starts, the others while rows move. */
const killsPerStartupKill = 5;
/** Kills fall into this part of the time that rows move, so that few runs end before their kill. */
const killedPart = 0.7;
const totals = {
  'clock-changes-source': { read: 15_264, written: 15_261, deadLettered: 3 },
  'clock-changes-sqlite': { read: 15_261, written: 15_261, deadLettered: 0 },
  'clock-changes-jsonl': { read: 15_261, written: 15_261, deadLettered: 0 },
};
const reasons = [
  '3 cells where 12 columns are expected',
  'the column "utc_offset" holds "one hour", which is not of type int',
  'the column "at" holds "2011-02-30T01:00:00Z", which is not of type timestamp',
];

/** The example that `npm start` runs: its outputs are compared with what Python finds in its input. */
export const quickstart: Part = {
  name: 'quickstart',
  tools: ['confluent-kafka'],
  checks: (context) => {
    const { directory, broker } = context;
    const seed = process.env['QUICKSTART_SEED'] ?? String(Date.now() % 1_000_000);
    const folder = new QuickstartFolder(join(directory, 'undisturbed'));
    const pace = { startupMs: 0, movingMs: 0 };
    return [
      {
        name: 'the command of npm start ends with exit code 0 and tells what was read, written and dead-lettered',
        gates: true,
        run: () => undisturbed(folder, pace),
      },
      {
        name: 'table and JSON lines hold every good row of the CSV file once, as Python reads it',
        run: async () => {
          const { rows } = await sourceRows();
          const { sqlite, jsonl } = await folder.outputs();
          expectEqual('rows of the table', sqlite, rows);
          expectEqual('rows of the JSON lines', jsonl, rows);
        },
      },
      {
        name: 'the topic holds every good row once, in Avro, and the dead-letter topic the three others, byte for byte, with reasons',
        run: async () => {
          const { rows } = await sourceRows();
          const { topic, rejected } = await folder.topics();
          expectEqual('rows of the topic', topic, rows);
          await expectRejected(rejected);
        },
      },
      {
        name: 'a second run on the same data reads and writes nothing',
        run: async () => {
          const run = folder.start();
          expectOk(run, await run.end(60_000));
          expectEqual('rows read', sumOf(run, 'read'), 0);
          expectEqual('rows of the table', (await folder.outputs()).sqlite, (await sourceRows()).rows);
        },
      },
      {
        name: `through ${killCount} kills (QUICKSTART_SEED=${seed}): the table holds each row once; topic and JSON lines hold the same set of rows, some repeatedly, since the source is at-least-once; no row and no dead letter is missing`,
        run: () => killed(context, new SeededEntropy(seed), pace),
      },
      {
        name: 'with --bootstrap-server the same pipeline runs on another broker',
        run: () => onCluster(new QuickstartFolder(join(directory, 'cluster')), broker.bootstrap),
      },
    ];
  },
};

/** Times of a run that nobody disturbs, by which kills are spread. */
interface Pace {
  /** From the start of the process until the connectors are there. */
  startupMs: number;
  /** From then to the end. */
  movingMs: number;
}

async function undisturbed(folder: QuickstartFolder, pace: Pace): Promise<void> {
  const startedMs = performance.now();
  const run = folder.start();
  await untilStarted(run);
  const movingMs = performance.now();
  expectOk(run, await run.end(60_000));
  pace.startupMs = movingMs - startedMs;
  pace.movingMs = performance.now() - movingMs;
  expectTotals(run);
}

function expectTotals(run: Child): void {
  const finished = run.facts.filter((fact) => fact['event'] === 'finished');
  const told = finished.map(({ connector, read, written, deadLettered }) => [
    connector,
    { read, written, deadLettered },
  ]);
  expectEqual('totals', Object.fromEntries(told.sort()), Object.fromEntries(Object.entries(totals).sort()));
}

/** Kills runs until one is faster, looks at what they left, and begins anew, until all kills are done. */
async function killed({ directory }: PartContext, entropy: SeededEntropy, pace: Pace): Promise<void> {
  let kills = 0;
  let repeats = 0;
  for (let round = 1; kills < killCount; round++) {
    const folder = new QuickstartFolder(join(directory, `killed-${round}`));
    const before = kills;
    while (kills < killCount && (await runAndKill(folder, entropy, pace, kills))) kills += 1;
    if (kills === before) continue;
    const last = folder.start();
    expectOk(last, await last.end(90_000));
    const topic = await expectComplete(folder);
    repeats += topic.records - topic.rows;
    const told = `${kills - before} kills: ${topic.records} records in topic and JSON lines, for ${topic.rows} rows`;
    appendFileSync(join(directory, 'kills.txt'), `${folder.path}: ${told}\n`);
  }
  if (repeats === 0) throw new Mismatch('records that the source repeated after kills', 'some', 'none');
}

/** True when the run was killed, false when it was faster than the kill. */
async function runAndKill(
  folder: QuickstartFolder,
  entropy: SeededEntropy,
  pace: Pace,
  kills: number,
): Promise<boolean> {
  const isStartupKill = kills % killsPerStartupKill === killsPerStartupKill - 1;
  const delayMs = entropy.below(Math.ceil(isStartupKill ? pace.startupMs : pace.movingMs * killedPart));
  const run = folder.start();
  if (!isStartupKill) await untilStarted(run);
  const movingMs = performance.now();
  const ended = await Promise.race([run.end(90_000), sleep(delayMs)]);
  if (ended === undefined) return (await run.stop('SIGKILL')).code === null;
  expectOk(run, ended);
  // The machine has more time for us than when the pace was measured.
  pace.movingMs = Math.min(pace.movingMs, performance.now() - movingMs);
  return false;
}

async function expectComplete(folder: QuickstartFolder): Promise<Rows> {
  const { rows } = await sourceRows();
  const [{ sqlite, jsonl }, { topic, rejected }] = await Promise.all([folder.outputs(), folder.topics()]);
  expectEqual('rows of the table', sqlite, rows);
  expectEqual('set of rows in the topic', { ...topic, records: 0 }, { ...rows, records: 0 });
  // The sink itself writes each record of the topic exactly once.
  expectEqual('rows of the JSON lines', jsonl, topic);
  const once = new Map(rejected.map((letter) => [letter.headers['csv.line'], letter]));
  await expectRejected([...once.values()]);
  return topic;
}

async function expectRejected(rejected: readonly Rejected[]): Promise<void> {
  const expected = (await sourceRows()).rejected.map(([line, text], index) => ({
    key: null,
    value: text,
    line: String(line),
    stage: 'TASK_POLL',
    connector: 'clock-changes-source',
    message: `examples/quickstart/data/clock-changes.csv line ${line}: ${reasons[index]}`,
  }));
  const came = rejected.map(({ key, value, headers }) => ({
    key,
    value,
    line: headers['csv.line'],
    stage: headers['__connect.errors.stage'],
    connector: headers['__connect.errors.connector.name'],
    message: headers['__connect.errors.exception.message'],
  }));
  expectEqual('dead letters', came, expected);
}

async function onCluster(folder: QuickstartFolder, bootstrap: string): Promise<void> {
  const run = folder.start('--bootstrap-server', bootstrap);
  expectOk(run, await run.end(60_000));
  expectTotals(run);
  const { rows } = await sourceRows();
  const { sqlite, jsonl } = await folder.outputs();
  const { topic, rejected } = await topicsOf(bootstrap);
  expectEqual('rows of table, JSON lines and topic', [sqlite, jsonl, topic], [rows, rows, rows]);
  await expectRejected(rejected);
}

async function untilStarted(run: Child): Promise<void> {
  await until(
    'the run tells that it has started',
    60_000,
    () => !run.isRunning || run.facts.some((fact) => fact['event'] === 'started'),
    () => run.tail(),
  );
}

function sumOf(run: Child, field: string): number {
  const finished = run.facts.filter((fact) => fact['event'] === 'finished');
  return finished.reduce((sum, fact) => sum + Number(fact[field]), 0);
}
