import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrokerKind, BrokerProcess } from '../broker-process.ts';
import { until } from '../child.ts';
import { ConnectProcess } from '../connect-process.ts';
import { type Check, expectEqual } from '../report.ts';
import { Probe, pick } from './java.ts';
import type { Part, PartContext } from './part.ts';

const kinds: readonly BrokerKind[] = ['kafka', 'millrace'];
const names: Readonly<Record<BrokerKind, string>> = { kafka: 'Apache Kafka', millrace: 'Millrace' };
/** Without an end of its own: lines that come without a newline are not read. */
const firstLines = numbered(0, 500).map((line) => `${line} żółw`);

/** One FileStream pipeline on either worker and on either broker, and a connector that goes from one worker to the other. */
export const connectWorkers: Part = {
  name: 'connect-workers',
  tools: ['java'],
  isOurs: true,
  checks: (context) => checks(context),
};

/** A broker of either kind, with what was seen on it. */
interface Place {
  readonly kind: BrokerKind;
  readonly bootstrap: string;
  readonly probe: Probe;
  readonly directory: string;
}

/** What a pipeline left: records of its topic, and the file that its sink wrote. */
interface Outcome {
  readonly records: readonly unknown[][];
  readonly file: string;
}

function checks(context: PartContext): readonly Check[] {
  const kafka = new BrokerProcess({ kind: 'kafka', directory: join(context.directory, 'kafka') });
  const places = new Map<BrokerKind, Place>();
  const outcomes = new Map<string, Outcome>();
  const place = (kind: BrokerKind): Place => {
    const found = places.get(kind);
    if (found === undefined) throw new Error(`there is no broker of ${names[kind]}`);
    return found;
  };
  const begin = async () => {
    await kafka.start();
    for (const [kind, { bootstrap }] of [
      ['kafka', kafka],
      ['millrace', context.broker],
    ] as const) {
      const probe = new Probe(() => bootstrap);
      places.set(kind, { kind, bootstrap, probe, directory: join(context.directory, `on-${kind}`) });
    }
  };
  const combinations = kinds.flatMap((worker) => kinds.map((broker) => ({ worker, broker })));
  return [
    { name: 'a broker of Apache Kafka starts beside ours', gates: true, run: begin },
    ...combinations.map(({ worker, broker }) => ({
      name: `file → topic → file with the worker of ${names[worker]} on the broker of ${names[broker]}`,
      run: async () => void outcomes.set(`${worker} on ${broker}`, await pipeline(worker, place(broker))),
    })),
    {
      name: 'the four topics are equal, record by record, and the four files byte by byte',
      run: async () => {
        const [first, ...others] = combinations.map(({ worker, broker }) => `${worker} on ${broker}`);
        const expected = outcomes.get(first ?? '');
        expectEqual('lines of the file', expected?.file, text(firstLines));
        for (const other of others) expectEqual(other, outcomes.get(other), expected);
      },
    },
    ...kinds.map((broker) => ({
      name: `on ${names[broker]}: connectors that one worker was stopped with go on with the other, there and back, from the same three topics, and no line is lost or repeated`,
      run: () => takenOver(place(broker)),
    })),
    { name: 'the broker of Apache Kafka stops in order', run: () => kafka.stop() },
  ];
}

/** Moves the lines with workers whose topics nobody else uses. */
async function pipeline(worker: BrokerKind, place: Place): Promise<Outcome> {
  const { bootstrap, probe } = place;
  const directory = join(place.directory, `by-${worker}`);
  const topic = `lines-by-${worker}`;
  mkdirSync(directory, { recursive: true });
  const storage = ['config', 'offset', 'status'].map((each) => [
    `${each}.storage.topic`,
    `${worker}-${each}`,
  ]);
  const properties = { ...Object.fromEntries(storage), 'group.id': `${worker}-workers` };
  await probe.ask('create', `${topic}:1`);
  const process = await ConnectProcess.start({
    ...{ kind: worker, mode: 'distributed', bootstrap, directory, properties },
  });
  writeFileSync(join(directory, 'in.txt'), text(firstLines));
  await createBoth(process, directory, topic);
  await written(directory, firstLines.length);
  await process.stop();
  return { records: await recordsOf(probe, topic), file: readFileSync(join(directory, 'out.txt'), 'utf8') };
}

/** Kafka's worker, ours, Kafka's and ours again. Each moves what the others have not. */
async function takenOver({ bootstrap, probe, directory: parent }: Place): Promise<void> {
  const directory = join(parent, 'taken-over');
  mkdirSync(directory, { recursive: true });
  await probe.ask('create', 'taken-over:1');
  const turns = [...kinds, ...kinds];
  for (const [turn, kind] of turns.entries()) {
    const process = await ConnectProcess.start({ kind, mode: 'distributed', bootstrap, directory });
    if (turn === 0) await createBoth(process, directory, 'taken-over');
    // It has them from the config topic.
    await process.allIn('RUNNING', 'lines-in', 'lines-out');
    appendFileSync(join(directory, 'in.txt'), text(numbered(turn * 100, 100)));
    await written(directory, (turn + 1) * 100);
    await process.stop();
  }
  const all = numbered(0, turns.length * 100);
  expectLines('the file', readFileSync(join(directory, 'out.txt'), 'utf8').split('\n').slice(0, -1), all);
  const payloads = (await recordsOf(probe, 'taken-over')).map(
    ([, , , value]) => JSON.parse(String(value)).payload,
  );
  expectLines('the topic', payloads, all);
}

async function createBoth(process: ConnectProcess, directory: string, topic: string): Promise<void> {
  const create = (name: string, config: object) => process.ask('POST', '/connectors', { name, config });
  await create('lines-in', {
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
    ...{ 'tasks.max': '1', file: join(directory, 'in.txt'), topic },
  });
  await create('lines-out', {
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    ...{ 'tasks.max': '1', file: join(directory, 'out.txt'), topics: topic },
  });
}

async function written(directory: string, count: number): Promise<void> {
  const file = join(directory, 'out.txt');
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
  await until(
    `${count} lines in ${file}`,
    60_000,
    () => lines() >= count,
    () => `there are ${lines()}`,
  );
}

async function recordsOf(probe: Probe, topic: string): Promise<readonly unknown[][]> {
  return pick(await probe.ask('read', topic), 'record', 'partition', 'offset', 'key', 'value');
}

/** In ASCII: Kafka's file source counts characters, and goes on at that many bytes. */
function numbered(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `line ${first + n}: ${'x'.repeat((first + n) % 50)}`);
}

function expectLines(where: string, lines: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((line, n) => line !== lines[n]);
  expectEqual(`line ${at} of ${where}`, lines[at], expected[at]);
  expectEqual(`number of lines in ${where}`, lines.length, expected.length);
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
