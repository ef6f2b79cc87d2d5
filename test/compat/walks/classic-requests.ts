import {
  describeGroupsRequest,
  describeGroupsResponse,
  findCoordinatorRequest,
  heartbeatRequest,
  joinGroupRequest,
  leaveGroupRequest,
  listGroupsRequest,
  offsetCommitRequest,
  offsetDeleteRequest,
  offsetFetchRequest,
  syncGroupRequest,
} from '../../../kafka/protocol/index.ts';
import type { Answer } from '../wire/answer.ts';
import { subscription } from '../wire/consumer-protocol.ts';
import type { Wire } from '../wire/wire.ts';
import type { OfferedProtocol } from './classic-model.ts';
import { onlyGroups } from './own-groups.ts';

export interface Joining {
  readonly version: number;
  readonly group: string;
  readonly client: string;
  readonly id: string;
  readonly instance: string | null;
  readonly protocolType: string;
  readonly protocols: readonly OfferedProtocol[];
  readonly sessionTimeoutMs: number;
  /** A minute unless it is given. */
  readonly rebalanceTimeoutMs?: number;
}

/** The topics that a consumer subscribes to with the metadata of a number; others offer bytes that are no subscription. */
function metadataOf(variant: number, topics: readonly string[]): Buffer {
  if (variant === 3) return Buffer.from('junk');
  return subscription(topics.slice(0, variant));
}

export function startJoin(
  wire: Wire,
  what: string,
  topics: readonly string[],
  joining: Joining,
): Promise<() => Promise<Answer>> {
  const { version, group, client, id, instance, protocolType, protocols, sessionTimeoutMs } = joining;
  const { rebalanceTimeoutMs = 60_000 } = joining;
  const body = {
    groupId: group,
    sessionTimeoutMs,
    ...(version === 0 ? {} : { rebalanceTimeoutMs }),
    memberId: id,
    ...(version < 5 ? {} : { groupInstanceId: instance }),
    protocolType,
    protocols: protocols.map(({ name, variant }) => ({ name, metadata: metadataOf(variant, topics) })),
    ...(version < 8 ? {} : { reason: 'of its own' }),
  };
  return wire.start(what, joinGroupRequest, version, body, { client });
}

export interface Syncing {
  readonly version: number;
  readonly group: string;
  readonly client: string;
  readonly generation: number;
  readonly id: string;
  readonly instance: string | null;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignments: readonly (readonly [memberId: string, assignment: string])[];
}

export function startSync(wire: Wire, what: string, syncing: Syncing): Promise<() => Promise<Answer>> {
  const { version, group, client, generation, id, instance, protocolType, protocolName } = syncing;
  const body = {
    groupId: group,
    generationId: generation,
    memberId: id,
    ...(version < 3 ? {} : { groupInstanceId: instance }),
    ...(version < 5 ? {} : { protocolType, protocolName }),
    assignments: syncing.assignments.map(([memberId, text]) => ({ memberId, assignment: Buffer.from(text) })),
  };
  return wire.start(what, syncGroupRequest, version, body, { client });
}

/** Which member somebody says to be. */
export interface Identity {
  readonly generation: number;
  readonly id: string;
  readonly instance: string | null;
}

export function heartbeat(wire: Wire, what: string, version: number, groupId: string, who: Identity) {
  return wire.ask(what, heartbeatRequest, version, {
    groupId,
    generationId: who.generation,
    memberId: who.id,
    ...(version < 3 ? {} : { groupInstanceId: who.instance }),
  });
}

export type Leaving = readonly [id: string, instance: string | null];

/** Of several, versions before 3 ask for the first. */
export function leave(
  wire: Wire,
  what: string,
  version: number,
  groupId: string,
  members: readonly Leaving[],
) {
  const body =
    version < 3
      ? { groupId, memberId: members[0]?.[0] ?? '' }
      : {
          groupId,
          members: members.map(([memberId, groupInstanceId]) => ({
            memberId,
            groupInstanceId,
            ...(version < 5 ? {} : { reason: 'of its own' }),
          })),
        };
  return wire.ask(what, leaveGroupRequest, version, body);
}

export function describe(
  wire: Wire,
  what: string,
  version: number,
  groups: readonly string[],
  withOperations = false,
) {
  const body = {
    groups: [...groups],
    ...(version < 3 ? {} : { includeAuthorizedOperations: withOperations }),
  };
  return wire.ask(what, describeGroupsRequest, version, body);
}

/** The groups of this walk alone. */
export function list(
  wire: Wire,
  what: string,
  version: number,
  prefix: string,
  filters: { readonly states: readonly string[]; readonly types: readonly string[] },
) {
  const body = {
    ...(version < 4 ? {} : { statesFilter: [...filters.states] }),
    ...(version < 5 ? {} : { typesFilter: [...filters.types] }),
  };
  return wire.ask(
    what,
    listGroupsRequest,
    version,
    body,
    onlyGroups((groupId) => groupId.startsWith(prefix)),
  );
}

export type Position = readonly [topic: string, partition: number, offset: number];

export function commit(
  wire: Wire,
  what: string,
  version: number,
  groupId: string,
  who: Identity,
  [name, partitionIndex, committedOffset]: Position,
) {
  return wire.ask(what, offsetCommitRequest, version, {
    groupId,
    generationIdOrMemberEpoch: who.generation,
    memberId: who.id,
    ...(version < 7 ? {} : { groupInstanceId: who.instance }),
    topics: [{ name, partitions: [{ partitionIndex, committedOffset, committedMetadata: '' }] }],
  });
}

export function deleteOffsets(
  wire: Wire,
  what: string,
  groupId: string,
  topics: readonly (readonly [name: string, partitions: readonly number[]])[],
) {
  return wire.ask(what, offsetDeleteRequest, 0, {
    groupId,
    topics: topics.map(([name, partitions]) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
    })),
  });
}

/** What a group has come to. */
export interface GroupGoal {
  readonly state?: string;
  /** How many members. */
  readonly members?: number;
  /** A member that has gone. */
  readonly without?: string;
}

/** Waits, without writing anything down, until a group is like that. Returns its state. */
export async function untilGroup(wire: Wire, groupId: string, goal: GroupGoal): Promise<string> {
  const client = await wire.client('looking');
  for (let tries = 0; tries < 300; tries++) {
    const described = await client.request([describeGroupsRequest, describeGroupsResponse], 5, {
      groups: [groupId],
    });
    const [{ groupState = '', members = [] } = {}] = described?.groups ?? [];
    const isThere =
      (goal.state ?? groupState) === groupState &&
      (goal.members ?? members.length) === members.length &&
      !members.some(({ memberId }) => memberId === goal.without);
    if (isThere) return groupState;
    await wire.pause(10);
  }
  throw new Error(`${groupId} has not come to ${JSON.stringify(goal)}`);
}

/** Waits until the topics of the coordinators are there, and what these groups need of them is loaded. */
export async function untilCoordinated(wire: Wire, groups: readonly string[]): Promise<void> {
  for (const keyType of [0, 1])
    await wire.settle(findCoordinatorRequest, 3, { key: 'x', keyType }, 'errorCode');
  for (const groupId of groups)
    await wire.settle(offsetFetchRequest, 9, { groups: [{ groupId, topics: [] }] }, 'groups.0.errorCode');
}
