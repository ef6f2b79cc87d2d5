import { join } from 'node:path';
import { until } from '../child.ts';
import type { Client, Member } from '../clients/client.ts';
import { programClient } from '../clients/program.ts';
import { pythonCommand } from '../python.ts';
import { RecordSet } from '../record-set.ts';
import { type Check, expectEqual } from '../report.ts';
import type { Part, PartContext } from './part.ts';

const partitions = [0, 1, 2, 3];
const chunk = { codec: 'none', first: 0, count: 20_000 };
const topic = 'moving';
const group = 'movers';

/** A running group goes from the classic to the consumer protocol and back, a member at a time (KIP-848). */
export const migration: Part = {
  name: 'migration',
  tools: ['confluent-kafka'],
  overrides: {
    'group.initial.rebalance.delay.ms': '0',
    'group.consumer.min.heartbeat.interval.ms': '500',
    'group.consumer.heartbeat.interval.ms': '500',
  },
  checks: (context) => new Migration(context).checks(),
};

type Protocol = 'classic' | 'consumer';

class Migration {
  readonly #context: PartContext;
  readonly #clients: Readonly<Record<Protocol, Client>> = {
    classic: client('classic'),
    consumer: client('consumer'),
  };
  readonly #members = new Map<string, Member>();
  readonly #seen = new RecordSet();

  constructor(context: PartContext) {
    this.#context = context;
  }

  checks(): readonly Check[] {
    const steps: readonly [string, () => Promise<void>][] = [
      ['a classic member gets all four partitions', () => this.#begin()],
      [
        'a member of the consumer protocol joins it and gets its share',
        () => this.#join('new', 'consumer', 2),
      ],
      ['the classic member leaves, and the group is one of the consumer protocol', () => this.#leave('old')],
      ['a classic member joins again and gets its share', () => this.#join('back', 'classic', 2)],
      ['the last member of the consumer protocol leaves, and the group is classic', () => this.#leave('new')],
      ['every record was read once, by the member that had its partition', () => this.#readAll()],
    ];
    return steps.map(([name, run]) => ({ name, gates: true, run }));
  }

  async #begin(): Promise<void> {
    const { bootstrap } = this.#context.broker;
    const listed = await this.#clients.classic.create(bootstrap, topic, partitions.length);
    expectEqual('partitions of the topic', listed, partitions);
    await this.#join('old', 'classic', 4);
    await this.#clients.classic.produce(bootstrap, topic, chunk);
  }

  async #join(name: string, protocol: Protocol, share: number): Promise<void> {
    const file = join(this.#context.directory, `${name}.tsv`);
    this.#seen.add(file);
    const member = this.#clients[protocol].join(this.#context.broker.bootstrap, topic, group, file);
    this.#members.set(name, member);
    await this.#untilShared(() => member.assigned()?.length === share);
  }

  async #leave(name: string): Promise<void> {
    const member = this.#members.get(name);
    this.#members.delete(name);
    await member?.leave();
    await this.#untilShared(() => true);
  }

  async #readAll(): Promise<void> {
    await until('all records', 30_000, () => {
      this.#seen.refresh();
      return this.#seen.size >= chunk.count;
    });
    this.#seen.verify('confluent-kafka', [chunk]);
    const last = [...this.#members.values()];
    this.#members.clear();
    for (const member of last) await member.leave();
  }

  /** Waits until the members together have each partition once. */
  async #untilShared(isReady: () => boolean): Promise<void> {
    const assigned = () => [...this.#members.values()].flatMap((member) => member.assigned() ?? []);
    await until(
      'one owner for each partition',
      40_000,
      () => isReady() && JSON.stringify(assigned().sort()) === JSON.stringify(partitions),
      () => [...this.#members].map(([name, member]) => `--- ${name}\n${member.tail()}`).join('\n'),
    );
  }
}

function client(protocol: Protocol): Client {
  return programClient('confluent-kafka', ['none'], () => pythonCommand('confluent-kafka', 'client.py'), [
    protocol,
  ]);
}
