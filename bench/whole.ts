import { spawnSync } from 'node:child_process';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { entry, startBroker, temporaryFolder } from './process.ts';
import { type BenchReport, median, thousands } from './report.ts';

const STARTS = 7;
const ROWS = 300_000;

/** Start-up, memory at rest, and a pipeline from a file to a database. */
export async function whole(report: BenchReport): Promise<void> {
  report.section(`the whole stack (${entry})`);
  const empty = median(Array.from({ length: STARTS }, emptyNode));
  for (const command of ['broker', 'start'] as const) {
    const starts: number[] = [];
    let residentBytes = 0;
    for (let i = 0; i < STARTS; i++) {
      await using stack = await startBroker('fsync', command);
      starts.push(stack.process.readyMs);
      if (i < STARTS - 1) continue;
      await new Promise((done) => setTimeout(done, 2_000));
      residentBytes = stack.process.residentBytes;
    }
    const ms = median(starts);
    const name = `millrace ${command}: spawn to every port open`;
    report.add({
      name,
      value: `${ms.toFixed(0)} ms`,
      ratio: ms / empty,
      limit: `an empty Node process (${empty.toFixed(0)} ms)`,
    });
    report.add({
      name: `millrace ${command}: memory at rest`,
      value: `${(residentBytes / 1e6).toFixed(0)} MB`,
    });
  }
  await pipeline(report);
}

function emptyNode(): number {
  const startedAt = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - startedAt;
}

async function pipeline(report: BenchReport): Promise<void> {
  using folder = temporaryFolder();
  const csv = join(folder.path, 'rows.csv');
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `${i},name ${i},${i / 7},2026-01-01T00:00:00Z,"a, ""b"""`,
  );
  writeFileSync(csv, `id,name,amount,at,note\n${rows.join('\n')}\n`);
  const direct = await directly(csv, join(folder.path, 'direct.db'));
  const file = join(folder.path, 'pipeline.yaml');
  writeFileSync(file, pipelineText(csv, join(folder.path, 'rows.db')));
  const startedAt = performance.now();
  const args = [
    entry,
    'run',
    file,
    '--until-done',
    '--data-dir',
    join(folder.path, 'data'),
    '--durability',
    'page-cache',
  ];
  const { status, stderr } = spawnSync(process.execPath, args, { maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`the pipeline failed: ${stderr.toString()}`);
  const rate = ROWS / ((performance.now() - startedAt) / 1000);
  report.add({
    name: 'pipeline csv → avro topic → sqlite, start and stop included',
    value: thousands(rate),
    ratio: rate / direct,
    limit: `reading lines and inserting them directly (${thousands(direct)})`,
  });
}

/** What one thread can do without types, quotes, topic or offsets: split lines and insert. */
async function directly(csv: string, path: string): Promise<number> {
  const startedAt = performance.now();
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, amount REAL, at TEXT, note TEXT); BEGIN');
  const insert = database.prepare('INSERT OR REPLACE INTO t VALUES (?, ?, ?, ?, ?)');
  for await (const line of createInterface({ input: createReadStream(csv) })) {
    const [id = '', name = '', amount = '', at = '', note = ''] = line.split(',');
    if (id !== 'id') insert.run(Number(id), name, Number(amount), at, note);
  }
  database.exec('COMMIT');
  database.close();
  return ROWS / ((performance.now() - startedAt) / 1000);
}

function pipelineText(csv: string, database: string): string {
  return `name: bench
source:
  connector: csv
  config:
    file: ${csv}
    columns: [id:int, name:string, amount:double, at:timestamp, note:string]
    key.columns: [id]
topic: { name: bench, partitions: 1, key: string, value: avro }
sinks:
  - connector: sqlite
    config: { file: ${database}, insert.mode: upsert, pk.mode: record_value, pk.fields: [id], auto.create: true }
`;
}
