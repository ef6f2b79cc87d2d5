import { type Encodable, initProducerIdRequest, produceRequest } from '../../../kafka/protocol/index.ts';
import type { BatchFields } from '../../../kafka/records/index.ts';
import type { Answer } from '../wire/answer.ts';
import { batchWithKey, type DrawnRecords, drawBatch, tamper } from './records-batches.ts';
import {
  hasSegments,
  keyOf,
  partitionFrom,
  targetsFrom,
  topicFrom,
  type WalkProducer,
  type WalkTopic,
  type World,
} from './records-world.ts';

const versions = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
const idsSince = 13;

/** Records of nobody in particular, some of them wrong, to one or several partitions. */
export async function produceSome(world: World): Promise<void> {
  const { wire, dice } = world;
  const whats: string[] = [];
  const acks = dice.chance(97) ? dice.pick([1, -1]) : dice.pick([2, -2]);
  const targets = targetsFrom(
    world,
    (topic, index) => {
      // Which of two errors is told is of no matter.
      const isRight = acks === 1 || acks === -1;
      const { what, records } = isRight ? recordsFrom(world) : drawBatch(dice, { codec: 'none' });
      whats.push(`${topic.kind} ${index}: ${what}`);
      return { index, records };
    },
    { mayRepeat: false },
  );
  const version = dice.pick(versions);
  const answer = await wire.ask(
    `acks ${acks}; ${whats.join('; ')}`,
    produceRequest,
    version,
    bodyOf(version, acks, targets),
  );
  note(world, answer);
}

function recordsFrom({ dice }: World): DrawnRecords {
  const drawn = drawBatch(dice);
  return dice.chance(15) ? tamper(drawn, dice) : drawn;
}

type Targets = readonly {
  readonly topic: WalkTopic;
  readonly partitions: { readonly index: number; readonly records: Buffer }[];
}[];

function bodyOf(version: number, acks: number, targets: Targets): Encodable<typeof produceRequest> {
  return {
    transactionalId: null,
    acks,
    timeoutMs: 5000,
    topicData: targets.map(({ topic, partitions }) => ({
      ...(version < idsSince ? { name: topic.name } : { topicId: topic.id }),
      partitionData: partitions,
    })),
  };
}

/** Remembers the offsets that were given out; which topic stands first in an answer is a hash map's choice. */
function note({ ends, topics }: World, answer: Answer): void {
  for (let i = 0; answer.has(`responses.${i}`); i++) {
    const [name, id] = [answer.text(`responses.${i}.name`), answer.text(`responses.${i}.topicId`)];
    const topic = topics.find((each) => each.name === name || each.id === id);
    for (let j = 0; topic !== undefined && answer.has(`responses.${i}.partitionResponses.${j}`); j++) {
      const at = `responses.${i}.partitionResponses.${j}`;
      const baseOffset = answer.number(`${at}.baseOffset`);
      if (baseOffset >= 0) ends.set(keyOf(topic, answer.number(`${at}.index`)), baseOffset);
    }
  }
}

/** Records that nobody acknowledges: a wrong one closes the connection. */
export async function produceSilently(world: World): Promise<void> {
  const { wire, dice } = world;
  const topic = topicFrom(world);
  const index = partitionFrom(world);
  const { what, records } = recordsFrom(world);
  const version = dice.pick(versions);
  const client = await wire.client('acks 0');
  client.send(produceRequest, version, bodyOf(version, 0, [{ topic, partitions: [{ index, records }] }]));
  // No topic refuses it, and when it is acknowledged, what came before it is to be seen as well.
  const followed = { topic, partitions: [{ index, records: batchWithKey() }] };
  const answer = await wire.ask(
    `after one of v${version} with acks 0; ${topic.kind} ${index}: ${what}`,
    produceRequest,
    12,
    bodyOf(12, 1, [followed]),
    { client: 'acks 0' },
  );
  note(world, answer);
}

/** A new idempotent producer, now and then asked for in a strange way. */
export async function newProducer({ wire, dice, producers }: World): Promise<void> {
  const version = dice.below(6);
  const known = dice.chance(20) ? producers.at(-1) : undefined;
  const strange = version >= 3 && dice.chance(30);
  const ids = strange
    ? { producerId: known?.id ?? dice.pick([-1, 5]), producerEpoch: dice.pick([-1, 0, 1, 0x7fff]) }
    : {};
  const answer = await wire.ask(
    strange ? `of ${known === undefined ? ids.producerId : 'a known id'} epoch ${ids.producerEpoch}` : 'new',
    initProducerIdRequest,
    version,
    { transactionalId: null, transactionTimeoutMs: dice.pick([60_000, 0, -1]), ...ids },
  );
  const id = answer.number('producerId');
  if (id >= 0) producers.push({ id, epoch: answer.number('producerEpoch'), sequences: new Map(), sent: [] });
}

/** A batch of an idempotent producer: most often the right one. */
export async function produceInOrder(world: World): Promise<void> {
  const { dice, producers, wire } = world;
  if (producers.length === 0 || dice.chance(4)) {
    const id = 987_000_000 + producers.length;
    wire.names.of(`producer:${id}`, 'producer');
    producers.push({ id, epoch: 0, sequences: new Map(), sent: [] });
  }
  const producer = dice.pick(producers);
  const again = dice.chance(20) ? producer.sent.at(-1 - dice.below(7)) : undefined;
  if (again !== undefined) {
    await send(world, again, 'a batch sent before');
    return;
  }
  // Kafka rolls a segment before it looks at the sequence, also for a batch that it then refuses or has had.
  const topic = dice.pick(world.topics.filter((each) => !hasSegments(each)));
  const partition = dice.below(2);
  const [how, fields] = fieldsFrom(world, producer, keyOf(topic, partition));
  const drawn = drawBatch(dice, fields);
  const { what, records, count } = dice.chance(5) ? tamper(drawn, dice) : drawn;
  const isAccepted = await send(world, { topic, partition, records }, `${how}; ${what}`);
  producer.sent.push({ topic, partition, records });
  if (!isAccepted) return;
  producer.epoch = fields.producerEpoch ?? 0;
  const next = (fields.baseSequence ?? 0) + count;
  producer.sequences.set(keyOf(topic, partition), next > 0x7fff_ffff ? next - 0x8000_0000 : next);
}

function fieldsFrom({ dice }: World, { id, epoch, sequences }: WalkProducer, key: string) {
  const next = sequences.get(key) ?? 0;
  const of = (how: string, baseSequence: number, producerEpoch = epoch): [string, BatchFields] => [
    `${how}: sequence ${baseSequence} epoch ${producerEpoch}`,
    { producerId: id, producerEpoch, baseSequence },
  ];
  const kind = dice.below(100);
  if (kind < 62) return of('the next', next);
  if (kind < 68) return of('a gap', next + 1 + dice.below(4));
  if (kind < 74) return of('back', Math.max(0, next - 1 - dice.below(4)));
  if (kind < 80) return of('a new epoch', 0, epoch + 1);
  if (kind < 83) return of('a new epoch, not from 0', 1 + dice.below(5), epoch + 1);
  // What is packed anew must not have the epoch -1: Kafka fails.
  if (kind < 88 && epoch > 0) return of('an old epoch', next, epoch - 1);
  if (kind < 90) return of('a far epoch', 0, epoch + 20);
  if (kind < 92) return of('the largest sequence', 0x7fff_ffff - dice.below(3));
  if (kind < 94) return of('a negative sequence', -1 - dice.below(2));
  return of('from 0', 0);
}

async function send(
  world: World,
  { topic, partition, records }: { topic: WalkTopic; partition: number; records: Buffer },
  how: string,
): Promise<boolean> {
  const { wire, dice } = world;
  const version = dice.pick(versions);
  const targets = [{ topic, partitions: [{ index: partition, records }] }];
  const answer = await wire.ask(
    `as a producer; ${topic.kind} ${partition}: ${how}`,
    produceRequest,
    version,
    bodyOf(version, -1, targets),
  );
  note(world, answer);
  return answer.number('responses.0.partitionResponses.0.errorCode') === 0;
}
