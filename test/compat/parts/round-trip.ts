import { join } from 'node:path';
import { until } from '../child.ts';
import type { Chunk, Client, Member } from '../clients/client.ts';
import { kcat } from '../clients/kcat.ts';
import { programClient } from '../clients/program.ts';
import { type GoClient, goCommand } from '../go.ts';
import { type Command, nodeCommand, type Tool } from '../install.ts';
import { type PythonClient, pythonCommand } from '../python.ts';
import { RecordSet } from '../record-set.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { batchCodecs } from '../segment-files.ts';
import type { Part, PartContext } from './part.ts';

const allCodecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const recordCount = 100_000;
const chunkCount = 5;
const laterCount = 1_000;
const partitions = [0, 1, 2, 3];

/** The same round trip for each client: 100,000 records, a group that changes, a restart, and on from the commits. */
export const roundTrips: readonly Part[] = [
  part(kcat, 'kcat', 'start'),
  python('confluent-kafka'),
  python('confluent-kafka', 'consumer'),
  part(programClient('confluent-kafka-javascript', allCodecs, javascript), 'kafka-javascript'),
  part(
    programClient('confluent-kafka-javascript-consumer', allCodecs, javascript, ['consumer']),
    'kafka-javascript',
  ),
  part(
    programClient('kafkajs', allCodecs, () => nodeCommand('kafkajs', 'client.mjs')),
    'npm-clients',
  ),
  go('franz-go'),
  part(
    programClient('platformatic', allCodecs, () => nodeCommand('platformatic', 'client.mjs')),
    'npm-clients',
  ),
  go('franz-go', 'consumer'),
  part(
    programClient('platformatic-consumer', allCodecs, () => nodeCommand('platformatic', 'client.mjs'), [
      'consumer',
    ]),
    'npm-clients',
  ),
  go('sarama'),
  go('kafka-go'),
  python('aiokafka'),
  python('kafka-python'),
];

/** With members of the classic protocol, unless its programs are told of the other one. */
function python(client: PythonClient, ...protocol: readonly 'consumer'[]): Part {
  return program(client, () => pythonCommand(client, 'client.py'), protocol);
}

function go(client: GoClient, ...protocol: readonly 'consumer'[]): Part {
  return program(client, () => goCommand(client), protocol);
}

function program(client: Tool, command: () => Command, protocol: readonly string[]): Part {
  return part(programClient([client, ...protocol].join('-'), allCodecs, command, protocol), client);
}

function javascript(): Command {
  return nodeCommand('confluent-kafka-javascript', 'client.mjs');
}

function part(client: Client, tool: Tool, subcommand: 'broker' | 'start' = 'broker'): Part {
  return {
    name: client.name,
    tools: [tool],
    subcommand,
    overrides: {
      'num.partitions': String(partitions.length),
      'group.initial.rebalance.delay.ms': '0',
      'group.consumer.min.heartbeat.interval.ms': '500',
      'group.consumer.heartbeat.interval.ms': '500',
    },
    checks: (context) => new RoundTrip(client, context).checks(),
  };
}

class RoundTrip {
  readonly #client: Client;
  readonly #context: PartContext;
  readonly #topic = 'round-trip';
  readonly #group = 'readers';
  readonly #seen = new RecordSet();
  readonly #chunks: readonly Chunk[];
  readonly #members = new Map<string, Member>();
  #nextOffsets = new Map<number, number>();

  constructor(client: Client, context: PartContext) {
    this.#client = client;
    this.#context = context;
    const count = recordCount / chunkCount;
    this.#chunks = Array.from({ length: chunkCount }, (_, i) => ({
      codec: client.codecs[i % client.codecs.length] ?? 'none',
      first: i * count,
      count,
    }));
  }

  checks(): readonly Check[] {
    const { name, codecs } = this.#client;
    const steps: [string, () => Promise<void>][] = [
      ['creates a topic of four partitions', () => this.#create()],
      ['gets all four partitions as the only member of a group', () => this.#joinAlone()],
      [
        'shares the partitions with a second member that joins while records are produced',
        () => this.#joinSecond(),
      ],
      ['hands its partitions over when it leaves while records are produced', () => this.#leaveFirst()],
      [
        `reads all 100,000 records as produced, keys, headers and offsets, in ${codecs.join(', ')}`,
        () => this.#readAll(),
      ],
      ['left batches of each codec in the log', () => this.#checkCodecs()],
      [
        `goes on from the committed offsets after the broker ${this.#isKilled ? 'was killed' : 'restarted'}`,
        () => this.#resume(),
      ],
    ];
    return steps.map(([what, run]) => ({ name: `${name} ${what}`, gates: true, run }));
  }

  get #isKilled(): boolean {
    return this.#client.name.startsWith('confluent-kafka');
  }

  async #create(): Promise<void> {
    const listed = await this.#client.create(this.#context.broker.bootstrap, this.#topic, partitions.length);
    expectEqual('partitions of the topic', listed, partitions);
  }

  async #joinAlone(): Promise<void> {
    this.#join('first');
    await this.#untilAssigned({ first: 4 });
    await this.#produce(0);
    await this.#untilSeen(this.#chunks[0]?.count ?? 0);
  }

  async #joinSecond(): Promise<void> {
    this.#join('second');
    await this.#produce(1);
    await this.#untilAssigned({ first: 2, second: 2 });
    await this.#produce(2);
    await until('the second member reads', 20_000, () => this.#seen.linesOf(this.#file('second')) > 0);
  }

  async #leaveFirst(): Promise<void> {
    await Promise.all([this.#leave('first'), this.#produce(3)]);
    await this.#untilAssigned({ second: 4 });
    await this.#produce(4);
  }

  async #readAll(): Promise<void> {
    await this.#readDropped();
    await this.#untilSeen(recordCount);
    this.#nextOffsets = this.#seen.verify(this.#client.name, this.#chunks);
    await this.#leave('second');
  }

  /** The one record that the first member may have dropped; what comes behind it is there by then. */
  async #readDropped(): Promise<void> {
    const { readOne } = this.#client;
    if (readOne === undefined) return;
    await this.#untilSeen(recordCount - 1);
    const gap = this.#seen.gap();
    if (gap === undefined) return;
    this.#seen.add(this.#file('dropped'));
    await readOne(this.#context.broker.bootstrap, this.#topic, gap, this.#file('dropped'));
  }

  async #checkCodecs(): Promise<void> {
    const found = batchCodecs(this.#context.broker.dataDirectory, this.#topic);
    expectEqual('codecs in the log', [...found.keys()].sort(), [...this.#client.codecs].sort());
  }

  async #resume(): Promise<void> {
    const { broker } = this.#context;
    if (this.#isKilled) await broker.kill();
    else await broker.stop();
    await broker.start();
    const later: Chunk = { codec: this.#client.codecs[0] ?? 'none', first: recordCount, count: laterCount };
    await this.#client.produce(broker.bootstrap, this.#topic, later);
    const resumed = new RecordSet();
    resumed.add(this.#file('third'));
    this.#join('third');
    await until(
      'the records produced after the restart',
      30_000,
      () => {
        resumed.refresh();
        return resumed.size >= laterCount;
      },
      () => `${resumed.size} of ${laterCount} records\n${this.#tails()}`,
    );
    await this.#leave('third');
    resumed.refresh();
    resumed.verify(this.#client.name, [later], this.#nextOffsets);
  }

  #join(name: string): void {
    this.#seen.add(this.#file(name));
    const member = this.#client.join(
      this.#context.broker.bootstrap,
      this.#topic,
      this.#group,
      this.#file(name),
    );
    this.#members.set(name, member);
  }

  async #leave(name: string): Promise<void> {
    const member = this.#members.get(name);
    this.#members.delete(name);
    await member?.leave();
  }

  async #produce(index: number): Promise<void> {
    const chunk = this.#chunks[index];
    if (chunk === undefined) throw new Mismatch('chunk of records', `below ${chunkCount}`, index);
    await this.#client.produce(this.#context.broker.bootstrap, this.#topic, chunk);
  }

  /** Waits until each member has as many partitions as named, and together they have each partition once. */
  async #untilAssigned(counts: Readonly<Record<string, number>>): Promise<void> {
    const assignments = () =>
      Object.keys(counts).map((name) => [name, this.#members.get(name)?.assigned() ?? []] as const);
    await until(
      `assignments of ${JSON.stringify(counts)} partitions`,
      30_000,
      () =>
        assignments().every(([name, assigned]) => assigned.length === counts[name]) &&
        JSON.stringify(
          assignments()
            .flatMap(([, assigned]) => assigned)
            .sort(),
        ) === JSON.stringify(partitions),
      () => `last: ${JSON.stringify(assignments())}\n${this.#tails()}`,
    );
  }

  async #untilSeen(count: number): Promise<void> {
    await until(
      `${count} records read`,
      40_000,
      () => {
        this.#seen.refresh();
        return this.#seen.size >= count;
      },
      () => `${this.#seen.size} records read\n${this.#tails()}`,
    );
  }

  #file(member: string): string {
    return join(this.#context.directory, `${member}.tsv`);
  }

  #tails(): string {
    return [...this.#members].map(([name, member]) => `--- ${name} member\n${member.tail()}`).join('\n');
  }
}
