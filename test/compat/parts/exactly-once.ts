import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, runOk, until } from '../child.ts';
import { pythonCommand } from '../python.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { startJava } from './java.ts';
import type { Part, PartContext } from './part.ts';

const input = 'numbers';
const partitionCount = 4;
const keyCount = 24;
const internalPartitionCount = 4;
const seconds = Number(process.env['EXACTLY_ONCE_SECONDS'] ?? 60);
/** How long an end that was seen may stay ahead of the last stable offset: a transaction times out after 10 s. */
const stableWithinS = 45;

/** A kind of processor: two of them share the input, in a group of their own, and write to a topic of their own. */
interface Flow {
  readonly output: string;
  readonly start: (bootstrap: string, transactionalId: string) => Child;
}

const flows: readonly Flow[] = [
  // transaction.version 2 and the consumer protocol.
  {
    output: 'processed-java',
    start: (bootstrap, id) =>
      startJava('ExactlyOnceProcessor', bootstrap, input, 'processed-java', 'processors-java', id),
  },
  // transaction.version 1 and the classic protocol.
  {
    output: 'processed-confluent-kafka',
    start: (bootstrap, id) =>
      python('process', bootstrap, input, 'processed-confluent-kafka', 'processors-confluent-kafka', id),
  },
];
const outputs = flows.map(({ output }) => output);

/** A record as the Python programs write it down. */
interface Row {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  /** Topic, partition, offset, key and value. */
  readonly line: string;
}

/** Who runs while the broker is killed; ends with the numbers that went in. */
interface Run {
  readonly generator: Child;
  readonly watcher: Child;
  /** Both processors of each flow. */
  readonly members: { readonly flow: Flow; readonly id: string; child: Child }[];
  kills: number;
  replaced: number;
  numbers: number;
}

/**
 * A read-process-write loop in transactions through kills of the broker, every few seconds, and of processors.
 * `EXACTLY_ONCE_SECONDS` says how long. What happened is in `summary.json`.
 */
export const exactlyOnce: Part = {
  name: 'exactly-once',
  tools: ['java', 'confluent-kafka'],
  // Apache Kafka 4.3.1 does not get through: see README.md.
  isOurs: true,
  overrides: {
    'group.initial.rebalance.delay.ms': '0',
    'group.consumer.min.heartbeat.interval.ms': '500',
    'group.consumer.heartbeat.interval.ms': '1000',
    'group.consumer.min.session.timeout.ms': '5000',
    'group.consumer.session.timeout.ms': '6000',
    'offsets.topic.num.partitions': String(internalPartitionCount),
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
    // Small segments, so that a kill finds more than one of them.
    'log.segment.bytes': '1048576',
  },
  checks: (context) => {
    const seen = join(context.directory, 'seen.tsv');
    const run: Partial<Run> = {};
    return [
      {
        name: `two processors each of Java and confluent-kafka go on for ${seconds} s of kills, of the broker and of themselves`,
        gates: true,
        run: () => processThroughKills(context, run, seen),
      },
      ...verification(context, run, seen),
    ];
  },
};

async function processThroughKills(context: PartContext, shared: Partial<Run>, seen: string): Promise<void> {
  const run = Object.assign(shared, await begin(context, seen));
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    // Every fourth kill may come before the processors are back.
    if (run.kills % 4 !== 3) await untilMore(run);
    await sleep(Math.random() * 3000);
    await context.broker.kill();
    run.kills += 1;
    await context.broker.start();
    if (run.kills % 3 === 0) await replaceMember(context, run);
  }
  const generated = await run.generator.stop('SIGTERM', 90_000);
  const last = run.generator.facts.at(-1) ?? {};
  run.numbers = Number(last['numbers']);
  const expected = { event: 'generated', numbers: run.numbers, left: 0, errors: [] };
  expectEqual(`what wrote the input (exit code ${generated.code}, ${run.generator.tail()})`, last, expected);
  await until(
    'everything that went in to come out',
    90_000,
    () => {
      checkRunning(run);
      return outputs.every((output) => seenOf(run, output) >= run.numbers);
    },
    () => `${run.numbers} went in; ${tails(run)}`,
  );
  await endMembers(context, run);
}

async function begin({ broker }: PartContext, seen: string): Promise<Run> {
  const topics = [input, ...outputs].join(',');
  const generator = python('generate', broker.bootstrap, topics, String(partitionCount), '0.04');
  await until(
    'the topics',
    30_000,
    () => generator.facts.length > 0,
    () => generator.tail(),
  );
  const internal = ['__consumer_offsets', String(internalPartitionCount)];
  const watched = [outputs.join(','), String(partitionCount), ...internal, seen];
  const watcher = python('watch', broker.bootstrap, ...watched);
  const members = flows.flatMap((flow) =>
    [0, 1].map((i) => {
      const id = `${flow.output}-${i}`;
      return { flow, id, child: flow.start(broker.bootstrap, id) };
    }),
  );
  return { generator, watcher, members, kills: 0, replaced: 0, numbers: 0 };
}

/** A member leaves, in order or not, and comes back: partitions move while others are in a transaction. */
async function replaceMember({ broker }: PartContext, run: Run): Promise<void> {
  const member = run.members[run.replaced % run.members.length];
  if (member === undefined) return;
  await member.child.stop(run.replaced % 8 < 4 ? 'SIGKILL' : 'SIGTERM', 60_000);
  member.child = member.flow.start(broker.bootstrap, member.id);
  run.replaced += 1;
}

async function untilMore(run: Run): Promise<void> {
  const before = outputs.map((output) => seenOf(run, output));
  await until(
    'the processors to go on',
    60_000,
    () => {
      checkRunning(run);
      return outputs.every((output, i) => seenOf(run, output) > (before[i] ?? 0));
    },
    () => `after ${run.kills} kills; ${tails(run)}`,
  );
}

/** The processors end, and nothing is left open: not in the outputs, not among the offsets of groups. */
async function endMembers({ directory }: PartContext, run: Run): Promise<void> {
  const processed = await Promise.all(
    run.members.map(async ({ id, child }) => {
      const { code } = await child.stop('SIGTERM', 60_000);
      const last = child.facts.at(-1);
      // Java tells the signal that ended it.
      if (last?.['event'] !== 'processed')
        throw new Mismatch(`what ${id} says in the end`, 'processed', `${code}\n${child.tail()}`);
      return { id, ...last };
    }),
  );
  const samples = Number(run.watcher.facts.at(-1)?.['samples'] ?? 0);
  await until(
    'all transactions to end',
    40_000,
    () => {
      const last = run.watcher.facts.at(-1) ?? {};
      return Number(last['samples']) > samples + 2 && (last['open'] as readonly string[]).length === 0;
    },
    () => run.watcher.tail(2),
  );
  await run.watcher.stop('SIGTERM', 30_000);
  const { numbers, kills, replaced } = run;
  const summary = { seconds, numbers, kills, replaced, watched: run.watcher.facts.at(-1), processed };
  writeFileSync(join(directory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

function verification(context: PartContext, run: Partial<Run>, seen: string): readonly Check[] {
  const read = async (level: 'read_committed' | 'read_uncommitted') => {
    const file = join(context.directory, `${level}.tsv`);
    await readAll(context, level, file);
    return rowsOf(file);
  };
  return [
    {
      name: 'what comes out is what went in, exactly once, in order per key, read meanwhile and afterwards',
      run: async () => {
        const rows = await read('read_committed');
        for (const output of outputs) verifyNumbers(output, rows, run.numbers ?? 0);
        expectSameRows(rowsOf(seen), rows);
      },
    },
    {
      name: 'read_committed never shows an aborted record, and read_uncommitted shows that there were some',
      run: async () => {
        const isAborted = ({ value }: Row) => value.startsWith('aborted ');
        expectEqual('aborted records', rowsOf(seen).filter(isAborted), []);
        const aborted = new Set((await read('read_uncommitted')).filter(isAborted).map(({ topic }) => topic));
        expectEqual('topics with aborted records', [...aborted].sort(), outputs.toSorted());
      },
    },
    {
      name: 'the last stable offset never goes back and comes to every end that was seen',
      run: async () => {
        const last = run.watcher?.facts.at(-1) ?? {};
        expectEqual('what went wrong', last['wrong'], []);
        const slowest = Number(last['slowest']);
        if (!(slowest < stableWithinS))
          throw new Mismatch('seconds until an end was stable', `less than ${stableWithinS}`, slowest);
      },
    },
  ];
}

function verifyNumbers(output: string, rows: readonly Row[], count: number): void {
  const next = new Map<string, number>();
  for (const { topic, key, line } of rows) {
    if (topic !== output) continue;
    const number = next.get(key) ?? Number(key.replace('key-', ''));
    const [, , , , value] = line.split('\t');
    if (value !== String(number)) throw new Mismatch(`the next value of ${key} in ${output}`, number, line);
    next.set(key, number + keyCount);
  }
  const last = Array.from({ length: keyCount }, (_, i) => next.get(`key-${i}`) ?? i);
  const total = last.reduce((sum, number, i) => sum + (number - i) / keyCount, 0);
  expectEqual(`number of records in ${output}`, total, count);
}

/** Both lists hold the same records of each partition in the same order. */
function expectSameRows(live: readonly Row[], anew: readonly Row[]): void {
  const byPartition = (rows: readonly Row[]) =>
    Map.groupBy(rows, ({ line }) => line.split('\t', 2).join('-'));
  const read = byPartition(anew);
  for (const [partition, rows] of byPartition(live)) {
    const others = read.get(partition) ?? [];
    const at = rows.findIndex(({ line }, i) => line !== others[i]?.line);
    if (at !== -1) throw new Mismatch(`record ${at} of ${partition}`, others[at]?.line, rows[at]?.line);
  }
  expectEqual('number of records read meanwhile', live.length, anew.length);
}

async function readAll({ broker }: PartContext, level: string, file: string): Promise<void> {
  const { command, args, env = {} } = pythonCommand('confluent-kafka', 'exactly_once.py');
  const words = ['read', broker.bootstrap, outputs.join(','), String(partitionCount), level, file];
  await runOk(command, [...args, ...words], { env, timeoutMs: 120_000 });
}

function rowsOf(file: string): Row[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [topic = '', , , key = '', value = ''] = line.split('\t');
      return { topic, key, value, line };
    });
}

function seenOf({ watcher }: Run, output: string): number {
  const last = watcher.facts.at(-1)?.['seen'] as Readonly<Record<string, number>> | undefined;
  return last?.[output] ?? 0;
}

function checkRunning({ generator, watcher, members }: Run): void {
  const ended = [watcher, ...members.map(({ child }) => child)].find((child) => !child.isRunning);
  if (ended !== undefined) throw new Error(`a program has ended: ${ended.name}\n${ended.tail()}`);
  if (!generator.isRunning && generator.exitCode !== 0)
    throw new Error(`what writes the input has ended\n${generator.tail()}`);
}

function tails({ watcher, members }: Run): string {
  return [watcher, ...members.map(({ child }) => child)].map((child) => child.tail(3)).join('\n');
}

function python(...args: readonly string[]): Child {
  const { command, args: before, env = {} } = pythonCommand('confluent-kafka', 'exactly_once.py');
  return new Child(command, [...before, ...args], { env });
}
