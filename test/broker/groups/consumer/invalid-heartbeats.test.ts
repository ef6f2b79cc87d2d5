import { expect, test } from 'vitest';
import type { ConsumerGroupHeartbeatRequest } from '../../../../kafka/protocol/index.ts';
import { ErrorCode } from '../../../../kafka/protocol/index.ts';
import { Groups } from '../group-fixture.ts';
import { ConsumerClient, describe } from './consumer-fixture.ts';

const INVALID = ErrorCode.INVALID_REQUEST;
const joining = { memberEpoch: 0, rebalanceTimeoutMs: 1, subscribedTopicNames: [], topicPartitions: [] };

type Row = [Partial<ConsumerGroupHeartbeatRequest>, number, number, string];

test.each<Row>([
  [{ ...joining, memberId: '' }, 1, INVALID, "MemberId can't be empty."],
  [{ memberEpoch: 1, memberId: '' }, 0, INVALID, "MemberId can't be empty."],
  [{ memberEpoch: -1, memberId: '' }, 0, INVALID, "MemberId can't be empty."],
  [{ ...joining, groupId: '' }, 1, INVALID, "GroupId can't be empty."],
  [{ ...joining, groupId: '  ' }, 1, INVALID, "GroupId can't be empty."],
  [{ ...joining, instanceId: '' }, 1, INVALID, "InstanceId can't be empty."],
  [{ ...joining, rackId: '' }, 1, INVALID, "RackId can't be empty."],
  [
    { ...joining, rebalanceTimeoutMs: -1 },
    1,
    INVALID,
    'RebalanceTimeoutMs must be provided in first request.',
  ],
  [{ ...joining, topicPartitions: null }, 1, INVALID, 'TopicPartitions must be empty when (re-)joining.'],
  [
    { ...joining, topicPartitions: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partitions: [0] }] },
    1,
    INVALID,
    'TopicPartitions must be empty when (re-)joining.',
  ],
  [
    { ...joining, subscribedTopicNames: null },
    1,
    INVALID,
    'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
  ],
  [{ memberEpoch: -2 }, 1, INVALID, "InstanceId can't be null."],
  [{ memberEpoch: -3 }, 1, INVALID, 'MemberEpoch is invalid.'],
  [
    { ...joining, serverAssignor: 'sticky' },
    1,
    ErrorCode.UNSUPPORTED_ASSIGNOR,
    'ServerAssignor sticky is not supported. Supported assignors: uniform, range.',
  ],
  [{ memberEpoch: 1 }, 1, ErrorCode.GROUP_ID_NOT_FOUND, 'Consumer group g not found.'],
  [{ memberEpoch: -1 }, 1, ErrorCode.GROUP_ID_NOT_FOUND, 'Group g not found.'],
  [{ memberEpoch: -2, instanceId: 'i' }, 1, ErrorCode.GROUP_ID_NOT_FOUND, 'Group g not found.'],
  [
    { ...joining, subscribedTopicNames: null, subscribedTopicRegex: '[' },
    1,
    ErrorCode.INVALID_REGULAR_EXPRESSION,
    'SubscribedTopicRegex `[` is not a valid regular expression: missing closing ].',
  ],
])('%j in version %i is refused with error %i: %s', async (fields, apiVersion, errorCode, errorMessage) => {
  const groups = await Groups.start();
  const response = await new ConsumerClient(groups, 'a').send(fields, apiVersion);
  expect(response).toEqual({
    throttleTimeMs: 0,
    errorCode,
    errorMessage,
    memberId: null,
    memberEpoch: 0,
    heartbeatIntervalMs: 0,
    assignment: null,
  });
  expect(groups.log.records()).toEqual([]);
});

test.each<[string, Partial<ConsumerGroupHeartbeatRequest>, number, string]>([
  ['a stranger', { memberId: 'x', memberEpoch: 1 }, 25, 'Member x is not a member of group g.'],
  ['a leaving stranger', { memberId: 'x', memberEpoch: -1 }, 25, 'Member x is not a member of group g.'],
  ['an unknown instance', { memberEpoch: 1, instanceId: 'y' }, 25, 'Instance id y is unknown.'],
  ['a leaving unknown instance', { memberEpoch: -1, instanceId: 'y' }, 25, 'Instance id y is unknown.'],
  [
    'an instance under another id',
    { memberId: 'x', memberEpoch: 1, instanceId: 'i' },
    82,
    'Static member x with instance id i was fenced by member s.',
  ],
  [
    'an instance that leaves under another id',
    { memberId: 'x', memberEpoch: -2, instanceId: 'i' },
    82,
    'Static member x with instance id i was fenced by member s.',
  ],
  [
    'an instance that is taken',
    { ...joining, memberId: 'x', instanceId: 'i' },
    111,
    'Static member x with instance id i cannot join the group because the instance id is owned by s member.',
  ],
])('%s is refused', async (_who, fields, errorCode, errorMessage) => {
  const groups = await Groups.start();
  await new ConsumerClient(groups, 'a').join();
  await new ConsumerClient(groups, 's', { instanceId: 'i', subscribedTopicNames: ['orders'] }).join();
  const before = await describe(groups);
  const response = await new ConsumerClient(groups, 'a').send(fields);
  expect(response).toMatchObject({ errorCode, errorMessage, memberId: null });
  expect(await describe(groups)).toEqual(before);
});

test('describing a group that is none of the consumer protocol says why', async () => {
  const groups = await Groups.start();
  await groups.enter();
  expect(await describe(groups, 'h')).toMatchObject({
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: 'Group h not found.',
    groupId: 'h',
  });
  expect(await describe(groups, 'g')).toMatchObject({
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: 'Group g is not a consumer group.',
  });
  expect(await describe(groups, '')).toMatchObject({ errorCode: ErrorCode.INVALID_GROUP_ID });
});
