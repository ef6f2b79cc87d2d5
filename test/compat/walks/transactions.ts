import {
  addPartitionsToTxnRequest,
  describeTransactionsRequest,
  endTxnRequest,
  produceRequest,
} from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import { batchOf } from '../wire/batches.ts';
import * as looks from './transaction-looks.ts';
import * as questions from './transaction-questions.ts';
import { ids, type Producer, TransactionScene } from './transaction-scene.ts';
import type { Walk } from './walk.ts';

/** Transactions of all protocol generations, mixed: producers that write, end, fence each other, and what readers see. */
export const transactionsWalk: Walk = {
  name: 'transactions',
  about: 'transactions: producers, offsets of groups, markers, what readers and admin tools see',
  count: 6,
  steps: 120,
  async take(wire, dice, prefix) {
    const scene = await TransactionScene.set(wire, dice, prefix);
    const level = dice.pick([2, 2, 2, 1, 0]);
    if (level < 2) await scene.setVersion(level);
    for (let step = 0; step < transactionsWalk.steps; step++) await drawn(dice)(scene);
    if (level < 2) await scene.setVersion(2);
  },
};

type Question = (scene: TransactionScene) => Promise<unknown>;

/** How often of a hundred each is asked, about. */
const weights: readonly (readonly [Question, number])[] = [
  [questions.produce, 24],
  [questions.end, 14],
  [questions.addPartitions, 8],
  [questions.verifyPartitions, 6],
  [questions.commitOffsets, 7],
  [questions.addOffsets, 4],
  [questions.init, 5],
  [questions.markers, 2],
  [endAtOnce, 4],
  [looks.fetch, 9],
  [looks.listOffsets, 4],
  [looks.describeProducers, 4],
  [looks.describeTransactions, 4],
  [looks.listTransactions, 3],
  [looks.fetchOffsets, 4],
  [looks.commitPlainly, 1],
  [looks.deleteGroup, 1],
  [looks.deleteOffsets, 1],
  [looks.deleteRecords, 2],
  [recreateTopic, 1],
  [timeOut, 1],
];

function drawn(dice: Dice): Question {
  let left = dice.below(weights.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [question, weight] of weights) {
    if (left < weight) return question;
    left -= weight;
  }
  return questions.produce;
}

/** A topic is deleted, with what open transactions wrote to it, and made again. */
async function recreateTopic(scene: TransactionScene): Promise<void> {
  const name = scene.dice.pick(['a', 'b'] as const);
  await scene.deleteTopic(name);
  if (scene.dice.chance(50)) await questions.end(scene);
  await scene.createTopic(name);
}

/** A transaction ends, and what comes next does not wait for its markers. */
async function endAtOnce(scene: TransactionScene): Promise<void> {
  const { dice, wire } = scene;
  if (!scene.isSecond) return;
  const id = dice.pick(ids);
  const transactionalId = scene.named(id);
  const before = scene.current(id);
  const name = scene.named('a');
  const produce = (what: string, producer: Producer) => {
    const sequence = scene.sequence(producer, 'a', 0);
    const fields = { ...producer, baseSequence: sequence.next, isTransactional: true };
    sequence.taken(1);
    const records = batchOf([`r${scene.records++}`], fields, scene.firstTimestamp + scene.records * 1000);
    const topicData = [{ name, partitionData: [{ index: 0, records }] }];
    const body = { transactionalId, acks: -1, timeoutMs: 5000, topicData };
    const path = 'responses.0.partitionResponses.0.errorCode';
    return wire.askUntilReady(`${id}, ${what}`, produceRequest, 12, body, path);
  };
  const end = async (what: string, producer: Producer, committed: boolean) => {
    const body = { transactionalId, ...producer, committed };
    const answer = await wire.askUntilReady(`${id}, ${what}`, endTxnRequest, 5, body, 'errorCode');
    scene.give(id, answer);
  };
  const committed = dice.chance(50);
  await produce('a record before the end', before);
  await end(committed ? 'a commit' : 'an abort', before, committed);
  const after = scene.current(id);
  const next = dice.below(5);
  if (next === 0) await end('the same again', before, committed);
  else if (next === 1) await end('the opposite', before, !committed);
  else if (next === 2) await produce('a record at once', after);
  else if (next === 3)
    await wire.askUntilReady(
      `${id}, a partition at once`,
      addPartitionsToTxnRequest,
      3,
      {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: after.producerId,
        v3AndBelowProducerEpoch: after.producerEpoch,
        v3AndBelowTopics: [{ name, partitions: [1] }],
      },
      'resultsByTopicV3AndBelow.0.resultsByPartition.0.partitionErrorCode',
    );
  else {
    const body = { transactionalId, transactionTimeoutMs: 60_000, ...dice.pick([before, after, {}]) };
    await scene.init(`${id}, at once`, 5, id, body);
  }
  await scene.ended(id);
}

/** A transaction that its producer leaves open for too long; then that producer asks again. */
async function timeOut(scene: TransactionScene): Promise<void> {
  const { dice, wire } = scene;
  const [id, transactionalId] = ['late', scene.named('late')];
  await scene.init('late, a short time', dice.pick([3, 5]), id, {
    transactionalId,
    transactionTimeoutMs: 500,
  });
  const producer = scene.current(id);
  const isImplicit = scene.isSecond && dice.chance(60);
  if (!isImplicit)
    await wire.ask('late, a partition', addPartitionsToTxnRequest, 3, {
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: producer.producerId,
      v3AndBelowProducerEpoch: producer.producerEpoch,
      v3AndBelowTopics: [{ name: scene.named('a'), partitions: [0] }],
    });
  const produce = async (what: string, version: number, baseSequence: number) => {
    const records = batchOf(
      [`late${scene.records++}`],
      { ...producer, baseSequence, isTransactional: true },
      scene.firstTimestamp + scene.records * 1000,
    );
    await wire.ask(what, produceRequest, version, {
      transactionalId,
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name: scene.named('a'), partitionData: [{ index: 0, records }] }],
    });
  };
  await produce('late, in time', isImplicit ? 12 : 11, 0);
  await scene.ended(id, ['Ongoing', 'PrepareAbort', 'PrepareEpochFence']);
  await wire.ask('late', describeTransactionsRequest, 0, { transactionalIds: [transactionalId] });
  const committed = dice.chance(50);
  const body = { transactionalId, ...producer, committed };
  await wire.ask(
    `late, too late, ${committed ? 'commit' : 'abort'}`,
    endTxnRequest,
    dice.pick([2, 4, 5]),
    body,
  );
  await produce('late, too late', scene.version(11, [11, 12]), 1);
  const again = { transactionalId, transactionTimeoutMs: 60_000 };
  await scene.init('late, again', 5, id, dice.chance(50) ? { ...again, ...producer } : again);
}
