import {
  createPartitionsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  describeTopicPartitionsRequest,
  electLeadersRequest,
  metadataRequest,
  zeroUuid,
} from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import type { Answer } from '../wire/answer.ts';
import type { Wire } from '../wire/wire.ts';
import { Applied } from './applied.ts';
import { drawTopicConfigs } from './config-values.ts';
import { told } from './told.ts';
import type { Walk } from './walk.ts';

/** Topics come, grow, are looked at by name and by id, and go. */
export const topicsWalk: Walk = {
  name: 'topics',
  about: 'CreateTopics, CreatePartitions, DeleteTopics, Metadata, DescribeTopicPartitions, ElectLeaders',
  count: 4,
  steps: 60,
  async take(wire, dice, prefix) {
    const topics = new Topics(wire, dice, prefix);
    for (let step = 0; step < topicsWalk.steps; step++) await topics.step();
    await topics.close();
  },
};

const unknownId = 'AAAAAAAAAAAAAAAAAAAAEA';
const metadataId = 'AAAAAAAAAAAAAAAAAAAAAQ';

class Topics {
  readonly #wire: Wire;
  readonly #dice: Dice;
  readonly #prefix: string;
  readonly #applied: Applied;
  readonly #names: readonly string[];
  readonly #ids = new Map<string, string[]>();

  constructor(wire: Wire, dice: Dice, prefix: string) {
    this.#wire = wire;
    this.#dice = dice;
    this.#prefix = prefix;
    this.#applied = new Applied(wire, prefix);
    this.#names = ['-a', '.a', '_a', '-b', '-c.d_e', '-c_d.e'].map((end) => `${prefix}${end}`);
  }

  async step(): Promise<void> {
    const dice = this.#dice;
    const way = dice.below(100);
    if (way < 25) await this.#create();
    else if (way < 37) await this.#delete();
    else if (way < 55) await this.#grow();
    else if (way < 75) await this.#metadata();
    else if (way < 90) await this.#describe();
    else await this.#elect();
  }

  /** Deletes what is left. */
  async close(): Promise<void> {
    const topicNames = [...this.#names, this.#automatic(0), this.#automatic(1)];
    await this.#wire.ask('all that is left', deleteTopicsRequest, 5, { topicNames, timeoutMs: 5000 });
    await this.#applied.close();
  }

  #automatic(index: number): string {
    return `${this.#prefix}-auto-${index}`;
  }

  /** Mostly a name that a topic may have. */
  #name(): string {
    const dice = this.#dice;
    if (dice.chance(85)) return dice.pick(this.#names);
    return dice.pick([
      '',
      '.',
      '..',
      'bad name',
      'ä',
      'a/b',
      'a'.repeat(249 + dice.below(2)).slice(dice.below(2)),
      `${this.#prefix}:b`,
      '__cluster_metadata',
      `${this.#prefix}-unknown`,
    ]);
  }

  #id(name: string): string {
    const known = this.#ids.get(name) ?? [];
    return known.length > 0 && this.#dice.chance(85)
      ? this.#dice.pick(known)
      : this.#dice.pick([unknownId, metadataId]);
  }

  #learn(answer: Answer): void {
    for (
      let i = 0;
      answer.text(`topics.${i}.name`) !== '' || answer.text(`topics.${i}.topicId`) !== '';
      i++
    ) {
      const name = answer.text(`topics.${i}.name`);
      const id = answer.text(`topics.${i}.topicId`);
      const known = this.#ids.get(name) ?? [];
      if (name !== '' && id !== '' && id !== zeroUuid && !known.includes(id))
        this.#ids.set(name, [...known, id]);
    }
  }

  async #create(): Promise<void> {
    const dice = this.#dice;
    const topics = dice.list(1, dice.chance(70) ? 1 : 4, () => this.#topic());
    const version = dice.pick([2, 3, 4, 5, 6, 7, 7, 7]);
    const validateOnly = dice.chance(20);
    const what = `${validateOnly ? 'only checked: ' : ''}${told(topics)}`;
    const counted = dice.chance(80) ? ['topics.configs'] : [];
    const body = { topics, timeoutMs: 5000, validateOnly };
    this.#learn(await this.#wire.ask(what, createTopicsRequest, version, body, { counted }));
    this.#applied.changed();
  }

  #topic() {
    const dice = this.#dice;
    const isAssigned = dice.chance(25);
    const broker = () => (dice.chance(90) ? 1 : dice.pick([0, -1, 2]));
    const assignments = isAssigned
      ? dice.list(1, 3, (i) => ({
          partitionIndex: dice.chance(90) ? i : dice.pick([-1, 0, 1, 4]),
          brokerIds: dice.chance(85) ? [broker()] : dice.list(0, 2, broker),
        }))
      : [];
    const usual = isAssigned ? -1 : undefined;
    return {
      name: this.#name(),
      numPartitions: dice.chance(85) ? (usual ?? dice.pick([-1, 1, 2, 3])) : dice.pick([0, -2, 1, 10_001]),
      replicationFactor: dice.chance(85) ? (usual ?? dice.pick([-1, 1])) : dice.pick([0, -2, 1, 2, 32_767]),
      assignments,
      configs: dice.chance(40) ? drawTopicConfigs(dice) : [],
    };
  }

  async #delete(): Promise<void> {
    const dice = this.#dice;
    const version = dice.pick([1, 2, 3, 4, 5, 6, 6, 6]);
    const names = dice.list(dice.chance(5) ? 0 : 1, dice.chance(70) ? 1 : 3, () => this.#name());
    if (version < 6) {
      const body = { topicNames: names, timeoutMs: 5000 };
      await this.#wire.ask(told(names), deleteTopicsRequest, version, body);
    } else {
      const topics = names.map((name) => this.#reference(name));
      const what = this.#wire.names.within(told(topics));
      await this.#wire.ask(what, deleteTopicsRequest, 6, { topics, timeoutMs: 5000 });
    }
    this.#applied.changed();
  }

  /** A name, an id, now and then both or neither. */
  #reference(name: string): { name: string | null; topicId: string } {
    const dice = this.#dice;
    const way = dice.below(20);
    if (way === 0) return { name, topicId: this.#id(name) };
    if (way === 1) return { name: null, topicId: zeroUuid };
    return way < 11 ? { name, topicId: zeroUuid } : { name: null, topicId: this.#id(name) };
  }

  async #grow(): Promise<void> {
    const dice = this.#dice;
    const topics = dice.list(dice.chance(5) ? 0 : 1, dice.chance(75) ? 1 : 3, () => {
      const broker = () => (dice.chance(90) ? 1 : dice.pick([0, -1, 2]));
      const assigned = () =>
        dice.list(0, 3, () => ({ brokerIds: dice.chance(85) ? [broker()] : dice.list(0, 2, broker) }));
      return {
        name: this.#name(),
        count: dice.chance(85) ? 2 + dice.below(5) : dice.pick([0, -1, 1, -2_147_483_648]),
        assignments: dice.chance(65) ? null : assigned(),
      };
    });
    const validateOnly = dice.chance(25);
    const what = `${validateOnly ? 'only checked: ' : ''}${told(topics)}`;
    const body = { topics, timeoutMs: 5000, validateOnly };
    await this.#wire.ask(what, createPartitionsRequest, dice.below(4), body);
    this.#applied.changed();
  }

  async #metadata(): Promise<void> {
    const dice = this.#dice;
    await this.#applied.wait();
    const version = dice.below(14);
    const options = { counted: dice.chance(60) ? [] : ['topics.partitions'] };
    if (dice.chance(12)) return this.#allMetadata(version);
    const authorized = dice.chance(20)
      ? {
          includeTopicAuthorizedOperations: version >= 8,
          includeClusterAuthorizedOperations: version >= 8 && version <= 10,
        }
      : {};
    if (dice.chance(20)) return this.#createByAsking(Math.max(4, version));
    const names = dice.list(1, 3, () => this.#name()).filter((name) => isBad(name) || version >= 4);
    const topics = names.map((name) => (version >= 10 ? this.#reference(name) : { name }));
    const what = `not to be created: ${this.#wire.names.within(told(topics))}`;
    const body = { topics, ...(version >= 4 ? { allowAutoTopicCreation: false } : {}), ...authorized };
    this.#learn(await this.#wire.ask(what, metadataRequest, version, body, options));
  }

  async #allMetadata(version: number): Promise<void> {
    const isNull = version > 0 && this.#dice.chance(70);
    await this.#wire.ask(
      isNull ? 'topics null' : 'no topic',
      metadataRequest,
      version,
      { topics: isNull ? null : [] },
      {
        counted: ['topics'],
      },
    );
  }

  /** The broker creates the topic after its answer. */
  async #createByAsking(version: number): Promise<void> {
    const dice = this.#dice;
    const name = dice.chance(70)
      ? this.#automatic(dice.below(2))
      : dice.pick(['', '.', 'bad name', 'a'.repeat(250)]);
    const body = { topics: [{ name }], allowAutoTopicCreation: true };
    await this.#wire.ask(`to be created: ${told(name)}`, metadataRequest, version, body);
    if (!name.startsWith(this.#prefix)) return;
    await this.#wire.settle(
      metadataRequest,
      12,
      { topics: [{ name }], allowAutoTopicCreation: false },
      'topics.0.errorCode',
    );
    this.#applied.changed();
  }

  async #describe(): Promise<void> {
    const dice = this.#dice;
    await this.#applied.wait();
    // Kafka fails at an empty name, as a row of differences.md says.
    const name = () => this.#name() || 'unknown';
    const topics = dice.list(1, 5, () => ({ name: name() }));
    const responsePartitionLimit = dice.chance(80)
      ? 1 + dice.below(6)
      : dice.pick([0, -1, 2000, 2_147_483_647]);
    const partitionIndex = dice.chance(90) ? dice.below(4) : dice.pick([-1, 9, 1_000_000]);
    const cursor = dice.chance(50) ? { topicName: name(), partitionIndex } : null;
    const what = `at most ${responsePartitionLimit}, cursor ${told(cursor)}, of ${told(topics)}`;
    const body = { topics, responsePartitionLimit, cursor };
    await this.#wire.ask(what, describeTopicPartitionsRequest, 0, body);
  }

  async #elect(): Promise<void> {
    const dice = this.#dice;
    await this.#applied.wait();
    const version = dice.below(3);
    const electionType = version === 0 ? 0 : dice.pick([0, 0, 1, 1, 2, -1]);
    const topicPartitions = dice.list(0, 2, () => ({
      topic: this.#name(),
      partitions: dice.list(0, 3, () => (dice.chance(85) ? dice.below(3) : dice.pick([-1, 9]))),
    }));
    const asked = dice.chance(10) ? null : topicPartitions;
    const what = `type ${electionType}, ${told(asked)}`;
    const body = { electionType, topicPartitions: asked, timeoutMs: 5000 };
    await this.#wire.ask(what, electLeadersRequest, version, body);
  }
}

/** A name that no topic can have: asking for it creates none. */
function isBad(name: string): boolean {
  return !/^[\w.-]{1,249}$/.test(name) || name === '.' || name === '..';
}
