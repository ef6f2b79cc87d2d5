import { expect, test } from 'vitest';
import { emptyConsumerGroup } from '../../../../broker/groups/consumer/consumer-group.ts';
import {
  type ConsumerGroupRecord,
  consumerGroupTombstones,
  currentMemberRecord,
  groupEpochRecord,
  memberRecord,
  memberTombstones,
  regexRecord,
  regexTombstone,
  targetEpochRecord,
  targetMemberRecord,
} from '../../../../broker/groups/consumer/consumer-group-record.ts';
import {
  type ConsumerMember,
  newConsumerMember,
} from '../../../../broker/groups/consumer/consumer-member.ts';
import { decodeGroupRecord, encodeGroupRecord } from '../../../../broker/groups/coordinator-record.ts';
import { GroupCoordinator } from '../../../../broker/groups/group-coordinator.ts';
import { consumerWorld, topicId } from '../group-fixture.ts';

const id = topicId('orders');

const member: ConsumerMember = {
  ...newConsumerMember('m'),
  instanceId: 'i',
  rackId: 'r',
  clientId: 'c',
  clientHost: '/h',
  rebalanceTimeoutMs: 60_000,
  subscribedTopicNames: new Set(['orders', 'a']),
  serverAssignor: 'range',
  memberEpoch: 3,
  previousMemberEpoch: 2,
  state: 1,
  assigned: new Map([
    [
      id,
      new Map([
        [1, 3],
        [0, 1],
      ]),
    ],
  ]),
  pendingRevocation: new Map([[id, new Map([[2, 1]])]]),
};
const classicMember: ConsumerMember = {
  ...newConsumerMember('m'),
  clientId: 'c',
  clientHost: '/h',
  rebalanceTimeoutMs: 60_000,
  subscribedTopicNames: new Set(['orders']),
  classic: {
    sessionTimeoutMs: 45_000,
    supportedProtocols: [{ name: 'range', metadata: Buffer.from([1, 2]) }],
  },
};
const tombstones = new Map(memberTombstones('g', 'm').map((record) => [record.kind, record]));
const groupTombstones = consumerGroupTombstones(emptyConsumerGroup('g'));

/** Key and value as Kafka 4.3.1 itself serializes them. */
test.each<[string, ConsumerGroupRecord | undefined, string, string | null]>([
  [
    'a member',
    memberRecord('g', member),
    '000500016700016d',
    '0000026902720263032f68030261076f7264657273010000ea600672616e676501000100',
  ],
  [
    'a member of the classic protocol',
    memberRecord('g', classicMember),
    '000500016700016d',
    '000000000263032f6802076f7264657273010000ea6000010011010000afc8020672616e67650301020000',
  ],
  [
    'a group epoch',
    groupEpochRecord('g', 5, -8232781605599090867n),
    '0003000167',
    '0000000000050100088dbf48bfb4e5674d',
  ],
  ['a group epoch without topics', groupEpochRecord('g', 5, 0n), '0003000167', '00000000000500'],
  [
    'a target assignment',
    targetEpochRecord('g', 5, 1_234_567_890_123),
    '0006000167',
    '0000000000050100080000011f71fb04cb',
  ],
  [
    'what a member should own',
    targetMemberRecord('g', 'm', new Map([[id, new Set([1, 0])]])),
    '000700016700016d',
    '0000026f72646572732e2e2e2e2e2e2e2e2e2e0300000000000000010000',
  ],
  [
    'what a member owns and gives up',
    currentMemberRecord('g', member),
    '000800016700016d',
    '0000000000030000000201026f72646572732e2e2e2e2e2e2e2e2e2e03000000000000000101000903000000010000000302' +
      '6f72646572732e2e2e2e2e2e2e2e2e2e0200000002010005020000000100',
  ],
  [
    'a pattern',
    regexRecord('g', 'o.*', { topics: new Set(['orders']), version: 7, timestamp: 9 }),
    '001000016700036f2e2a',
    '000002076f72646572730000000000000007000000000000000900',
  ],
  ['the end of a member', tombstones.get('consumer-member'), '000500016700016d', null],
  ['the end of its target', tombstones.get('consumer-target-member'), '000700016700016d', null],
  ['the end of what it owns', tombstones.get('consumer-current-member'), '000800016700016d', null],
  ['the end of a pattern', regexTombstone('g', 'o.*'), '001000016700036f2e2a', null],
  ['the end of a target assignment', groupTombstones[0], '0006000167', null],
  ['the end of the subscription metadata of older brokers', groupTombstones[1], '0004000167', null],
  ['the end of a group', groupTombstones[2], '0003000167', null],
])('%s is recorded as Kafka does it, and read back', (_what, record, key, value) => {
  if (record === undefined) throw new Error('no record');
  const bytes = encodeGroupRecord(record);
  expect(bytes.key.toString('hex')).toBe(key);
  expect(bytes.value?.toString('hex') ?? null).toBe(value);
  expect(decodeGroupRecord(bytes.key, bytes.value)).toEqual(record);
});

test('records of an older broker, without assignment epochs, take the member epoch for them', () => {
  const coordinator = new GroupCoordinator(consumerWorld(classicConfig));
  coordinator.replay(memberRecord('g', member));
  const record = currentMemberRecord('g', member);
  if (record.kind !== 'consumer-current-member' || record.value === null) throw new Error('no value');
  const old = record.value.assignedPartitions.map((each) => ({ ...each, assignmentEpochs: null }));
  coordinator.replay({ ...record, value: { ...record.value, assignedPartitions: old } });
  const group = coordinator.groups.get('g');
  expect(group?.type === 'consumer' ? group.members.get('m')?.assigned : undefined).toEqual(
    new Map([
      [
        id,
        new Map([
          [0, 3],
          [1, 3],
        ]),
      ],
    ]),
  );
});

const classicConfig = { initialRebalanceDelayMs: 0, groupMaxSize: 10, newMemberJoinTimeoutMs: 300_000 };

test('a compacted log, with any of its tombstones left out or alone, is replayed without harm', () => {
  const all: readonly ConsumerGroupRecord[] = [
    memberRecord('g', member),
    groupEpochRecord('g', 5, 1n),
    targetMemberRecord('g', 'm', new Map([[id, new Set([0])]])),
    targetEpochRecord('g', 5, 1),
    currentMemberRecord('g', member),
    ...memberTombstones('g', 'm'),
    regexTombstone('g', 'x'),
    ...groupTombstones,
  ];
  for (let left = 0; left < all.length; left += 1) {
    const coordinator = new GroupCoordinator(consumerWorld(classicConfig));
    for (const [index, record] of all.entries()) if (index !== left) coordinator.replay(record);
    const isKept = left === all.length - 1;
    expect([...coordinator.groups.keys()]).toEqual(isKept ? ['g'] : []);
    coordinator.loaded(1);
    const alone = new GroupCoordinator(consumerWorld(classicConfig));
    const [record] = all.slice(left);
    if (record !== undefined) alone.replay(record);
    expect(alone.groups.size).toBe(record?.value === null ? 0 : 1);
    alone.loaded(1);
  }
});

test('a group that was simple before it had members of the consumer protocol is one of them', () => {
  const coordinator = new GroupCoordinator(consumerWorld(classicConfig));
  const value = {
    offset: 1,
    leaderEpoch: -1,
    metadata: '',
    commitTimestamp: 1,
    expireTimestamp: -1,
    topicId: id,
  };
  coordinator.replay({ kind: 'offset-commit', group: 'g', topic: 'orders', partition: 0, value });
  coordinator.replay(memberRecord('g', member));
  expect(coordinator.groups.get('g')?.type).toBe('consumer');
  expect(coordinator.offsets.get('g', 'orders', 0)?.offset).toBe(1);
});
