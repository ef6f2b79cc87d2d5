import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BrokerProcess } from './broker-process.ts';
import { Child, type Ended, runOk } from './child.ts';
import { projectRoot } from './places.ts';
import { pythonCommand } from './python.ts';

/** What `quickstart.py` tells of one place: its records, the distinct rows and ids among them, a checksum of the rows. */
export interface Rows {
  readonly records: number;
  readonly rows: number;
  readonly ids: number;
  readonly checksum: string;
}

/** A record of the dead-letter topic, without its stack trace. */
export interface Rejected {
  readonly key: unknown;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A folder of its own in which the command behind `npm start` is run, as in a fresh clone. */
export class QuickstartFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(join(path, '.millrace'), { recursive: true });
    for (const linked of ['examples', 'runtime']) symlinkSync(join(projectRoot, linked), join(path, linked));
    // Where a broker that is started here later looks for its data.
    symlinkSync('.millrace/quickstart', join(path, 'data'));
  }

  /** Starts the command of `npm start`, with more options behind it. */
  start(...more: readonly string[]): Child {
    const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    const [program, ...args] = String(manifest.scripts.start).split(' ');
    if (program !== 'node') throw new Error(`npm start runs ${program}, not node`);
    return new Child(process.execPath, [...args, ...more], { cwd: this.path });
  }

  /** What is in the table, and in the file of JSON lines. */
  async outputs(): Promise<{ readonly sqlite: Rows; readonly jsonl: Rows }> {
    const output = (name: string) => join(this.path, '.millrace/quickstart', name);
    const facts = await python(
      `sqlite=${output('clock-changes.db')}`,
      `jsonl=${output('clock-changes.jsonl')}`,
    );
    return { sqlite: rowsOf(facts, 'sqlite'), jsonl: rowsOf(facts, 'jsonl') };
  }

  /** What is in the topics of its broker, which is started for that and nothing else. */
  async topics(): Promise<{ readonly topic: Rows; readonly rejected: readonly Rejected[] }> {
    const broker = new BrokerProcess({ kind: 'millrace', directory: this.path });
    await broker.start();
    try {
      return await topicsOf(broker.bootstrap);
    } finally {
      await broker.stop();
    }
  }
}

/** What is in the topics of a broker: the rows, and the dead letters. */
export async function topicsOf(
  bootstrap: string,
): Promise<{ readonly topic: Rows; readonly rejected: readonly Rejected[] }> {
  const facts = await python(`topic=${bootstrap}`, `rejected=${bootstrap}`);
  const rejected = facts.find(({ event }) => event === 'rejected')?.['records'] as readonly Rejected[];
  return { topic: rowsOf(facts, 'topic'), rejected };
}

/** The example's file as Python's own CSV reader sees it: the good rows, and line and bytes of the others. */
interface SourceRows {
  readonly rows: Rows;
  readonly rejected: readonly (readonly [line: number, text: string])[];
}

let known: Promise<SourceRows> | undefined;

/** What has to come out. Read once. */
export function sourceRows(): Promise<SourceRows> {
  known ??= readSourceRows();
  return known;
}

async function readSourceRows(): Promise<SourceRows> {
  const facts = await python(`csv=${join(projectRoot, 'examples/quickstart/data/clock-changes.csv')}`);
  const rejected = facts.find(({ event }) => event === 'csv-rejected')?.['records'];
  return { rows: rowsOf(facts, 'csv'), rejected: rejected as readonly (readonly [number, string])[] };
}

/** Throws with the run's last lines unless it ended by itself and well. */
export function expectOk(run: Child, { code }: Ended): void {
  if (code !== 0) throw new Error(`the run ended with exit code ${code}\n${run.tail()}`);
}

function rowsOf(facts: readonly Record<string, unknown>[], event: string): Rows {
  const { records, rows, ids, checksum } = (facts.find((fact) => fact['event'] === event) ??
    {}) as unknown as Rows;
  return { records, rows, ids, checksum };
}

async function python(...places: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { command, args, env = {} } = pythonCommand('confluent-kafka', 'quickstart.py');
  const { stdout } = await runOk(command, [...args, ...places], { env, timeoutMs: 90_000 });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
