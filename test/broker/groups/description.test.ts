import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { context, Groups, protocol } from './group-fixture.ts';

const describeOf = async (groups: Groups, apiVersion: number, groupId = 'g') => {
  const request = { groups: [groupId], includeAuthorizedOperations: false };
  return (await groups.service.describeGroups(request, context(apiVersion))).groups[0];
};

test('a stable group is described with metadata and assignments', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  expect(await describeOf(groups, 5)).toEqual({
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    groupId: 'g',
    groupState: 'Stable',
    protocolType: 'consumer',
    protocolData: 'range',
    members: [
      {
        memberId: leader,
        groupInstanceId: null,
        clientId: 'client',
        clientHost: '/127.0.0.1',
        memberMetadata: protocol('range').metadata,
        memberAssignment: Buffer.from(leader),
      },
    ],
    authorizedOperations: -2_147_483_648,
  });
});

test('in every other state metadata and the protocol are left out, assignments are those of before', async () => {
  const groups = await Groups.start();
  await groups.stable(1);
  await groups.enter();
  const described = await describeOf(groups, 5);
  expect(described).toMatchObject({ groupState: 'PreparingRebalance', protocolData: '' });
  expect(described?.members).toHaveLength(2);
  const lengths = described?.members.map(({ memberMetadata, memberAssignment }) => [
    memberMetadata.length,
    memberAssignment.length > 0,
  ]);
  expect(lengths).toEqual([
    [0, true],
    [0, false],
  ]);
});

test('an unknown group is Dead without an error until v5, with GROUP_ID_NOT_FOUND since v6', async () => {
  const groups = await Groups.start();
  expect(await describeOf(groups, 5)).toMatchObject({ errorCode: 0, errorMessage: null, groupState: 'Dead' });
  expect(await describeOf(groups, 6)).toMatchObject({
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: 'Group g not found.',
    groupState: 'Dead',
  });
});

test('a group of a partition that is not here has NOT_COORDINATOR', async () => {
  const groups = new Groups();
  expect(await describeOf(groups, 5)).toMatchObject({ errorCode: ErrorCode.NOT_COORDINATOR, groupState: '' });
});

test.each([
  [[], [], ['empty', 'g', 'new']],
  [['stable'], [], ['g']],
  [['PREPARINGREBALANCE', 'Empty'], [], ['empty', 'new']],
  [[], ['Classic'], ['empty', 'g', 'new']],
  [[], ['consumer'], []],
  [['Stable'], ['share'], []],
])('ListGroups filters by states %j and types %j', async (statesFilter, typesFilter, expected) => {
  const groups = await Groups.start();
  await groups.commit({ groupId: 'empty' });
  await groups.stable(1);
  await groups.enter({ groupId: 'new' });
  const { groups: listed, errorCode } = await groups.service.listGroups({ statesFilter, typesFilter });
  expect(errorCode).toBe(ErrorCode.NONE);
  expect(listed.map(({ groupId }) => groupId).sort()).toEqual(expected);
});

test('groups of all partitions are listed', async () => {
  const groups = new Groups({}, { partitions: 4 });
  for (let partition = 0; partition < 4; partition += 1) await groups.service.load(partition);
  for (const groupId of ['a', 'b', 'c', 'd']) await groups.commit({ groupId });
  const { groups: listed } = await groups.service.listGroups({ statesFilter: [], typesFilter: [] });
  expect(listed.map(({ groupId }) => groupId).sort()).toEqual(['a', 'b', 'c', 'd']);
  expect([0, 1, 2, 3].map((partition) => groups.log.records(partition).length)).toEqual([1, 1, 1, 1]);
});
