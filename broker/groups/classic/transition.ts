import type { JoinGroupResponse, SyncGroupResponse } from '../../../kafka/protocol/index.ts';
import type { Answer, Decision, GroupEvent, GroupTimer, Parking, TimerChange } from '../decision.ts';
import type { GroupRecord } from '../group-record.ts';
import type { ClassicGroup, ClassicGroupState, ClassicMember } from './classic-group.ts';
import { joinResponse, syncResponse } from './responses.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A group while it is being changed. Its members stay immutable and are replaced. */
export interface GroupDraft
  extends Mutable<Omit<ClassicGroup, 'members' | 'staticMembers' | 'pendingMembers' | 'pendingSyncMembers'>> {
  readonly members: Map<string, ClassicMember>;
  readonly staticMembers: Map<string, string>;
  readonly pendingMembers: Set<string>;
  readonly pendingSyncMembers: Set<string>;
}

/** Settings of the coordinator that transitions need. Milliseconds and counts. */
export interface TransitionConfig {
  readonly initialRebalanceDelayMs: number;
  readonly groupMaxSize: number;
  /** How long a member that does not know its id yet may stay in JoinGroup. */
  readonly newMemberJoinTimeoutMs: number;
}

/**
 * One change of a classic group under construction: a copy of the group, and what comes with the change.
 * The original is never touched, so a transition can be dropped at any point.
 */
export class Transition {
  readonly group: GroupDraft;
  readonly config: TransitionConfig;
  /** Wall clock, milliseconds. */
  readonly now: number;
  readonly records: GroupRecord[] = [];
  readonly #answers: Answer[] = [];
  readonly #timers: TimerChange[] = [];
  readonly #events: GroupEvent[] = [];

  constructor(base: ClassicGroup, config: TransitionConfig, now: number) {
    this.group = {
      ...base,
      members: new Map(base.members),
      staticMembers: new Map(base.staticMembers),
      pendingMembers: new Set(base.pendingMembers),
      pendingSyncMembers: new Set(base.pendingSyncMembers),
    };
    this.config = config;
    this.now = now;
  }

  enter(state: ClassicGroupState): void {
    this.group.state = state;
    this.group.stateTimestamp = this.now;
  }

  addMember(member: ClassicMember, protocolType: string): void {
    const { group } = this;
    if (group.members.size === 0) group.protocolType = protocolType;
    group.leaderId ??= member.memberId;
    group.members.set(member.memberId, member);
    if (member.groupInstanceId !== null) group.staticMembers.set(member.groupInstanceId, member.memberId);
    group.pendingMembers.delete(member.memberId);
  }

  /** Replaces fields of a member and returns the new one. The member must exist. */
  updateMember(member: ClassicMember, change: Partial<ClassicMember>): ClassicMember {
    const updated: ClassicMember = { ...member, ...change };
    this.group.members.set(updated.memberId, updated);
    return updated;
  }

  /**
   * Takes a member, joined or pending, out of the group and answers what it waits for, so that it joins again
   * if it is alive. Another member becomes leader if this one was.
   */
  removeMember(memberId: string, errorCode: number): void {
    const { group } = this;
    const member = group.members.get(memberId);
    if (member !== undefined) {
      this.answerJoin(member, joinResponse('', { errorCode }));
      this.answerSync(member, syncResponse({ errorCode }));
      group.members.delete(memberId);
      if (member.groupInstanceId !== null) group.staticMembers.delete(member.groupInstanceId);
      if (group.leaderId === memberId) group.leaderId = group.members.keys().next().value;
    }
    group.pendingMembers.delete(memberId);
    group.pendingSyncMembers.delete(memberId);
    this.cancel({ kind: 'session', memberId });
  }

  /** Releases the parked JoinGroup of a member; without one nothing happens. Returns the member as it is then. */
  answerJoin(member: ClassicMember, response: JoinGroupResponse): ClassicMember {
    if (!member.isAwaitingJoin) return member;
    this.#answers.push({ kind: 'join', memberId: member.memberId, response });
    return this.updateMember(member, { isAwaitingJoin: false });
  }

  /** Releases the parked SyncGroup of a member; without one nothing happens. Returns the member as it is then. */
  answerSync(member: ClassicMember, response: SyncGroupResponse): ClassicMember {
    if (!member.isAwaitingSync) return member;
    this.#answers.push({ kind: 'sync', memberId: member.memberId, response });
    return this.updateMember(member, { isAwaitingSync: false });
  }

  /** (Re)starts the session timer of a member. */
  resetSession(member: ClassicMember, delayMs = member.sessionTimeoutMs): void {
    this.schedule({ kind: 'session', memberId: member.memberId }, delayMs);
  }

  schedule(timer: GroupTimer, delayMs: number): void {
    this.#timers.push({ timer, delayMs });
  }

  cancel(timer: GroupTimer): void {
    this.#timers.push({ timer, delayMs: undefined });
  }

  note(message: string, fields: GroupEvent['fields']): void {
    const { groupId, generationId } = this.group;
    this.#events.push({ message, fields: { group: groupId, generation: generationId, ...fields } });
  }

  /** The decision that answers the request now. */
  respond<Response>(response: Response): Decision<Response> {
    return { ...this.#result(), response };
  }

  /** The decision that lets the request wait for its turn. */
  park(kind: Parking['kind'], memberId: string): Decision<undefined> {
    return { ...this.#result(), parking: { kind, memberId } };
  }

  /** The decision of a timer, where nobody waits. */
  finish(): Decision {
    return this.#result();
  }

  #result(): Decision {
    return {
      groupId: this.group.groupId,
      group: this.group,
      records: this.records,
      response: undefined,
      answers: this.#answers,
      timers: this.#timers,
      events: this.#events,
    };
  }
}
