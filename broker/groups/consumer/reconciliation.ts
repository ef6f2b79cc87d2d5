import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { type ConsumerGroup, subscribedTopicsOf } from './consumer-group.ts';
import { type ConsumerMember, isReconciledTo, isSameOwnership, MemberState } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import {
  type Assignment,
  type AssignmentEpochs,
  EMPTY_EPOCHS,
  isOverlapping,
  NO_EPOCHS,
  NO_PARTITIONS,
  type TopicPartitions,
} from './partitions.ts';
import { Refusal } from './refusal.ts';

/** What a member is on its way to, and what it says of itself. */
export interface Reconciliation {
  readonly targetEpoch: number;
  readonly target: Assignment;
  /** The partitions that the member says it owns; null when it does not say. */
  readonly owned: TopicPartitions | null;
  readonly hasSubscriptionChanged: boolean;
}

/**
 * Takes a member the next step towards its target and records it. Returns the member as it is then. A member of the
 * consumer protocol that has to give partitions up gets its rebalance timeout to do so.
 */
export function reconcile(
  transition: ConsumerTransition,
  member: ConsumerMember,
  reconciliation: Reconciliation,
): ConsumerMember {
  const { hasSubscriptionChanged, targetEpoch } = reconciliation;
  if (!hasSubscriptionChanged && isReconciledTo(member, targetEpoch)) return member;
  const topicIds = subscribedTopicIds(transition, member);
  const next = new Step(transition.group, member, reconciliation, topicIds).next();
  if (isSameOwnership(next, member)) return member;
  transition.writeCurrent(next);
  if (next.classic !== null) return next;
  const { memberId, memberEpoch, rebalanceTimeoutMs } = next;
  const timer = { kind: 'revocation', memberId, memberEpoch } as const;
  if (next.state === MemberState.UNREVOKED_PARTITIONS) transition.schedule(timer, rebalanceTimeoutMs);
  else transition.cancel(timer);
  return next;
}

function subscribedTopicIds(
  { group, world }: ConsumerTransition,
  member: ConsumerMember,
): ReadonlySet<string> {
  const topicIds = new Set<string>();
  for (const name of subscribedTopicsOf(group, member)) {
    const topicId = world.topics.topicId(name);
    if (topicId !== undefined) topicIds.add(topicId);
  }
  return topicIds;
}

/** Partitions of a member: those it keeps, must give up, and gets. */
interface Division {
  readonly kept: Map<string, ReadonlyMap<number, number>>;
  readonly revoked: Map<string, ReadonlyMap<number, number>>;
  readonly added: Map<string, readonly number[]>;
  /** Some of its partitions are still owned by others. */
  readonly hasUnreleased: boolean;
}

class Step {
  readonly #group: ConsumerGroup;
  readonly #member: ConsumerMember;
  readonly #to: Reconciliation;
  readonly #topicIds: ReadonlySet<string>;

  constructor(
    group: ConsumerGroup,
    member: ConsumerMember,
    to: Reconciliation,
    topicIds: ReadonlySet<string>,
  ) {
    this.#group = group;
    this.#member = member;
    this.#to = to;
    this.#topicIds = topicIds;
  }

  next(): ConsumerMember {
    const member = this.#member;
    const { targetEpoch, owned, hasSubscriptionChanged } = this.#to;
    switch (member.state) {
      case MemberState.STABLE:
        if (member.memberEpoch !== targetEpoch) return this.#towardsTarget(member.memberEpoch);
        return hasSubscriptionChanged ? this.#withoutUnsubscribed() : member;
      case MemberState.UNREVOKED_PARTITIONS:
        if (!this.#owns(member.pendingRevocation)) return this.#towardsTarget(member.memberEpoch);
        return hasSubscriptionChanged ? this.#withoutUnsubscribed() : member;
      case MemberState.UNRELEASED_PARTITIONS:
        return this.#towardsTarget(member.memberEpoch);
      default:
        // The state was written by a newer version: only a fresh start is sure to be right.
        if (owned === null || owned.length > 0) {
          throw new Refusal(
            ErrorCode.FENCED_MEMBER_EPOCH,
            'The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.',
          );
        }
        return this.#towardsTarget(targetEpoch);
    }
  }

  /** A member that does not say what it owns is taken to own all it was given. */
  #owns(partitions: AssignmentEpochs): boolean {
    const { owned } = this.#to;
    return owned === null || isOverlapping(owned, partitions);
  }

  #towardsTarget(memberEpoch: number): ConsumerMember {
    const { targetEpoch } = this.#to;
    const { kept, revoked, added, hasUnreleased } = this.#divide();
    if (revoked.size > 0 && this.#owns(revoked)) {
      return this.#moved(MemberState.UNREVOKED_PARTITIONS, memberEpoch, kept, revoked);
    }
    for (const [topicId, partitions] of added) {
      const epochs = new Map(kept.get(topicId));
      for (const partition of partitions) epochs.set(partition, targetEpoch);
      kept.set(topicId, epochs);
    }
    const state = hasUnreleased ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE;
    return this.#moved(state, targetEpoch, kept, EMPTY_EPOCHS);
  }

  #divide(): Division {
    const { assigned } = this.#member;
    const division = { kept: new Map(), revoked: new Map(), added: new Map() };
    let hasUnreleased = false;
    for (const topicId of new Set([...this.#to.target.keys(), ...assigned.keys()])) {
      const isSubscribed = this.#topicIds.has(topicId);
      const target = (isSubscribed ? this.#to.target.get(topicId) : undefined) ?? NO_PARTITIONS;
      const current = [...(assigned.get(topicId) ?? NO_EPOCHS)];
      const kept = current.filter(([partition]) => target.has(partition));
      const revoked = current.filter(([partition]) => !target.has(partition));
      const missing = [...target].filter((partition) => assigned.get(topicId)?.has(partition) !== true);
      const free = missing.filter((partition) => this.#isFree(topicId, partition));
      if (kept.length > 0) division.kept.set(topicId, new Map(kept));
      if (revoked.length > 0) division.revoked.set(topicId, new Map(revoked));
      if (free.length > 0) division.added.set(topicId, free);
      hasUnreleased ||= free.length < missing.length;
    }
    return { ...division, hasUnreleased };
  }

  /** B55: nobody else owns the partition or has yet to give it up. */
  #isFree(topicId: string, partition: number): boolean {
    const owner = this.#group.owners.get(topicId)?.get(partition);
    return owner === undefined || this.#member.pendingRevocation.get(topicId)?.has(partition) === true;
  }

  /** Topics that the member does not subscribe to any more are taken back at once, before there is a new target. */
  #withoutUnsubscribed(): ConsumerMember {
    const member = this.#member;
    const kept = new Map<string, ReadonlyMap<number, number>>();
    const revoked = new Map(member.pendingRevocation);
    for (const [topicId, epochs] of member.assigned) {
      if (this.#topicIds.has(topicId)) kept.set(topicId, epochs);
      else revoked.set(topicId, new Map([...(revoked.get(topicId) ?? NO_EPOCHS), ...epochs]));
    }
    if (kept.size === member.assigned.size) return member;
    const { memberEpoch } = member;
    if (this.#owns(revoked)) return this.#moved(MemberState.UNREVOKED_PARTITIONS, memberEpoch, kept, revoked);
    return this.#moved(member.state, memberEpoch, kept, member.pendingRevocation);
  }

  #moved(
    state: number,
    memberEpoch: number,
    assigned: AssignmentEpochs,
    pendingRevocation: AssignmentEpochs,
  ): ConsumerMember {
    const previousMemberEpoch = this.#member.memberEpoch;
    return { ...this.#member, state, memberEpoch, previousMemberEpoch, assigned, pendingRevocation };
  }
}
