import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionFor } from '../../../broker/coordinator/partition-for.ts';
import { decodeGroupRecord, encodeGroupRecord } from '../../../broker/groups/coordinator-record.ts';
import { GroupCoordinator } from '../../../broker/groups/group-coordinator.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { commitTopic, consumerWorld, Groups, MemoryGroupLog, topicId } from './group-fixture.ts';

const hex = (bytes: Buffer | null | undefined): string | null => bytes?.toString('hex') ?? null;
const text = (value: string): string => Buffer.from(value).toString('hex');
const config = { initialRebalanceDelayMs: 0, groupMaxSize: 10, newMemberJoinTimeoutMs: 300_000 };

/** Time 0x0102 makes timestamps readable in hex. */
const start = () => Groups.start({}, { clock: new ManualClock(0x0102) });

test('a committed offset is written as Kafka 4.3 writes it: key type 1, value version 4 with the topic id', async () => {
  const groups = await start();
  await groups.commit({ topics: [commitTopic('orders', 3, 0x2a, 'note')] });
  const [record] = groups.log.records();
  expect(hex(record?.key)).toBe(`0001${'0001'}${text('g')}${'0006'}${text('orders')}00000003`);
  const id = Buffer.from(topicId('orders'), 'base64url').toString('hex');
  expect(hex(record?.value)).toBe(
    // version, offset, leader epoch, metadata, timestamp, one tagged field: tag 0, 16 bytes
    `0004${'000000000000002a'}${'00000005'}${'05'}${text('note')}${'0000000000000102'}${'01'}${'00'}${'10'}${id}`,
  );
});

test('an offset with a retention time of its own is written in value version 1', async () => {
  const groups = await start();
  await groups.commit({ retentionTimeMs: 0x10, topics: [commitTopic('orders', 0, 0x2a, 'x')] }, 4);
  const [record] = groups.log.records();
  expect(hex(record?.value)).toBe(
    `0001${'000000000000002a'}${'0001'}${text('x')}${'0000000000000102'}${'0000000000000112'}`,
  );
});

test('a deleted offset is a tombstone under the same key', async () => {
  const groups = await start();
  await groups.commit();
  groups.service.onTopicDeleted('orders');
  const [written, removed] = groups.log.records();
  expect(hex(removed?.key)).toBe(hex(written?.key));
  expect(removed?.value).toBeNull();
});

test('a new group is recorded as empty, in value version 3', async () => {
  const groups = await start();
  await groups.join();
  const [record] = groups.log.records();
  expect(hex(record?.key)).toBe(`0002${'0001'}${text('g')}`);
  expect(hex(record?.value)).toBe(
    // version, protocol type, generation, no protocol, no leader, timestamp, no members
    `0003${'0000'}${'00000000'}${'ffff'}${'ffff'}${'0000000000000102'}${'00000000'}`,
  );
});

test('a generation is recorded with its members once the leader has assigned', async () => {
  const groups = await start();
  const protocols = [{ name: 'range', metadata: Buffer.from('sub') }];
  const joining = await groups.join({ groupInstanceId: 'i', protocols });
  await groups.pass(3_000);
  expect(groups.log.records()).toHaveLength(1);
  const { memberId } = joining.response;
  await groups.sync({
    memberId,
    groupInstanceId: 'i',
    assignments: [{ memberId, assignment: Buffer.from('as') }],
  });
  const id = `0026${text(memberId)}`;
  expect(hex(groups.log.records()[1]?.value)).toBe(
    [
      `0003${'0008'}${text('consumer')}${'00000001'}${'0005'}${text('range')}${id}${'0000000000000cba'}`,
      // one member: id, instance id, client id, host, rebalance and session timeout, subscription, assignment
      `00000001${id}${'0001'}${text('i')}${'0006'}${text('client')}${'000a'}${text('/127.0.0.1')}`,
      `0000ea60${'00002710'}${'00000003'}${text('sub')}${'00000002'}${text('as')}`,
    ].join(''),
  );
});

test('a group that became empty is recorded with its type and next generation', async () => {
  const groups = await start();
  await groups.stable(1);
  await groups.pass(10_000);
  const record = groups.log.records().at(-1);
  expect(hex(record?.value)).toMatch(
    new RegExp(`^0003${'0008'}${text('consumer')}${'00000002'}ffffffff[0-9a-f]{16}00000000$`),
  );
});

test('what is written is read back as it was', () => {
  const value = fc.record({
    offset: fc.maxSafeNat(),
    leaderEpoch: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    metadata: fc.string(),
    commitTimestamp: fc.maxSafeNat(),
    expireTimestamp: fc.constant(-1),
    topicId: fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((id) => Buffer.from(id).toString('base64url')),
  });
  const record = fc.record({
    kind: fc.constant('offset-commit' as const),
    group: fc.string(),
    topic: fc.string(),
    partition: fc.nat(),
    value: fc.option(value),
  });
  fc.assert(
    fc.property(record, (written) => {
      const stored = encodeGroupRecord(written);
      expect(decodeGroupRecord(stored.key, stored.value)).toEqual(written);
    }),
  );
});

test('reading never throws, whatever the bytes, and replay takes everything', () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  const typed = fc.tuple(fc.integer({ min: 0, max: 25 }), bytes).map(([type, rest]) => {
    return Buffer.concat([Buffer.from([0, type]), rest]);
  });
  const coordinator = new GroupCoordinator(consumerWorld(config));
  fc.assert(
    fc.property(
      fc.oneof(bytes, typed, fc.constant(null)),
      fc.oneof(bytes, typed, fc.constant(null)),
      (key, value) => {
        coordinator.replay(decodeGroupRecord(key, value));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a record cut off at any byte is ignored', async () => {
  const groups = await start();
  await groups.stable(1);
  await groups.commit({ groupId: 'other' });
  for (const { key, value } of groups.log.records()) {
    for (let end = 0; value !== null && end < value.length; end += 1) {
      expect(decodeGroupRecord(key, value.subarray(0, end)).kind).toBe('ignored');
    }
    for (let end = 0; end < key.length; end += 1) {
      expect(decodeGroupRecord(key.subarray(0, end), value).kind).toBe('ignored');
    }
  }
});

test('a value of an unknown version is ignored, the record before it stays in force', async () => {
  const groups = await start();
  await groups.commit();
  const [record] = groups.log.records();
  const future = Buffer.concat([Buffer.from([0, 99]), Buffer.from('future')]);
  groups.log.records().push({ key: record?.key ?? Buffer.alloc(0), value: future });
  expect(await (await groups.restart()).offset()).toBe(42);
});

test('offsets in the oldest format, key type 0, are read', async () => {
  const log = new MemoryGroupLog();
  const key = Buffer.from(`0000${'0001'}${text('g')}${'0006'}${text('orders')}00000000`, 'hex');
  const value = Buffer.from(`0000${'0000000000000007'}${'0000'}${'0000000000000001'}`, 'hex');
  log.records().push({ key, value });
  const groups = await Groups.start({}, { log });
  expect(await groups.offset()).toBe(7);
});

const groupKey = (type: number, group: string) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt16BE(type, 0);
  bytes.writeInt16BE(group.length, 2);
  return Buffer.concat([bytes, Buffer.from(group)]);
};

test.each([
  [11, 'share'],
  [17, 'streams'],
])('a group of record type %i (%s) is neither joined, committed to, deleted nor expired', async (type) => {
  const log = new MemoryGroupLog();
  log.records().push({ key: groupKey(type, 'g'), value: Buffer.from([0, 0, 0, 0, 0, 1, 0]) });
  const offset = encodeGroupRecord({
    kind: 'offset-commit',
    group: 'g',
    topic: 'orders',
    partition: 0,
    value: {
      offset: 9,
      leaderEpoch: -1,
      metadata: '',
      commitTimestamp: 1,
      expireTimestamp: -1,
      topicId: topicId('orders'),
    },
  });
  log.records().push(offset);
  const groups = await Groups.start({}, { log });
  expect((await groups.join()).response.errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  expect(await groups.commit()).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  const { results } = await groups.service.deleteGroups({ groupsNames: ['g'] });
  expect(results[0]?.errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(9);
  expect(log.records()).toHaveLength(2);
});

test('the name of a group of another protocol is free again after its tombstone', async () => {
  const log = new MemoryGroupLog();
  log.records().push({ key: groupKey(11, 'g'), value: Buffer.from([0, 0, 0, 0, 0, 1, 0]) });
  log.records().push({ key: groupKey(11, 'g'), value: null });
  const groups = await Groups.start({}, { log });
  expect((await groups.join()).response.errorCode).toBe(ErrorCode.MEMBER_ID_REQUIRED);
});

test.each([
  // Values of Java's Utils.abs(key.hashCode()) % 50.
  ['', 0],
  ['g', 3],
  ['test-group', 12],
  ['console-consumer-12345', 6],
  ['grupa-żółta', 4],
  ['😀', 49],
])('the group %j lives in partition %i of 50', (groupId, partition) => {
  expect(partitionFor(groupId, 50)).toBe(partition);
});

test('a name whose hash is the smallest int lives in partition 0', () => {
  // "polygenelubricants".hashCode() is Integer.MIN_VALUE, whose absolute value no int can hold.
  expect(partitionFor('polygenelubricants', 7)).toBe(0);
});
