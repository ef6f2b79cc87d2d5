import {
  type DescribeGroupsResponse,
  ErrorCode,
  type ListGroupsResponse,
} from '../../kafka/protocol/index.ts';
import { type ClassicGroup, EMPTY_ASSIGNMENT, metadataOf } from './classic/classic-group.ts';

export type DescribedGroup = DescribeGroupsResponse['groups'][number];
export type ListedGroup = ListGroupsResponse['groups'][number];

/** "Not asked for": the default of `authorized_operations`. */
const NO_OPERATIONS = -2_147_483_648;

/** Which group was asked for, and why there is no classic one of this id. */
export interface MissingGroup {
  readonly groupId: string;
  readonly apiVersion: number;
  readonly reason: string;
}

/**
 * A group as DescribeGroups shows it. Metadata only exists for a stable group, an assignment until there is
 * another. A group that is not
 * there is "Dead", and since v6 an error as well (KIP-1043).
 */
export function describeGroup(group: ClassicGroup | undefined, missing: MissingGroup): DescribedGroup {
  if (group === undefined) return missingGroup(missing);
  const { groupId } = group;
  const isStable = group.state === 'Stable';
  return {
    ...blank(groupId),
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: isStable ? (group.protocolName ?? '') : '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? metadataOf(member, group.protocolName) : EMPTY_ASSIGNMENT,
      memberAssignment: member.assignment,
    })),
  };
}

/** A group that could not be described. */
export function undescribedGroup(groupId: string, errorCode: number): DescribedGroup {
  return { ...blank(groupId), errorCode };
}

/** A group as ListGroups shows it. */
export function listedGroup(group: ClassicGroup): ListedGroup {
  return {
    groupId: group.groupId,
    protocolType: group.protocolType ?? '',
    groupState: group.state,
    groupType: 'classic',
  };
}

/** Whether a group passes the filters of ListGroups: names without regard to case, an empty list lets all pass. */
export function isListed(group: ListedGroup, states: readonly string[], types: readonly string[]): boolean {
  const passes = (filter: readonly string[], value: string) =>
    filter.length === 0 || filter.some((name) => name.toLowerCase() === value.toLowerCase());
  return passes(states, group.groupState) && passes(types, group.groupType);
}

function missingGroup({ groupId, apiVersion, reason }: MissingGroup): DescribedGroup {
  const dead = { ...blank(groupId), groupState: 'Dead' };
  if (apiVersion < 6) return dead;
  return {
    ...dead,
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: reason,
  };
}

function blank(groupId: string): DescribedGroup {
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    groupId,
    groupState: '',
    protocolType: '',
    protocolData: '',
    members: [],
    authorizedOperations: NO_OPERATIONS,
  };
}
