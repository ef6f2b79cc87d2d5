import {
  addOffsetsToTxnRequest,
  addPartitionsToTxnRequest,
  ErrorCode,
  endTxnRequest,
  initProducerIdRequest,
  produceRequest,
  txnOffsetCommitRequest,
  writeTxnMarkersRequest,
} from '../../../kafka/protocol/index.ts';
import type { Answer } from '../wire/answer.ts';
import { batchOf } from '../wire/batches.ts';
import {
  type Asking,
  ids,
  nobody,
  type TopicName,
  type TransactionScene,
  topics,
} from './transaction-scene.ts';

type Question = (scene: TransactionScene) => Promise<unknown>;

/** Partitions of one topic, in words `a0 a1`. */
interface Drawn {
  readonly name: string;
  readonly partitions: number[];
}

/** InitProducerId of a transactional id, or of none: as a producer that begins, or one that names itself. */
export const init: Question = async (scene) => {
  const { dice } = scene;
  const version = dice.pick([0, 1, 2, 3, 4, 5, 5, 6]);
  const transactionTimeoutMs = dice.chance(85)
    ? 60_000
    : dice.pick([0, -1, 900_000, 900_001, -2_147_483_648]);
  const timeout = transactionTimeoutMs === 60_000 ? '' : `, timeout ${transactionTimeoutMs}`;
  if (dice.chance(8)) {
    const transactionalId = dice.pick([null, '']);
    const body = { transactionalId, transactionTimeoutMs };
    return scene.wire.ask(`${transactionalId ?? 'no'} id${timeout}`, initProducerIdRequest, version, body);
  }
  const { id, who, producerId, producerEpoch } = scene.asking(60);
  const transactionalId = scene.named(id === 'nobody' ? 'new' : id);
  if (version < 3 || dice.chance(50))
    return scene.init(`${id}${timeout}`, version, id, { transactionalId, transactionTimeoutMs });
  const half = dice.below(20);
  const body = {
    transactionalId,
    transactionTimeoutMs,
    producerId: half === 0 ? -1 : producerId,
    producerEpoch: half === 1 ? -1 : producerEpoch,
  };
  const missing = ['without its id', 'without its epoch'][half] ?? 'by name';
  return scene.init(`${who}, ${missing}${timeout}`, version, id, body);
};

/** A transactional batch, mostly the next of its producer. */
export const produce: Question = async (scene) => {
  const { dice, wire } = scene;
  const asking = scene.asking(85);
  const { id, who } = asking;
  const version = scene.version(11, [3, 7, 10, 11, 11, 12, 12, 12, 13]);
  // Outside of a transaction the partition would take the epoch to come, and Kafka would never end the one that is open.
  const isTransactional = who.endsWith('to come') || dice.chance(95);
  // Nothing of a request that has batches of two producers is taken.
  const drawn = topicsDrawn(scene, 96);
  const isKnown = drawn.every(({ name, partitions }) =>
    partitions.every((each) => each >= 0 && each < partitionsOf(name)),
  );
  const second = isKnown && dice.chance(4) ? { ...scene.current(id === 'x' ? 'y' : 'x'), id, who } : asking;
  const told = dice.chance(95) ? id : dice.pick([null, '', 'x', 'y', 'nobody']);
  const parts = drawn.map(({ name, partitions }, i) => ({
    name,
    parts: partitions.map((index) => part(scene, i === 0 ? asking : second, name, index, isTransactional)),
  }));
  const words = parts.flatMap(({ name, parts: each }) =>
    each.map(({ index, count, baseSequence }) => `${name}${index} ${baseSequence}+${count}`),
  );
  const what = [
    who,
    words.join(' '),
    ...(second === asking ? [] : ['the second topic of another producer']),
    ...(told === id ? [] : [`said to be of ${told === null ? 'none' : `'${told}'`}`]),
    ...(isTransactional ? [] : ['not transactional']),
  ].join(', ');
  const answer = await wire.ask(what, produceRequest, version, {
    transactionalId: told === null || told === '' ? told : scene.named(told),
    acks: dice.pick([-1, -1, -1, 1]),
    timeoutMs: 5000,
    topicData: parts.map(({ name, parts: each }) => ({
      name: scene.named(name),
      topicId: scene.topicId(name),
      partitionData: each.map(({ index, records }) => ({ index, records })),
    })),
  });
  for (const { name, parts: each } of parts)
    for (const { index, taken, count } of each)
      if (isTaken(answer, [scene.named(name), scene.topicId(name)], index)) taken(count);
};

/** AddPartitionsToTxn as a client asks, v0-3. */
export const addPartitions: Question = (scene) => {
  const { dice, wire } = scene;
  const { id, who, producerId, producerEpoch } = scene.asking();
  const drawn = withInternal(scene, topicsDrawn(scene, 90));
  return wire.ask(`${who}, ${inWords(drawn)}`, addPartitionsToTxnRequest, dice.below(4), {
    v3AndBelowTransactionalId: scene.named(id),
    v3AndBelowProducerId: producerId,
    v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: asked(scene, drawn),
  });
};

/** AddPartitionsToTxn as a broker asks, v4-5: perhaps of several transactions, perhaps to look only. */
export const verifyPartitions: Question = (scene) => {
  const { dice, wire } = scene;
  const several = dice
    .list(1, dice.chance(25) ? 2 : 1, () => ({
      asking: scene.asking(),
      drawn: withInternal(scene, topicsDrawn(scene, 90)),
      verifyOnly: !scene.isSecond || dice.chance(50),
    }))
    .filter((each, i, all) => all.findIndex(({ asking }) => asking.id === each.asking.id) === i);
  const what = several
    .map(({ asking, drawn, verifyOnly }) => `${asking.who}, ${inWords(drawn)}${verifyOnly ? ', a look' : ''}`)
    .join('; ');
  return wire.ask(what, addPartitionsToTxnRequest, dice.pick([4, 5]), {
    transactions: several.map(({ asking: { id, producerId, producerEpoch }, drawn, verifyOnly }) => ({
      transactionalId: scene.named(id),
      producerId,
      producerEpoch,
      verifyOnly,
      topics: asked(scene, drawn),
    })),
  });
};

/** EndTxn in every version; waits until its markers are written. */
export const end: Question = async (scene) => {
  const { dice, wire } = scene;
  const { id, who, producerId, producerEpoch } = scene.asking(75);
  const committed = dice.chance(50);
  const version = scene.version(4, [0, 1, 2, 3, 4, 5, 5, 5, 5]);
  const answer = await wire.ask(`${who}, ${committed ? 'commit' : 'abort'}`, endTxnRequest, version, {
    transactionalId: scene.named(id),
    producerId,
    producerEpoch,
    committed,
  });
  scene.give(id, answer);
  await scene.ended(id);
};

/** AddOffsetsToTxn in every version. */
export const addOffsets: Question = (scene) => {
  const { dice, wire } = scene;
  const { id, who, producerId, producerEpoch } = scene.asking();
  const group = groupDrawn(scene);
  return wire.ask(`${who}, group ${group}`, addOffsetsToTxnRequest, dice.below(5), {
    transactionalId: scene.named(id),
    producerId,
    producerEpoch,
    groupId: group === 'no name' ? '' : scene.named(group),
  });
};

/** TxnOffsetCommit in every version, with and without a member. */
export const commitOffsets: Question = (scene) => {
  const { dice, wire } = scene;
  const { id, who, producerId, producerEpoch } = scene.asking();
  const group = groupDrawn(scene);
  const version = scene.version(4, [0, 1, 2, 3, 4, 5]);
  const drawn = topicsDrawn(scene, 90);
  const member = version < 3 ? {} : memberDrawn(scene, group);
  const offset = dice.pick([0, 1, 7, 7, -1]);
  const committedLeaderEpoch = dice.pick([-1, 0, 5]);
  const metadata = dice.pick(['', '', 'note', null, 'x'.repeat(4096)]);
  const words = Object.entries(member).map(([name, value]) => `${name} ${value}`);
  const what = `${who}, group ${group}, ${[inWords(drawn), `offset ${offset}`, ...words].join(', ')}`;
  return wire.ask(what, txnOffsetCommitRequest, version, {
    transactionalId: scene.named(id),
    groupId: group === 'no name' ? '' : scene.named(group),
    producerId,
    producerEpoch,
    ...member,
    topics: asked(scene, drawn).map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({
        partitionIndex,
        committedOffset: offset,
        ...(version < 2 ? {} : { committedLeaderEpoch }),
        committedMetadata: metadata,
      })),
    })),
  });
};

/** WriteTxnMarkers from outside, as `kafka-transactions abort` sends them, and of producers that nobody knows. */
export const markers: Question = (scene) => {
  const { dice, wire } = scene;
  const asking = dice.chance(60)
    ? { ...scene.current(dice.pick(ids)), who: 'a current producer' }
    : { producerId: nobody.producerId + dice.below(2), producerEpoch: dice.below(3), who: 'nobody' };
  const back = asking.who === 'nobody' ? 0 : dice.below(3);
  const producerEpoch = Math.max(asking.producerEpoch - back, 0);
  const drawn = topicsDrawn(scene, 85);
  const transactionResult = dice.chance(50);
  const version = dice.pick([1, 2]);
  const transactionVersion = version === 1 ? 0 : dice.below(3);
  const coordinatorEpoch = dice.pick([0, 0, -1]);
  const what = [
    asking.who,
    `${back} epochs back`,
    inWords(drawn),
    transactionResult ? 'commit' : 'abort',
    `transaction version ${transactionVersion}`,
    `coordinator epoch ${coordinatorEpoch}`,
  ].join(', ');
  return wire.ask(what, writeTxnMarkersRequest, version, {
    markers: [
      {
        producerId: asking.producerId,
        producerEpoch,
        transactionResult,
        coordinatorEpoch,
        ...(version === 1 ? {} : { transactionVersion }),
        topics: asked(scene, drawn).map(({ name, partitions }) => ({ name, partitionIndexes: partitions })),
      },
    ],
  });
};

/** Topics and partitions, mostly of those that are there, each once. */
export function topicsDrawn({ dice }: TransactionScene, percentRight: number): Drawn[] {
  const names = dice.chance(75) ? [dice.pick(['a', 'a', 'b'])] : ['a', 'b'];
  if (!dice.chance(percentRight)) names.push(dice.pick(['unknown', '', 'bad name']));
  return names.map((name) => {
    const known = Math.max(partitionsOf(name), 1);
    const partitions = dice.list(1, dice.chance(30) ? 2 : 1, () => dice.below(known));
    if (!dice.chance(percentRight)) partitions.push(dice.pick([9, -1]));
    return { name, partitions: [...new Set(partitions)] };
  });
}

function withInternal({ dice }: TransactionScene, drawn: Drawn[]): Drawn[] {
  if (dice.chance(95)) return drawn;
  return [
    ...drawn,
    { name: dice.pick(['__consumer_offsets', '__transaction_state']), partitions: [dice.below(4)] },
  ];
}

function asked(scene: TransactionScene, drawn: readonly Drawn[]) {
  return drawn.map(({ name, partitions }) => ({
    name: name in topics || name === 'unknown' ? scene.named(name) : name,
    partitions,
  }));
}

function partitionsOf(name: string): number {
  return topics[name as TopicName] ?? 0;
}

/** As a title says it: `a0 a1 b0`. */
export function inWords(drawn: readonly Drawn[]): string {
  return drawn
    .flatMap(({ name, partitions }) => partitions.map((each) => `${name === '' ? "''" : name}${each}`))
    .join(' ');
}

function groupDrawn({ dice }: TransactionScene): string {
  return dice.pick(['simple', 'simple', 'simple', 'classic', 'consumer', dice.pick(['simple', 'no name'])]);
}

function memberDrawn({ dice, members }: TransactionScene, group: string) {
  if (dice.chance(50)) return {};
  const { memberId, generation } = members.find((each) => each.group === group) ?? {
    memberId: 'nobody',
    generation: 1,
  };
  return {
    memberId: dice.pick([memberId, memberId, memberId, 'nobody', '']),
    generationId: generation + dice.pick([0, 0, 0, 1, -1, -2]),
    ...(dice.chance(15) ? { groupInstanceId: 'instance' } : {}),
  };
}

function part(
  scene: TransactionScene,
  asking: Asking,
  topic: string,
  index: number,
  isTransactional: boolean,
) {
  const { dice, firstTimestamp } = scene;
  const { next, taken } = scene.sequence(asking, topic, index);
  const baseSequence = dice.chance(85) ? next : Math.max(0, next + dice.pick([1, -1, 5, -2, -next]));
  const count = 1 + dice.below(2);
  const values = Array.from({ length: count }, () => `r${scene.records++}`);
  const { producerId, producerEpoch } = asking;
  const fields = { producerId, producerEpoch, baseSequence, isTransactional };
  const records = batchOf(values, fields, firstTimestamp + scene.records * 1000);
  return { index, count, baseSequence, records, taken };
}

/** Whether a partition's batch was appended: the order in an answer is the broker's own. */
function isTaken(answer: Answer, names: readonly string[], index: number): boolean {
  const topic = [0, 1, 2]
    .map((i) => `responses.${i}`)
    .find((path) =>
      names.some((name) => [answer.text(`${path}.name`), answer.text(`${path}.topicId`)].includes(name)),
    );
  const partition = [0, 1, 2]
    .map((i) => `${topic}.partitionResponses.${i}`)
    .find((path) => answer.number(`${path}.index`) === index);
  return partition !== undefined && answer.number(`${partition}.errorCode`) === ErrorCode.NONE;
}
