import type {
  ConsumerGroupHeartbeatResponse,
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
import { joinResponse, syncResponse } from './classic/responses.ts';
import { decideHeartbeat, decideLeave, expireSession, type LeavingMembers } from './classic/session.ts';
import { decideSync, type Sync } from './classic/sync.ts';
import { Transition, type TransitionConfig } from './classic/transition.ts';
import { decideClassicJoin } from './consumer/classic-join.ts';
import { decideClassicHeartbeat, decideClassicLeave, decideClassicSync } from './consumer/classic-member.ts';
import { fetchError, offsetKeeperOf } from './consumer/commit-validation.ts';
import { decideConsumerHeartbeat, decideConsumerLoaded } from './consumer/consumer-decisions.ts';
import { type ConsumerGroup, emptyConsumerGroup } from './consumer/consumer-group.ts';
import { type ConsumerGroupRecord, consumerGroupTombstones } from './consumer/consumer-group-record.ts';
import { ConsumerTransition } from './consumer/consumer-transition.ts';
import type { ConsumerWorld } from './consumer/consumer-world.ts';
import { decideExpiry } from './consumer/departure.ts';
import {
  type DescribedConsumerGroup,
  describeConsumerGroup,
  listedConsumerGroup,
  undescribedConsumerGroup,
} from './consumer/description.ts';
import type { ConsumerHeartbeat } from './consumer/heartbeat.ts';
import { orRefuse } from './consumer/refusal.ts';
import { type ConsumerGroupDraft, draftOf, replayConsumerRecord } from './consumer/replay.ts';
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
  topicTombstones,
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
export type Group = ClassicGroup | ConsumerGroup | ForeignGroup;

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
  readonly #world: ConsumerWorld;
  /** Consumer groups as they are read from the log. */
  readonly #loading = new Map<string, ConsumerGroupDraft>();
  #commits = 0;

  constructor(world: ConsumerWorld) {
    this.#config = world.classic;
    this.#world = world;
  }

  get groups(): ReadonlyMap<string, Group> {
    return this.#groups;
  }

  get offsets(): Pick<CommittedOffsets, 'get' | 'of' | 'pending'> {
    return this.#offsets;
  }

  /**
   * Applies a record of the log, written in the transaction of a producer or (-1) in none. Total: records of other
   * kinds, old or unreadable ones change nothing.
   */
  replay(record: StoredGroupRecord, producerId = -1): void {
    if (record.kind === 'offset-commit') this.#replayOffset(record, producerId);
    else if (record.kind === 'foreign-group') this.#replayForeign(record.group, record);
    else if (record.kind === 'group-metadata') {
      if (record.value !== null) this.#groups.set(record.group, classicGroupOf(record.group, record.value));
      else if (this.#groups.get(record.group)?.type === 'classic') this.#groups.delete(record.group);
    } else if (record.kind !== 'ignored') this.#replayConsumer(record);
  }

  /** The marker of a producer's transaction is in the log: its offsets are committed, or dropped. */
  completeTransaction(producerId: number, result: 'commit' | 'abort'): void {
    this.#offsets.completeTransaction(producerId, result);
  }

  /** Makes a decision the state of the coordinator. Its records must have been handed to the log before. */
  apply(decision: Decision<unknown>): void {
    for (const record of decision.records) {
      // A decision brings its group along: the record lacks what is not durable.
      const isTombstone = decision.group === undefined && record.value === null;
      if (record.kind === 'offset-commit' || isTombstone) {
        this.replay(record, decision.transaction?.producerId);
      }
    }
    if (decision.group !== undefined) this.#groups.set(decision.groupId, decision.group);
  }

  /** What has to happen after the last record was replayed: sessions start, groups above the limit rebalance. */
  loaded(now: number): readonly Decision[] {
    this.#loading.clear();
    const decisions: Decision[] = [];
    for (const group of this.#groups.values()) {
      if (group.type === 'consumer') decisions.push(decideConsumerLoaded(group, this.#world, now));
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
    const existing = this.#groups.get(groupId);
    const refuse = (errorCode: number) => respond(groupId, joinResponse(memberId, { errorCode }));
    if (existing?.type === 'foreign') return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    const classicJoin = { ...join, config: this.#config };
    if (existing?.type !== 'consumer') return decideJoin(existing, classicJoin);
    if (existing.members.size > 0) {
      const transition = new ConsumerTransition(existing, this.#world, join.now);
      return orRefuse<JoinDecision>(
        () => decideClassicJoin(transition, join),
        ({ errorCode }) => respond(groupId, joinResponse('', { errorCode })),
      );
    }
    const decision = decideJoin(undefined, classicJoin);
    if (decision.records.length === 0) return decision;
    return { ...decision, records: [...consumerGroupTombstones(existing), ...decision.records] };
  }

  syncGroup({ request, now }: Omit<Sync, 'config'>): SyncDecision {
    const { groupId } = request;
    const group = this.#groups.get(groupId);
    if (group?.type !== 'consumer') {
      return decideSync(this.#classic(groupId), { request, now, config: this.#config });
    }
    return orRefuse<SyncDecision>(
      () => decideClassicSync(new ConsumerTransition(group, this.#world, now), request),
      ({ errorCode }) => respond(groupId, syncResponse({ errorCode })),
    );
  }

  heartbeat(request: HeartbeatRequest, now: number): Decision<HeartbeatResponse> {
    const { groupId } = request;
    const group = this.#groups.get(groupId);
    if (group?.type !== 'consumer') return decideHeartbeat(this.#classic(groupId), request);
    return orRefuse(
      () => decideClassicHeartbeat(new ConsumerTransition(group, this.#world, now), request),
      ({ errorCode }) => respond(groupId, { throttleTimeMs: 0, errorCode }),
    );
  }

  leaveGroup(groupId: string, members: LeavingMembers, now: number): Decision<LeaveGroupResponse['members']> {
    const group = this.#groups.get(groupId);
    if (group?.type === 'consumer') {
      return decideClassicLeave(new ConsumerTransition(group, this.#world, now), members);
    }
    return decideLeave(this.#classic(groupId), { groupId, members, config: this.#config, now });
  }

  /** The heartbeat of a member of the consumer protocol: it joins, stays or leaves (KIP-848). */
  consumerHeartbeat(heartbeat: ConsumerHeartbeat, now: number): Decision<ConsumerGroupHeartbeatResponse> {
    const group = this.#groups.get(heartbeat.request.groupId);
    return decideConsumerHeartbeat(group, heartbeat, this.#world, now);
  }

  describeConsumerGroup(groupId: string): DescribedConsumerGroup {
    const group = this.#groups.get(groupId);
    if (group?.type === 'consumer') return describeConsumerGroup(group, this.#world);
    const reason =
      group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a consumer group.`;
    return undescribedConsumerGroup(groupId, ErrorCode.GROUP_ID_NOT_FOUND, reason);
  }

  /** Decides what follows from a timer that fired. */
  expire(groupId: string, timer: GroupTimer, now: number): Decision {
    const group = this.#groups.get(groupId);
    if (group?.type === 'consumer')
      return decideExpiry(new ConsumerTransition(group, this.#world, now), timer);
    if (group?.type !== 'classic') return respond(groupId, undefined);
    const transition = new Transition(group, this.#config, now);
    if (timer.kind === 'session') expireSession(transition, timer.memberId);
    else if (timer.kind === 'join') expireJoin(transition);
    else if (timer.kind === 'sync') expireSync(transition);
    return transition.finish();
  }

  commitOffsets(commit: OffsetCommit): Decision<OffsetCommitResponse> {
    const { groupId } = commit.request;
    const group = this.#groups.get(groupId);
    const decision = decideOffsetCommit(group?.type === 'foreign' ? undefined : group, commit);
    if (group?.type !== 'foreign' || decision.records.length === 0) return decision;
    // Who its members are is not known here, so nobody may commit for them.
    return decideOffsetCommit(membersUnknown(groupId), commit);
  }

  fetchOffsets(fetch: OffsetFetch): OffsetFetchGroupResponse {
    const { groupId, memberId, memberEpoch } = fetch.group;
    const group = this.#groups.get(groupId);
    if (group?.type === 'consumer') {
      const errorCode = fetchError(group, memberId, memberEpoch);
      if (errorCode !== ErrorCode.NONE) return { groupId, topics: [], errorCode };
    }
    return fetchOffsets(this.#offsets, fetch);
  }

  deleteOffsets(request: OffsetDeleteRequest, topics: GroupTopics): Decision<OffsetDeleteResponse> {
    return decideOffsetDelete(this.#offsetKeeper(request.groupId), this.#offsets, { request, topics });
  }

  /** Deletes an empty group with its offsets; the response is the error code. */
  deleteGroup(groupId: string): Decision<number> {
    const keeper = this.#offsetKeeper(groupId);
    if (keeper === undefined) return respond(groupId, ErrorCode.GROUP_ID_NOT_FOUND);
    if (keeper.state !== 'Empty') return respond(groupId, ErrorCode.NON_EMPTY_GROUP);
    const records = this.#withOwnTombstones(groupId, groupTombstones(groupId, this.#offsets));
    return { ...respond(groupId, ErrorCode.NONE), records };
  }

  describeGroup(groupId: string, apiVersion: number): DescribeGroupsResponse['groups'][number] {
    const isTaken = this.#groups.has(groupId);
    const reason = isTaken ? `Group ${groupId} is not a classic group.` : `Group ${groupId} not found.`;
    return describeGroup(this.#classic(groupId), { groupId, apiVersion, reason });
  }

  listGroups(): ListGroupsResponse['groups'] {
    return [...this.#groups.values()].flatMap((group) => {
      if (group.type === 'foreign') return [];
      return group.type === 'consumer' ? listedConsumerGroup(group) : listedGroup(group);
    });
  }

  /** The removal of expired offsets, and of empty groups that keep none: one decision per group that loses something. */
  expireOffsets(now: number, retentionMs: number): readonly Decision[] {
    const decisions: Decision[] = [];
    for (const groupId of this.#groups.keys()) {
      const keeper = this.#offsetKeeper(groupId);
      if (keeper === undefined) continue;
      const expired = expiredOffsets(keeper, this.#offsets, { now, retentionMs });
      const records = this.#withOwnTombstones(groupId, expired);
      if (records.length > 0) decisions.push({ ...respond(groupId, undefined), records });
    }
    return decisions;
  }

  /** The removal of all offsets of a deleted topic: one decision per group that has any. */
  deleteTopicOffsets(topic: string): readonly Decision[] {
    return [...topicTombstones(topic, this.#offsets)].map(([groupId, records]) => {
      return { ...respond(groupId, undefined), records };
    });
  }

  #classic(groupId: string): ClassicGroup | undefined {
    const group = this.#groups.get(groupId);
    return group?.type === 'classic' ? group : undefined;
  }

  /** The group as the rules about removing offsets see it. */
  #offsetKeeper(groupId: string): ClassicGroup | undefined {
    const group = this.#groups.get(groupId);
    return group?.type === 'consumer' ? offsetKeeperOf(group) : this.#classic(groupId);
  }

  /** A group ends by tombstones of its own type. */
  #withOwnTombstones(groupId: string, records: readonly GroupRecord[]): readonly GroupRecord[] {
    const group = this.#groups.get(groupId);
    if (group?.type !== 'consumer') return records;
    const ofOffsets = records.filter(({ kind }) => kind !== 'group-metadata');
    const isGone = ofOffsets.length < records.length;
    return isGone ? [...ofOffsets, ...consumerGroupTombstones(group)] : records;
  }

  /** While the log is read, a group is changed in place: nobody else holds it. */
  #replayConsumer(record: ConsumerGroupRecord): void {
    const existing = this.#groups.get(record.group);
    if (record.kind === 'consumer-group' && record.value === null) {
      if (existing?.type === 'consumer') this.#groups.delete(record.group);
      return;
    }
    if (existing?.type !== 'consumer' && record.value === null) return;
    const loading = this.#loading.get(record.group);
    const isLoading = loading !== undefined && loading === existing;
    const base = existing?.type === 'consumer' ? existing : emptyConsumerGroup(record.group);
    const draft = isLoading ? loading : draftOf(base);
    replayConsumerRecord(draft, record);
    this.#loading.set(record.group, draft);
    this.#groups.set(record.group, draft);
  }

  #replayOffset(
    { group, topic, partition, value }: Extract<GroupRecord, { kind: 'offset-commit' }>,
    producerId: number,
  ): void {
    this.#commits += 1;
    if (value === null) {
      this.#offsets.delete(group, topic, partition);
      this.#offsets.pending.delete(group, topic, partition);
      return;
    }
    const offset = { ...value, order: this.#commits };
    if (producerId === -1) this.#offsets.set(group, topic, partition, offset);
    else this.#offsets.pending.set(producerId, { group, topic, partition, offset });
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
