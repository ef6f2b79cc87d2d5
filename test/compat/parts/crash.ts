import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, runOk, until } from '../child.ts';
import { pythonCommand } from '../python.ts';
import { expectEqual, Mismatch } from '../report.ts';
import type { Part, PartContext } from './part.ts';

const topic = 'numbered';
const partitionCount = 3;
const killCount = 10;
/** Small segments, so that a kill finds more than one of them. */
const overrides = { 'log.segment.bytes': '1048576' };

/** Kills of the broker while an idempotent producer writes, under both promises about what is on disk. */
export const crashes: readonly Part[] = (['fsync', 'page-cache'] as const).map((durability) => ({
  name: `crash-${durability}`,
  tools: ['confluent-kafka'],
  // Apache Kafka knows the page cache alone.
  isOurs: durability === 'fsync',
  overrides: { ...overrides, durability },
  checks: (context) => {
    const acknowledged = join(context.directory, 'acknowledged.tsv');
    return [
      {
        name: `an idempotent producer goes on through ${killCount} kills of the broker, without an error`,
        gates: true,
        run: () => writeThroughKills(context, acknowledged),
      },
      {
        name: 'every record that was acknowledged is there once, in order, at the offset that the producer was told',
        run: () => verify(context, acknowledged),
      },
    ];
  },
}));

async function writeThroughKills({ broker }: PartContext, file: string): Promise<void> {
  const writer = numbered('write', broker.bootstrap, topic, String(partitionCount), file);
  const acknowledged = () => Number(writer.facts.at(-1)?.['acknowledged'] ?? 0);
  for (let kill = 0; kill < killCount; kill++) {
    // Every fourth kill may come before the producer is back.
    if (kill % 4 !== 3) await untilMore(writer, acknowledged);
    await sleep(Math.random() * 400);
    await broker.kill();
    await broker.start();
  }
  await untilMore(writer, acknowledged);
  const { code } = await writer.stop('SIGTERM', 90_000);
  if (code !== 0) throw new Mismatch('exit code of the producer', 0, `${code}\n${writer.tail()}`);
  const last = writer.facts.at(-1) ?? {};
  expectEqual('what the producer says', last, {
    event: 'written',
    numbers: last['numbers'],
    acknowledged: last['numbers'],
    left: 0,
    errors: [],
  });
}

async function untilMore(writer: Child, acknowledged: () => number): Promise<void> {
  const before = acknowledged();
  await until(
    'the producer to go on',
    40_000,
    () => {
      if (!writer.isRunning) throw new Error(`the producer has ended\n${writer.tail()}`);
      return acknowledged() > before;
    },
    () => writer.tail(4),
  );
}

/** Numbers are dealt out by turns, so partition p must hold p, p + 3, p + 6 and so on. */
async function verify({ broker, directory }: PartContext, acknowledgedFile: string): Promise<void> {
  const file = join(directory, 'read.tsv');
  const { command, args, env = {} } = pythonCommand('confluent-kafka', 'numbered.py');
  await runOk(command, [...args, 'read', broker.bootstrap, topic, file], { env });
  const acknowledged = rowsOf(acknowledgedFile);
  if (acknowledged.length === 0) throw new Mismatch('acknowledged records', 'some', 'none');
  const byPartition = Map.groupBy(rowsOf(file), ([partition]) => partition);
  expectEqual('partitions', [...byPartition.keys()].sort(), [0, 1, 2]);
  const offsets = new Map<number, number>();
  for (const [partition, rows] of byPartition) {
    rows.forEach(([, offset, number], i) => {
      const expected = [i, partition + i * partitionCount];
      if (offset !== expected[0] || number !== expected[1])
        throw new Mismatch(`offset and number in partition ${partition}`, expected, [offset, number]);
      offsets.set(number, offset);
    });
  }
  expectEqual('number of records', offsets.size, acknowledged.length);
  for (const [partition, offset, number] of acknowledged) {
    // A repeat of a batch that was there already is acknowledged without its offset.
    if (offset >= 0 && offsets.get(number) !== offset)
      throw new Mismatch(`offset of record ${number} in partition ${partition}`, offset, offsets.get(number));
  }
}

function rowsOf(file: string): (readonly [partition: number, offset: number, number: number])[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [partition, offset, number] = line.split('\t').map(Number);
    return [partition ?? -1, offset ?? -1, number ?? -1];
  });
}

function numbered(...args: readonly string[]): Child {
  const { command, args: before, env = {} } = pythonCommand('confluent-kafka', 'numbered.py');
  return new Child(command, [...before, ...args], { env });
}
