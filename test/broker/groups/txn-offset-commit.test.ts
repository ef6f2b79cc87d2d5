import { expect, test } from 'vitest';
import { CoordinatorLogError } from '../../../broker/coordinator/errors.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { context, Groups, txnCommitDefaults } from './group-fixture.ts';

const [txnTopic] = txnCommitDefaults.topics;
const position = { partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: '' };
const tooLong = {
  name: 'orders',
  partitions: [
    { partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: 'x'.repeat(4097) },
  ],
};

test('an offset of a transaction is visible only after its commit', async () => {
  const groups = await Groups.start();
  await groups.commit();
  expect(await groups.txnCommit()).toBe(ErrorCode.NONE);
  expect(await groups.offset()).toBe(42);
  expect(await groups.endTxn('commit')).toBe(ErrorCode.NONE);
  expect(await groups.offset()).toBe(43);
});

test('an aborted transaction leaves the offset that was there', async () => {
  const groups = await Groups.start();
  await groups.commit();
  await groups.txnCommit();
  await groups.endTxn('abort');
  expect(await groups.offset()).toBe(42);
  await groups.endTxn('commit'); // Too late.
  expect(await groups.offset()).toBe(42);
});

test('who wants stable offsets has to wait for the end of the transaction', async () => {
  const groups = await Groups.start();
  await groups.commit();
  await groups.txnCommit();
  expect(await groups.stableOffset()).toEqual([ErrorCode.UNSTABLE_OFFSET_COMMIT, -1]);
  await groups.endTxn('commit');
  expect(await groups.stableOffset()).toEqual([ErrorCode.NONE, 43]);
});

test('of all partitions of a group, those of open transactions are unstable', async () => {
  const groups = await Groups.start();
  await groups.commit();
  await groups.txnCommit();
  const request = { groupId: 'g', topics: null, groups: [], requireStable: true };
  const response = await groups.service.offsetFetch(request, context(7));
  expect(response.topics[0]?.partitions[0]?.errorCode).toBe(ErrorCode.UNSTABLE_OFFSET_COMMIT);
});

test('transactions of two producers end by themselves', async () => {
  const groups = await Groups.start();
  await groups.txnCommit();
  await groups.txnCommit({ producerId: 8, groupId: 'h' });
  await groups.endTxn('commit', 8);
  expect(await groups.offset('h')).toBe(43);
  expect(await groups.offset('g')).toBe(-1);
  expect(await groups.stableOffset()).toEqual([ErrorCode.UNSTABLE_OFFSET_COMMIT, -1]);
});

test('a commit after that of the transaction wins, whenever the transaction ends', async () => {
  const groups = await Groups.start();
  await groups.txnCommit();
  await groups.commit();
  await groups.endTxn('commit');
  expect(await groups.offset()).toBe(42);
});

test('a restart finds what is pending, committed and dropped', async () => {
  const groups = await Groups.start();
  await groups.commit();
  await groups.txnCommit();
  const pending = await groups.restart();
  expect(await pending.offset()).toBe(42);
  expect(await pending.stableOffset()).toEqual([ErrorCode.UNSTABLE_OFFSET_COMMIT, -1]);
  await pending.endTxn('commit');
  const committed = await pending.restart();
  expect(await committed.stableOffset()).toEqual([ErrorCode.NONE, 43]);
  await committed.txnCommit({ producerId: 9 });
  await committed.endTxn('abort', 9);
  expect(await (await committed.restart()).stableOffset()).toEqual([ErrorCode.NONE, 43]);
});

test('the transaction coordinator is asked first, and its error is the answer', async () => {
  const groups = await Groups.start();
  groups.transactions.errorCode = ErrorCode.PRODUCER_FENCED;
  expect(await groups.txnCommit()).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  expect(groups.log.records()).toEqual([]);
  expect(groups.transactions.asked).toEqual([
    { transactionalId: 'txn', producerId: 7, producerEpoch: 0, mode: 'add' },
  ]);
});

test('before version 5 the producer has added the group to its transaction itself', async () => {
  const groups = await Groups.start();
  await groups.txnCommit({}, 4);
  expect(groups.transactions.asked.map(({ mode }) => mode)).toEqual(['verify']);
});

test('clients that do not know of TRANSACTION_ABORTABLE are told what they know', async () => {
  const groups = await Groups.start();
  groups.transactions.errorCode = ErrorCode.TRANSACTION_ABORTABLE;
  expect(await groups.txnCommit({}, 4)).toBe(ErrorCode.TRANSACTION_ABORTABLE);
  expect(await groups.txnCommit({}, 3)).toBe(ErrorCode.INVALID_TXN_STATE);
});

test('a transaction is not begun for topics that do not exist', async () => {
  const groups = await Groups.start();
  expect(await groups.txnCommit({ topics: [{ name: 'gone', partitions: [{ ...position }] }] })).toBe(
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  );
  expect(groups.transactions.asked).toEqual([]);
});

test('a log that refuses the transaction refuses the commit', async () => {
  const groups = await Groups.start();
  groups.log.refusal = new CoordinatorLogError(ErrorCode.INVALID_TXN_STATE, 'No such transaction.');
  expect(await groups.txnCommit()).toBe(ErrorCode.INVALID_TXN_STATE);
  groups.log.refusal = undefined;
  expect(await groups.stableOffset()).toEqual([ErrorCode.NONE, -1]);
});

test('a marker that the log refuses changes nothing', async () => {
  const groups = await Groups.start();
  await groups.txnCommit();
  groups.log.refusal = new CoordinatorLogError(ErrorCode.INVALID_PRODUCER_EPOCH, 'Too old.');
  expect(await groups.endTxn('commit')).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  groups.log.refusal = undefined;
  expect(await groups.stableOffset()).toEqual([ErrorCode.UNSTABLE_OFFSET_COMMIT, -1]);
});

test('the ids of a member are checked when they are given', async () => {
  const groups = await Groups.start();
  const { leader, generationId } = await groups.stable(1);
  expect(await groups.txnCommit({ memberId: 'stranger', generationId })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect(await groups.txnCommit({ memberId: leader, generationId: generationId - 1 })).toBe(
    ErrorCode.ILLEGAL_GENERATION,
  );
  expect(await groups.txnCommit({ memberId: leader, generationId })).toBe(ErrorCode.NONE);
  expect(await groups.txnCommit({}, 2)).toBe(ErrorCode.NONE);
});

test('a group that does not exist is made for a producer without generation only', async () => {
  const groups = await Groups.start();
  expect(await groups.txnCommit({ generationId: 3, memberId: 'm' })).toBe(ErrorCode.ILLEGAL_GENERATION);
  expect(await groups.txnCommit({ groupId: '' })).toBe(ErrorCode.INVALID_GROUP_ID);
  expect(await groups.txnCommit()).toBe(ErrorCode.NONE);
  expect(await groups.state()).toBe('Empty');
});

test('topics that do not exist and metadata that is too long fail by themselves', async () => {
  const groups = await Groups.start();
  const gone = { ...tooLong, name: 'gone' };
  const topics = [gone, tooLong, ...(txnTopic === undefined ? [] : [txnTopic])];
  const response = await groups.service.txnOffsetCommit({ ...txnCommitDefaults, topics }, context(5));
  const told = response.topics.map(({ name, partitions }) => [
    name,
    partitions.map((each) => each.errorCode),
  ]);
  expect(told).toEqual([
    ['gone', [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]],
    ['orders', [ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.NONE]],
  ]);
});

test('that a topic does not exist is told before the group is asked', async () => {
  const groups = await Groups.start();
  const topics = [{ ...tooLong, name: 'gone' }];
  expect(await groups.txnCommit({ groupId: '', topics })).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('topics that do not exist fail by themselves also when the transaction coordinator refuses the rest', async () => {
  const groups = await Groups.start();
  groups.transactions.errorCode = ErrorCode.PRODUCER_FENCED;
  const topics = [{ name: 'gone', partitions: [position] }, ...(txnTopic === undefined ? [] : [txnTopic])];
  const response = await groups.service.txnOffsetCommit({ ...txnCommitDefaults, topics }, context(5));
  expect(response.topics.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.INVALID_PRODUCER_EPOCH,
  ]);
});

test('what a transaction may still change does not expire', async () => {
  const groups = await Groups.start({ offsetsRetentionMinutes: 1 });
  await groups.commit();
  await groups.txnCommit();
  groups.clock.advance(120_000);
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(42);
  await groups.endTxn('abort');
  groups.service.expireOffsets();
  expect([await groups.offset(), await groups.state()]).toEqual([-1, 'Dead']);
});

test('a deleted group takes its pending offsets along', async () => {
  const groups = await Groups.start();
  await groups.txnCommit();
  await groups.service.deleteGroups({ groupsNames: ['g'] });
  await groups.endTxn('commit');
  expect(await groups.offset()).toBe(-1);
  expect(await (await groups.restart()).offset()).toBe(-1);
});

test('a deleted topic takes its pending offsets along', async () => {
  const groups = await Groups.start();
  await groups.txnCommit();
  groups.service.onTopicDeleted('orders');
  await groups.endTxn('commit');
  expect(await groups.offset()).toBe(-1);
  expect(await (await groups.restart()).offset()).toBe(-1);
});

test('OffsetDelete removes a pending offset as well', async () => {
  const groups = await Groups.start();
  await groups.txnCommit();
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }];
  await groups.service.offsetDelete({ groupId: 'g', topics });
  await groups.endTxn('commit');
  expect(await groups.offset()).toBe(-1);
});

test('a partition that is being loaded sends the marker away', async () => {
  const groups = await Groups.start();
  groups.service.unload(0);
  expect(await groups.endTxn('commit')).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  expect(await groups.txnCommit()).toBe(ErrorCode.NOT_COORDINATOR);
});
