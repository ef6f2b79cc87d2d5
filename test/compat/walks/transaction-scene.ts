import {
  apiVersionsRequest,
  consumerGroupHeartbeatRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  describeTransactionsRequest,
  ErrorCode,
  findCoordinatorRequest,
  type InitProducerIdRequest,
  initProducerIdRequest,
  joinGroupRequest,
  listOffsetsRequest,
  offsetFetchRequest,
  syncGroupRequest,
  updateFeaturesRequest,
  zeroUuid,
} from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import type { Answer } from '../wire/answer.ts';
import { subscription } from '../wire/consumer-protocol.ts';
import type { Wire } from '../wire/wire.ts';

/** A producer as the broker named it, or as nobody did. */
export interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Who asks: of which transactional id it says it is, and in words what is wrong with it. */
export interface Asking extends Producer {
  readonly id: string;
  readonly who: string;
}

/** A member of a group, as commits of offsets name it. */
export interface Member {
  readonly group: string;
  readonly memberId: string;
  readonly generation: number;
}

/** Transactional ids that a walk uses, without its prefix. */
export const ids = ['x', 'y'] as const;
/** Its topics, without the prefix, and how many partitions each has. */
export const topics = { a: 2, b: 1 } as const;
export type TopicName = keyof typeof topics;
/** Named, and never made. */
export const nobody: Producer = { producerId: 987_654_321, producerEpoch: 0 };
const counted = { counted: ['topics.configs'] };
const topicIdOfNone = 'NoTopicNoTopicNoTopicA';

/** What a walk about transactions knows: what it was given, and how far each producer has come in each partition. */
export class TransactionScene {
  readonly wire: Wire;
  readonly dice: Dice;
  readonly prefix: string;
  members: readonly Member[] = [];
  /** Of the records, which are seconds apart: beside markers, that carry the time of day, they stay in one segment. */
  readonly firstTimestamp = Math.floor(Date.now() / 1000) * 1000 - 1_800_000;
  records = 0;
  #level = 2;
  readonly #given = new Map<string, Producer[]>();
  readonly #sequences = new Map<string, number>();
  readonly #topicIds = new Map<string, string>();

  private constructor(wire: Wire, dice: Dice, prefix: string) {
    this.wire = wire;
    this.dice = dice;
    this.prefix = prefix;
  }

  /** Makes the topics, the groups and the first producers, and waits for their coordinators. */
  static async set(wire: Wire, dice: Dice, prefix: string): Promise<TransactionScene> {
    const scene = new TransactionScene(wire, dice, prefix);
    for (const name of ['a', 'b'] as const) await scene.createTopic(name);
    for (const [keyType, key] of [
      [0, scene.named('simple')],
      [1, scene.named('x')],
    ] as const)
      await wire.settle(
        findCoordinatorRequest,
        4,
        { keyType, coordinatorKeys: [key] },
        'coordinators.0.errorCode',
      );
    for (const group of ['simple', 'classic', 'consumer'])
      await wire.settle(
        offsetFetchRequest,
        8,
        { groups: [{ groupId: scene.named(group), topics: null }] },
        'groups.0.errorCode',
      );
    await scene.init('an idempotent producer', 4, 'idempotent', {
      transactionalId: null,
      transactionTimeoutMs: 60_000,
    });
    scene.members = [await scene.#classicMember(), await scene.#consumerMember()];
    for (const id of [...ids, 'late']) {
      const body = { transactionalId: scene.named(id), transactionTimeoutMs: 60_000 };
      await wire.settle(initProducerIdRequest, 4, body, 'errorCode');
      await scene.init(`${id}, the first`, 4, id, body);
    }
    return scene;
  }

  named(name: string): string {
    return `${this.prefix}-${name}`;
  }

  topicId(name: string): string {
    return this.#topicIds.get(name) ?? topicIdOfNone;
  }

  async createTopic(name: TopicName): Promise<void> {
    const topic = {
      name: this.named(name),
      numPartitions: topics[name],
      replicationFactor: 1,
      assignments: [],
      configs: [],
    };
    const answer = await this.wire.ask(`topic ${name}`, createTopicsRequest, 7, { topics: [topic] }, counted);
    this.#topicIds.set(name, answer.text('topics.0.topicId'));
    await this.wire.untilLed([topic.name], topics[name]);
  }

  async deleteTopic(name: TopicName): Promise<void> {
    const topic = this.named(name);
    await this.wire.ask(`topic ${name}`, deleteTopicsRequest, 6, {
      topics: [{ name: topic, topicId: zeroUuid }],
      timeoutMs: 5000,
    });
    this.#topicIds.delete(name);
    for (const key of this.#sequences.keys()) if (key.includes(`/${name}/`)) this.#sequences.delete(key);
    await this.#untilGone(name);
  }

  /** An InitProducerId whose answer is remembered, when it is one. Waits until the transaction before has ended. */
  async init(
    what: string,
    version: number,
    id: string,
    body: Partial<InitProducerIdRequest> &
      Pick<InitProducerIdRequest, 'transactionalId' | 'transactionTimeoutMs'>,
  ): Promise<void> {
    const answer = await this.wire.askUntilReady(what, initProducerIdRequest, version, body, 'errorCode');
    this.give(id, answer);
    await this.ended(id);
  }

  /** Remembers the producer in an answer. */
  give(id: string, answer: Answer): void {
    const producerId = answer.number('producerId');
    if (producerId < 0) return;
    const given = this.#given.get(id) ?? [];
    given.push({ producerId, producerEpoch: answer.number('producerEpoch') });
    this.#given.set(id, given);
  }

  /** The producer that was given out last. */
  current(id: string): Producer {
    return this.#given.get(id)?.at(-1) ?? nobody;
  }

  /** Mostly the current producer of an id, else one that is wrong. */
  asking(percentRight = 80): Asking {
    const { dice } = this;
    const id = dice.pick(ids);
    const current = this.current(id);
    if (dice.chance(percentRight)) return { ...current, id, who: `${id}, current` };
    const { producerId, producerEpoch } = current;
    switch (dice.below(6)) {
      case 0:
        return { ...dice.pick(this.#given.get(id) ?? [nobody]), id, who: `${id}, given once` };
      case 1:
        return { producerId, producerEpoch: producerEpoch + 1, id, who: `${id}, the epoch to come` };
      case 2:
        return { producerId, producerEpoch: producerEpoch - 1, id, who: `${id}, the epoch before` };
      case 3: {
        const other = id === 'x' ? 'y' : 'x';
        return { ...this.current(other), id, who: `${id}, the producer of ${other}` };
      }
      case 4:
        return dice.chance(50)
          ? { ...nobody, id, who: `${id}, a producer of nobody` }
          : { ...this.current('idempotent'), id, who: `${id}, an idempotent producer` };
      default:
        return { ...current, id: 'nobody', who: `an id nobody knows, the producer of ${id}` };
    }
  }

  /** The sequence that comes next, and a way to say that so many records were taken. */
  sequence({ producerId, producerEpoch }: Producer, topic: string, partition: number) {
    const key = `${producerId}-${producerEpoch}/${topic}/${partition}`;
    const next = this.#sequences.get(key) ?? 0;
    return { next, taken: (count: number) => this.#sequences.set(key, next + count) };
  }

  /** Waits until the coordinator is not ending a transaction of this id: in which state it is then. */
  async ended(id: string, meanwhile: readonly string[] = ['PrepareCommit', 'PrepareAbort']): Promise<void> {
    const transactionalIds = [this.named(id)];
    for (let tries = 0; tries < 300; tries++) {
      const answer = await this.wire.settle(
        describeTransactionsRequest,
        0,
        { transactionalIds },
        'transactionStates.0.errorCode',
      );
      if (!meanwhile.includes(answer.text('transactionStates.0.transactionState'))) return;
      await this.wire.pause(20);
    }
    this.wire.title(`the transaction of ${id} does not end`);
  }

  /** Whether the broker has transactions of the second version; no client uses them with one that does not say so. */
  get isSecond(): boolean {
    return this.#level === 2;
  }

  /** One of the versions of an API, of which those above `first` are of the second version of transactions. */
  version(first: number, versions: readonly number[]): number {
    return this.dice.pick(this.isSecond ? versions : versions.filter((version) => version <= first));
  }

  /** Sets the level of `transaction.version`, 0 for none, and waits until the broker works with it. */
  async setVersion(level: number): Promise<void> {
    this.#level = level;
    const feature = 'transaction.version';
    await this.wire.ask(`level ${level}`, updateFeaturesRequest, 1, {
      timeoutMs: 5000,
      featureUpdates: [{ feature, maxVersionLevel: level, upgradeType: level === 2 ? 1 : 2 }],
    });
    for (let tries = 0; tries < 300; tries++) {
      const client = { clientSoftwareName: 'wire', clientSoftwareVersion: '1' };
      const answer = await this.wire.settle(apiVersionsRequest, 4, client, 'errorCode');
      const paths = Array.from({ length: 10 }, (_none, i) => `finalizedFeatures.${i}`);
      const path = paths.find((each) => answer.text(`${each}.name`) === feature);
      if (answer.number(`${path}.maxVersionLevel`) === (level === 0 ? -1 : level)) return;
      await this.wire.pause(20);
    }
  }

  /** Whether a transaction is open in a partition, so that not all is stable. */
  async isOpen(name: string, partitionIndex: number): Promise<boolean> {
    const [all, stable] = [
      await this.#latest(name, partitionIndex, 0),
      await this.#latest(name, partitionIndex, 1),
    ];
    return all.number('topics.0.partitions.0.offset') !== stable.number('topics.0.partitions.0.offset');
  }

  async #untilGone(name: string): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const { UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode;
      const answer = await this.#latest(name, 0, 0);
      if (answer.number('topics.0.partitions.0.errorCode') === UNKNOWN_TOPIC_OR_PARTITION) return;
      await this.wire.pause(20);
    }
  }

  #latest(name: string, partitionIndex: number, isolationLevel: number): Promise<Answer> {
    const partitions = [{ partitionIndex, timestamp: -1 }];
    const body = { replicaId: -1, isolationLevel, topics: [{ name: this.named(name), partitions }] };
    // At a path that is not there nothing is waited for.
    return this.wire.settle(listOffsetsRequest, 7, body, 'none');
  }

  async #classicMember(): Promise<Member> {
    const group = this.named('classic');
    const joined = await this.wire.askUntilReady(
      'a member of a classic group',
      joinGroupRequest,
      3,
      {
        groupId: group,
        sessionTimeoutMs: 60_000,
        rebalanceTimeoutMs: 60_000,
        memberId: '',
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: subscription([this.named('a')]) }],
      },
      'errorCode',
    );
    const [memberId, generationId] = [joined.text('memberId'), joined.number('generationId')];
    const assignments = [{ memberId, assignment: Buffer.from('all') }];
    const body = { groupId: group, generationId, memberId, assignments };
    await this.wire.ask('the member', syncGroupRequest, 2, body);
    return { group: 'classic', memberId, generation: generationId };
  }

  async #consumerMember(): Promise<Member> {
    const memberId = 'MemberMemberMemberAAAA';
    const joined = await this.wire.askUntilReady(
      'a member of a consumer group',
      consumerGroupHeartbeatRequest,
      1,
      {
        groupId: this.named('consumer'),
        memberId,
        memberEpoch: 0,
        rebalanceTimeoutMs: 60_000,
        subscribedTopicNames: [this.named('nothing')],
        topicPartitions: [],
      },
      'errorCode',
    );
    return { group: 'consumer', memberId, generation: joined.number('memberEpoch') };
  }
}
