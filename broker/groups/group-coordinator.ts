import type {
  DescribeGroupsResponse,
  HeartbeatRequest,
  HeartbeatResponse,
  LeaveGroupResponse,
  ListGroupsResponse,
  OffsetCommitResponse,
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from '../../kafka/protocol/index.ts';
import { ErrorCode } from '../../kafka/protocol/index.ts';
import { type ClassicGroup, emptyClassicGroup } from './classic/classic-group.ts';
import { decideJoin } from './classic/join.ts';
import type { Join } from './classic/join-attempt.ts';
import { expireJoin, expireSync, prepareRebalance } from './classic/rebalance.ts';
import { joinResponse } from './classic/responses.ts';
import { decideHeartbeat, decideLeave, expireSession, type LeavingMembers } from './classic/session.ts';
import { decideSync, type Sync } from './classic/sync.ts';
import { Transition, type TransitionConfig } from './classic/transition.ts';
import { type Decision, type GroupTimer, respond } from './decision.ts';
import { describeGroup, listedGroup } from './group-description.ts';
import {
  classicGroupOf,
  type ForeignProtocol,
  type GroupRecord,
  type StoredGroupRecord,
} from './group-record.ts';
import { CommittedOffsets } from './offsets/committed-offsets.ts';
import { decideOffsetCommit, type OffsetCommit } from './offsets/offset-commit.ts';
import { fetchOffsets, type OffsetFetch, type OffsetFetchGroupResponse } from './offsets/offset-fetch.ts';
import {
  decideOffsetDelete,
  expiredOffsets,
  groupTombstones,
  offsetTombstone,
} from './offsets/offset-removal.ts';
import type { GroupTopics } from './ports.ts';
import { IN_PROCESS_HOST } from './request-context.ts';

/** A group of a protocol that this coordinator does not run. Its name is taken, its records are left alone. */
interface ForeignGroup {
  readonly type: 'foreign';
  readonly groupId: string;
  readonly protocol: ForeignProtocol;
}

/** Whatever occupies a group id. All kinds share one namespace. */
export type Group = ClassicGroup | ForeignGroup;

type JoinDecision = ReturnType<typeof decideJoin>;
type SyncDecision = ReturnType<typeof decideSync>;

/**
 * The groups and committed offsets of one partition of `__consumer_offsets`. A state machine without input or
 * output: each request becomes a {@link Decision} and changes nothing until {@link apply}; {@link replay} rebuilds
 * the state from the log.
 */
export class GroupCoordinator {
  readonly #groups = new Map<string, Group>();
  readonly #offsets = new CommittedOffsets();
  readonly #config: TransitionConfig;

  constructor(config: TransitionConfig) {
    this.#config = config;
  }

  get groups(): ReadonlyMap<string, Group> {
    return this.#groups;
  }

  get offsets(): Pick<CommittedOffsets, 'get' | 'of'> {
    return this.#offsets;
  }

  /** Applies a record of the log. Total: records of other kinds, old or unreadable ones change nothing. */
  replay(record: StoredGroupRecord): void {
    if (record.kind === 'offset-commit') this.#replayOffset(record);
    else if (record.kind === 'foreign-group') this.#replayForeign(record.group, record);
    else if (record.kind === 'group-metadata') {
      if (record.value === null) this.#groups.delete(record.group);
      else this.#groups.set(record.group, classicGroupOf(record.group, record.value));
    }
  }

  /** Makes a decision the state of the coordinator. Its records must have been handed to the log before. */
  apply(decision: Decision<unknown>): void {
    for (const record of decision.records) {
      // A decision brings its group along: the record lacks what is not durable.
      if (record.kind === 'offset-commit' || record.value === null) this.replay(record);
    }
    if (decision.group !== undefined) this.#groups.set(decision.groupId, decision.group);
  }

  /** What has to happen after the last record was replayed: sessions start, groups above the limit rebalance. */
  loaded(now: number): readonly Decision[] {
    const decisions: Decision[] = [];
    for (const group of this.#groups.values()) {
      if (group.type !== 'classic' || group.members.size === 0) continue;
      const transition = new Transition(group, this.#config, now);
      for (const member of group.members.values()) {
        // Who lived in the broker's process ended with it: nobody waits for such a member after a crash.
        const hasEnded = member.clientHost === IN_PROCESS_HOST;
        transition.resetSession(member, hasEnded ? 0 : member.sessionTimeoutMs);
      }
      if (group.members.size > this.#config.groupMaxSize) {
        prepareRebalance(transition, `the loaded group is larger than ${this.#config.groupMaxSize}`);
      }
      decisions.push(transition.finish());
    }
    return decisions;
  }

  joinGroup(join: Omit<Join, 'config'>): JoinDecision {
    const { groupId, memberId } = join.request;
    if (this.#groups.get(groupId)?.type === 'foreign') {
      const errorCode = ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
      return respond(groupId, joinResponse(memberId, { errorCode }));
    }
    return decideJoin(this.#classic(groupId), { ...join, config: this.#config });
  }

  syncGroup(sync: Omit<Sync, 'config'>): SyncDecision {
    return decideSync(this.#classic(sync.request.groupId), { ...sync, config: this.#config });
  }

  heartbeat(request: HeartbeatRequest): Decision<HeartbeatResponse> {
    return decideHeartbeat(this.#classic(request.groupId), request);
  }

  leaveGroup(groupId: string, members: LeavingMembers, now: number): Decision<LeaveGroupResponse['members']> {
    return decideLeave(this.#classic(groupId), { groupId, members, config: this.#config, now });
  }

  /** Decides what follows from a timer that fired. */
  expire(groupId: string, timer: GroupTimer, now: number): Decision {
    const group = this.#classic(groupId);
    if (group === undefined) return respond(groupId, undefined);
    const transition = new Transition(group, this.#config, now);
    if (timer.kind === 'session') expireSession(transition, timer.memberId);
    else if (timer.kind === 'join') expireJoin(transition);
    else expireSync(transition);
    return transition.finish();
  }

  commitOffsets(commit: OffsetCommit): Decision<OffsetCommitResponse> {
    const { groupId } = commit.request;
    const decision = decideOffsetCommit(this.#classic(groupId), commit);
    if (this.#groups.get(groupId)?.type !== 'foreign' || decision.records.length === 0) return decision;
    // Who its members are is not known here, so nobody may commit for them.
    return decideOffsetCommit(membersUnknown(groupId), commit);
  }

  fetchOffsets(fetch: OffsetFetch): OffsetFetchGroupResponse {
    return fetchOffsets(this.#offsets, fetch);
  }

  deleteOffsets(request: OffsetDeleteRequest, topics: GroupTopics): Decision<OffsetDeleteResponse> {
    return decideOffsetDelete(this.#classic(request.groupId), this.#offsets, { request, topics });
  }

  /** Deletes an empty group with its offsets; the response is the error code. */
  deleteGroup(groupId: string): Decision<number> {
    const group = this.#classic(groupId);
    if (group === undefined) return respond(groupId, ErrorCode.GROUP_ID_NOT_FOUND);
    if (group.state !== 'Empty') return respond(groupId, ErrorCode.NON_EMPTY_GROUP);
    return { ...respond(groupId, ErrorCode.NONE), records: groupTombstones(groupId, this.#offsets) };
  }

  describeGroup(groupId: string, apiVersion: number): DescribeGroupsResponse['groups'][number] {
    return describeGroup(this.#classic(groupId), groupId, apiVersion);
  }

  listGroups(): ListGroupsResponse['groups'] {
    return [...this.#groups.values()].filter((group) => group.type === 'classic').map(listedGroup);
  }

  /** The removal of expired offsets, and of empty groups that keep none: one decision per group that loses something. */
  expireOffsets(now: number, retentionMs: number): readonly Decision[] {
    const decisions: Decision[] = [];
    for (const group of this.#groups.values()) {
      if (group.type !== 'classic') continue;
      const records = expiredOffsets(group, this.#offsets, { now, retentionMs });
      if (records.length > 0) decisions.push({ ...respond(group.groupId, undefined), records });
    }
    return decisions;
  }

  /** The removal of all offsets of a deleted topic: one decision per group that has any. */
  deleteTopicOffsets(topic: string): readonly Decision[] {
    return this.#offsets.groupsWith(topic).map((groupId) => {
      const partitions = [...(this.#offsets.of(groupId).get(topic)?.keys() ?? [])];
      const records: GroupRecord[] = partitions.map((partition) =>
        offsetTombstone(groupId, topic, partition),
      );
      return { ...respond(groupId, undefined), records };
    });
  }

  #classic(groupId: string): ClassicGroup | undefined {
    const group = this.#groups.get(groupId);
    return group?.type === 'classic' ? group : undefined;
  }

  #replayOffset({ group, topic, partition, value }: Extract<GroupRecord, { kind: 'offset-commit' }>): void {
    if (value === null) {
      this.#offsets.delete(group, topic, partition);
      return;
    }
    this.#offsets.set(group, topic, partition, value);
    // Offsets without a group are those of a simple consumer.
    if (!this.#groups.has(group)) this.#groups.set(group, emptyClassicGroup(group, -1));
  }

  #replayForeign(
    groupId: string,
    { protocol, isTombstone }: { readonly protocol: ForeignProtocol; readonly isTombstone: boolean },
  ): void {
    if (!isTombstone) this.#groups.set(groupId, { type: 'foreign', groupId, protocol });
    else if (this.#groups.get(groupId)?.type === 'foreign') this.#groups.delete(groupId);
  }
}

/** A group that accepts no commit: somebody is in it, but nobody that could be named. */
function membersUnknown(groupId: string): ClassicGroup {
  return { ...emptyClassicGroup(groupId, -1), state: 'Stable' };
}
