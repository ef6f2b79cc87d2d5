import {
  type ConsumerGroupDescribeResponse,
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
  type DescribeGroupsResponse,
  deleteGroupsRequest,
  deleteGroupsResponse,
  describeGroupsRequest,
  describeGroupsResponse,
  ErrorCode,
  leaveGroupRequest,
  leaveGroupResponse,
  listGroupsRequest,
  listGroupsResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { retryItems } from '../cluster/retry-items.ts';
import { KafkaError, UnsupportedApiError } from '../errors.ts';
import { CONSUMER_PROTOCOL, decodeAssignment } from '../group/consumer-protocol.ts';
import type { TopicPartition } from '../topic-partition.ts';
import { callEveryBroker } from './broker-calls.ts';
import { checkAnswer, itemError } from './item-error.ts';
import type { GroupDescription, GroupListing, MemberDescription, Refusable } from './shapes.ts';

const FIRST_LEAVE_OF_SEVERAL = 3;
const FIRST_LIST_WITH_STATES = 4;
const FIRST_LIST_WITH_TYPES = 5;

/** What {@link listGroups} leaves out. */
interface GroupFilter {
  readonly states?: readonly string[];
  readonly types?: readonly string[];
}

type MemberName = { readonly groupInstanceId: string } | { readonly memberId: string };
type RemovedMember = { readonly memberId: string; readonly groupInstanceId: string | undefined };

/** Asks every broker for the groups it coordinates. */
export async function listGroups(cluster: Cluster, filter: GroupFilter): Promise<GroupListing[]> {
  const lists = await callEveryBroker(cluster, 'listing groups', (connection) => listOf(connection, filter));
  const groups = new Map(lists.flat().map((group) => [group.groupId, group]));
  return [...groups.values()].sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
}

async function listOf(
  connection: BrokerConnection,
  { states = [], types = [] }: GroupFilter,
): Promise<GroupListing[]> {
  const version = connection.versionOf(listGroupsRequest);
  const response = await connection.send(listGroupsRequest, listGroupsResponse, {
    statesFilter: version >= FIRST_LIST_WITH_STATES ? [...states] : [],
    typesFilter: version >= FIRST_LIST_WITH_TYPES ? [...types] : [],
  });
  checkAnswer(response, 'listing groups');
  return response.groups.map(({ groupId, protocolType, groupState, groupType }) => ({
    groupId,
    protocolType,
    state: groupState,
    type: groupType,
  }));
}

/** Asks the coordinator of each group. */
export function describeGroups(
  cluster: Cluster,
  groupIds: readonly string[],
): Promise<Refusable<GroupDescription>[]> {
  return Promise.all(groupIds.map((groupId) => describeGroup(cluster, groupId)));
}

async function describeGroup(cluster: Cluster, groupId: string): Promise<Refusable<GroupDescription>> {
  const what = `describing group ${groupId}`;
  try {
    return await cluster.retry(what, async () => {
      const group = await cluster.coordinator(groupId, MAIN_CHANNEL, async (connection) => {
        const modern = await describeConsumerGroup(connection, groupId);
        if (modern !== undefined) return modern;
        const response = await connection.send(describeGroupsRequest, describeGroupsResponse, {
          groups: [groupId],
        });
        const group = response.groups[0];
        const error = itemError(group, what);
        if (error?.isRetriable) throw error;
        return { ...classicDescription(groupId, group), error };
      });
      // Known since the call; without asking anyone again.
      const nodeId = await cluster.coordinators.find(groupId);
      const coordinator = cluster.metadata.brokers.find((broker) => broker.nodeId === nodeId);
      return { ...group, coordinator };
    });
  } catch (error) {
    if (error instanceof KafkaError) return { ...classicDescription(groupId, undefined), error };
    throw error;
  }
}

/** A group of the new protocol (KIP-848); undefined when it is none, or the broker does not know the protocol. */
async function describeConsumerGroup(
  connection: BrokerConnection,
  groupId: string,
): Promise<Refusable<GroupDescription> | undefined> {
  if (!connection.serves(consumerGroupDescribeRequest)) return undefined;
  const response = await connection.send(consumerGroupDescribeRequest, consumerGroupDescribeResponse, {
    groupIds: [groupId],
    includeAuthorizedOperations: false,
  });
  const group = response.groups[0];
  if (group === undefined || group.errorCode !== ErrorCode.NONE) return undefined;
  const nothing = Buffer.alloc(0);
  const members = group.members.map(
    ({
      memberId,
      instanceId,
      clientId,
      clientHost,
      assignment,
      memberEpoch,
      targetAssignment,
    }): MemberDescription => ({
      memberId,
      groupInstanceId: instanceId ?? undefined,
      clientId,
      clientHost,
      assignment: partitionsOf(assignment),
      metadata: nothing,
      assignmentBytes: nothing,
      memberEpoch,
      targetAssignment: partitionsOf(targetAssignment),
    }),
  );
  const { groupState, assignorName, groupEpoch, assignmentEpoch } = group;
  const protocolType = CONSUMER_PROTOCOL;
  return {
    groupId,
    state: groupState,
    type: 'consumer',
    protocolType,
    protocol: assignorName,
    members,
    groupEpoch,
    targetAssignmentEpoch: assignmentEpoch,
    error: undefined,
  };
}

type Assignment = ConsumerGroupDescribeResponse['groups'][number]['members'][number]['assignment'];

function partitionsOf({ topicPartitions }: Assignment): TopicPartition[] {
  return topicPartitions.flatMap(({ topicName, partitions }) =>
    partitions.map((partition) => ({ topic: topicName, partition })),
  );
}

function classicDescription(
  groupId: string,
  group: DescribeGroupsResponse['groups'][number] | undefined,
): GroupDescription {
  const protocolType = group?.protocolType ?? '';
  const members = (group?.members ?? []).map(
    ({
      memberId,
      groupInstanceId,
      clientId,
      clientHost,
      memberMetadata,
      memberAssignment,
    }): MemberDescription => ({
      memberId,
      groupInstanceId: groupInstanceId ?? undefined,
      clientId,
      clientHost,
      assignment: protocolType === CONSUMER_PROTOCOL ? assignmentOf(memberAssignment) : [],
      metadata: memberMetadata,
      assignmentBytes: memberAssignment,
    }),
  );
  const { groupState = 'Dead', protocolData = '' } = group ?? {};
  return { groupId, state: groupState, type: 'classic', protocolType, protocol: protocolData, members };
}

/** Clients of other makers may put anything there. */
function assignmentOf(bytes: Buffer): TopicPartition[] {
  try {
    return decodeAssignment(bytes);
  } catch {
    return [];
  }
}

/** Asks the coordinator of each group. */
export function deleteGroups(
  cluster: Cluster,
  groupIds: readonly string[],
): Promise<Refusable<{ readonly groupId: string }>[]> {
  return retryItems(cluster, 'deleting groups', groupIds, (left) =>
    Promise.all(
      left.map(async (groupId) => {
        const { results } = await cluster.coordinator(groupId, MAIN_CHANNEL, (connection) =>
          connection.send(deleteGroupsRequest, deleteGroupsResponse, { groupsNames: [groupId] }),
        );
        const error = itemError(results[0], `deleting group ${groupId}`);
        if (error?.needsRefresh) cluster.coordinators.forget(groupId);
        return { groupId, error };
      }),
    ),
  );
}

/** Removes members, in the name of the administrator. */
export async function removeMembers(
  cluster: Cluster,
  groupId: string,
  members: readonly MemberName[] | undefined,
): Promise<Refusable<RemovedMember>[]> {
  const what = `removing members of group ${groupId}`;
  const wanted = members?.map(nameOf) ?? (await allMembers(cluster, groupId));
  if (wanted.length === 0) return [];
  return cluster.retry(what, () =>
    cluster.coordinator(groupId, MAIN_CHANNEL, async (connection) => {
      if (connection.versionOf(leaveGroupRequest) < FIRST_LEAVE_OF_SEVERAL) {
        throw new UnsupportedApiError('removing members (LeaveGroup v3)');
      }
      const response = await connection.send(leaveGroupRequest, leaveGroupResponse, {
        groupId,
        memberId: '',
        members: wanted.map(({ memberId, groupInstanceId }) => ({
          memberId,
          groupInstanceId: groupInstanceId ?? null,
          reason: 'removed by an administrator',
        })),
      });
      checkAnswer(response, what);
      return wanted.map((member, index) => ({ ...member, error: itemError(response.members[index], what) }));
    }),
  );
}

async function allMembers(cluster: Cluster, groupId: string): Promise<RemovedMember[]> {
  const { members, error } = await describeGroup(cluster, groupId);
  if (error !== undefined) throw error;
  // A static member is named by its instance id alone.
  return members.map(({ memberId, groupInstanceId }) =>
    groupInstanceId === undefined ? { memberId, groupInstanceId } : { memberId: '', groupInstanceId },
  );
}

function nameOf(member: MemberName): RemovedMember {
  return 'memberId' in member
    ? { memberId: member.memberId, groupInstanceId: undefined }
    : { memberId: '', groupInstanceId: member.groupInstanceId };
}
