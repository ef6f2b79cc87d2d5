import { createTopicsRequest, initProducerIdRequest } from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import type { Wire } from '../wire/wire.ts';

/** Partitions of each topic; the next one is asked for as well, and is not there. */
const partitionCount = 2;

/** A topic of the walk, or one that is not there. */
export interface WalkTopic {
  readonly name: string;
  readonly id: string;
  /** What is particular about it: the words that its name ends in. */
  readonly kind: string;
  /** False when the broker packs batches anew: then the bytes of each broker are its own. */
  readonly isExact: boolean;
}

/** An idempotent producer, and the sequence that it would send next to each partition. */
export interface WalkProducer {
  readonly id: number;
  epoch: number;
  readonly sequences: Map<string, number>;
  /** What it has sent: to be sent again. */
  readonly sent: { readonly topic: WalkTopic; readonly partition: number; readonly records: Buffer }[];
}

/** A fetch session that a broker made. */
export interface WalkSession {
  readonly id: number;
  /** Of Fetch, that it is continued with. */
  readonly versions: readonly number[];
  nextEpoch: number;
}

/** What a walk remembers: what it was given, and nothing else. */
export interface World {
  readonly wire: Wire;
  readonly dice: Dice;
  readonly topics: readonly WalkTopic[];
  readonly producers: WalkProducer[];
  readonly sessions: WalkSession[];
  /** The last base offset that was given out, by `topic partition`. */
  readonly ends: Map<string, number>;
  /** Partitions of which records were asked to be deleted, by `topic partition`. */
  readonly trimmed: Set<string>;
}

/** Not even a record of 1970 before one of today begins a segment. */
const forever = { 'retention.ms': '-1', 'segment.ms': '4000000000000' };
const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {},
  // Segments are rolled by the times of their records.
  rolling: { 'segment.ms': '2500' },
  indexed: { 'index.interval.bytes': '0', 'segment.ms': '5000' },
  compacted: { 'cleanup.policy': 'compact' },
  both: { 'cleanup.policy': 'compact,delete' },
  'append-time': { 'message.timestamp.type': 'LogAppendTime' },
  small: { 'max.message.bytes': '250' },
  past: { 'message.timestamp.before.max.ms': '1000' },
  uncompressed: { 'compression.type': 'uncompressed' },
  gzip: { 'compression.type': 'gzip' },
  lz4: { 'compression.type': 'lz4' },
  'append-zstd': { 'compression.type': 'zstd', 'message.timestamp.type': 'LogAppendTime' },
};
const packing = ['gzip', 'lz4', 'append-zstd'];

/** Makes a plain topic and two of other kinds. */
export async function worldOf(wire: Wire, dice: Dice, prefix: string): Promise<World> {
  const drawn = ['plain', ...dice.list(2, 2, () => dice.pick(Object.keys(kinds).slice(1)))];
  const topics: WalkTopic[] = [];
  for (const kind of new Set(drawn)) {
    const configs = Object.entries({ ...forever, ...kinds[kind] }).map(([name, value]) => ({ name, value }));
    const name = `${prefix}-${kind}`;
    const answer = await wire.ask(
      `a topic, ${kind}`,
      createTopicsRequest,
      7,
      { topics: [{ name, numPartitions: partitionCount, replicationFactor: 1, assignments: [], configs }] },
      { counted: ['topics.configs'] },
    );
    topics.push({ name, kind, id: answer.text('topics.0.topicId'), isExact: !packing.includes(kind) });
  }
  await wire.untilLed(
    topics.map(({ name }) => name),
    partitionCount,
  );
  const anybody = { transactionalId: null, transactionTimeoutMs: 60_000 };
  await wire.settle(initProducerIdRequest, 4, anybody, 'errorCode');
  return { wire, dice, topics, producers: [], sessions: [], ends: new Map(), trimmed: new Set() };
}

/** A topic, seldom one that is not there. */
export function topicFrom({ dice, topics }: World): WalkTopic {
  return dice.chance(4) ? unknown : dice.pick(topics);
}

const unknown: WalkTopic = {
  name: 'walk-records-unknown',
  id: 'AAAAAAAAAAAAAAAAAAAAEA',
  kind: 'unknown',
  isExact: true,
};

/** An index, seldom of a partition that is not there. */
export function partitionFrom({ dice }: World): number {
  return dice.chance(8) ? dice.pick([partitionCount, -1]) : dice.below(partitionCount);
}

/** An offset that may be in the log, or before or after it. */
export function offsetFrom({ dice, ends }: World, topic: WalkTopic, partition: number): number {
  const last = ends.get(keyOf(topic, partition)) ?? 0;
  const kind = dice.below(10);
  if (kind < 6) return dice.below(last + 3);
  if (kind < 8) return last + dice.below(5);
  return dice.pick([0, 1, last, -1, -2, 1_000_000]);
}

/** Whether its partitions may be of more than one segment. */
export function hasSegments({ kind }: WalkTopic): boolean {
  return kind === 'rolling' || kind === 'indexed';
}

/** What a map of partitions has a partition under. */
export function keyOf({ name }: WalkTopic, partition: number): string {
  return `${name} ${partition}`;
}

/** Some topics, each with some partitions; most often one of each. */
export function targetsFrom<T>(
  world: World,
  make: (topic: WalkTopic, partition: number) => T,
  { mayRepeat = true } = {},
): { readonly topic: WalkTopic; readonly partitions: T[] }[] {
  const { dice } = world;
  const topics = dice.chance(65) ? [topicFrom(world)] : dice.list(1, 3, () => topicFrom(world));
  const chosen = dice.chance(97) || !mayRepeat ? [...new Set(topics)] : topics;
  return chosen.map((topic) => {
    const some = dice.chance(60) ? [partitionFrom(world)] : dice.list(0, 3, () => partitionFrom(world));
    const partitions = dice.chance(96) || !mayRepeat ? [...new Set(some)] : some;
    return { topic, partitions: partitions.map((partition) => make(topic, partition)) };
  });
}
