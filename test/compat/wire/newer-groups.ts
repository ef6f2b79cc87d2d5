import {
  addRaftVoterRequest,
  alterShareGroupOffsetsRequest,
  deleteShareGroupOffsetsRequest,
  describeShareGroupOffsetsRequest,
  readShareGroupStateSummaryRequest,
  removeRaftVoterRequest,
  shareAcknowledgeRequest,
  shareFetchRequest,
  shareGroupDescribeRequest,
  shareGroupHeartbeatRequest,
  streamsGroupDescribeRequest,
  streamsGroupHeartbeatRequest,
  zeroUuid,
} from '../../../kafka/protocol/index.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Share groups (KIP-932), streams groups (KIP-1071) and voters of the quorum: what they refuse. */
export const newerGroups: WireFamily = {
  name: 'newer-groups',
  about: 'share groups, streams groups, voters of the quorum',
  async ask(wire) {
    await shareGroups(wire);
    await streamsGroups(wire);
    await voters(wire);
  },
};

const member = 'MemberMemberMemberAAAA';

async function shareGroups(wire: Wire): Promise<void> {
  wire.title('share groups');
  const beat = (
    what: string,
    groupId: string,
    memberId: string,
    memberEpoch: number,
    names: readonly string[] | null,
  ) =>
    wire.ask(what, shareGroupHeartbeatRequest, 1, {
      groupId,
      memberId,
      memberEpoch,
      subscribedTopicNames: names === null ? null : [...names],
    });
  await beat('an empty group', '', member, 0, ['x']);
  await beat('no member', 'shared', '', 0, ['x']);
  await beat('no topics', 'shared', member, 0, null);
  await beat('an epoch of a group that is not there', 'shared', member, 4, null);
  await beat('leaving a group that is not there', 'shared', member, -1, null);
  const describe = { includeAuthorizedOperations: false };
  await wire.ask('unknown', shareGroupDescribeRequest, 1, { groupIds: ['unknown', ''], ...describe });
  await wire.ask('unknown', describeShareGroupOffsetsRequest, 1, {
    groups: [{ groupId: 'unknown', topics: null }],
  });
  await wire.ask('unknown', alterShareGroupOffsetsRequest, 0, { groupId: 'unknown', topics: [] });
  await wire.ask('unknown', deleteShareGroupOffsetsRequest, 0, {
    groupId: 'unknown',
    topics: [{ topicName: 'unknown' }],
  });
  const fetch = {
    groupId: 'shared',
    memberId: member,
    maxWaitMs: 0,
    minBytes: 0,
    maxRecords: 10,
    batchSize: 10,
    topics: [],
    forgottenTopicsData: [],
  };
  await wire.ask('a session that is not there', shareFetchRequest, 1, { ...fetch, shareSessionEpoch: 3 });
  await wire.ask('a session that is not there', shareAcknowledgeRequest, 1, {
    groupId: 'shared',
    memberId: member,
    shareSessionEpoch: 3,
    topics: [],
  });
  await wire.ask('of no topic', readShareGroupStateSummaryRequest, 0, { groupId: 'shared', topics: [] });
}

async function streamsGroups(wire: Wire): Promise<void> {
  wire.title('streams groups');
  const beat = (what: string, groupId: string, memberId: string, memberEpoch: number) =>
    wire.ask(what, streamsGroupHeartbeatRequest, 0, {
      groupId,
      memberId,
      memberEpoch,
      endpointInformationEpoch: 0,
    });
  await beat('an empty group', '', member, 0);
  await beat('no member', 'streams', '', 0);
  await beat('no topology', 'streams', member, 0);
  await beat('an epoch of a group that is not there', 'streams', member, 4);
  await beat('leaving a group that is not there', 'streams', member, -1);
  await wire.ask('unknown', streamsGroupDescribeRequest, 0, {
    groupIds: ['unknown', ''],
    includeAuthorizedOperations: false,
  });
}

async function voters(wire: Wire): Promise<void> {
  wire.title('voters of the quorum');
  const voter = { clusterId: null, voterId: 7, voterDirectoryId: zeroUuid };
  for (const version of [0, 1])
    await wire.ask('another voter', addRaftVoterRequest, version, {
      ...voter,
      timeoutMs: 1000,
      listeners: [{ name: 'CONTROLLER', host: '127.0.0.1', port: 1 }],
    });
  await wire.ask('an unknown voter', removeRaftVoterRequest, 0, voter);
}
