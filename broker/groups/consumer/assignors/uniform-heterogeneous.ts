import type { Assignment } from '../partitions.ts';
import { type AssignmentDraft, type GroupSpec, give, take } from './assignor.ts';

/**
 * For members with different subscriptions. Members keep what they may keep, the rest goes to whoever has least, and
 * then partitions move along the shortest chains of subscribers from members with two or more too many to those with
 * too few, until no chain is left: then no other assignment is more even.
 */
export function assignBalanced(spec: GroupSpec): ReadonlyMap<string, Assignment> {
  const balance = new Balance(spec);
  balance.keepOwned();
  balance.giveUnassigned();
  balance.even();
  return balance.drafts;
}

interface Step {
  readonly from: string;
  readonly topicId: string;
}

class Balance {
  readonly drafts = new Map<string, AssignmentDraft>();
  readonly #spec: GroupSpec;
  readonly #sizes = new Map<string, number>();
  readonly #subscribers = new Map<string, string[]>();
  readonly #taken = new Map<string, Set<number>>();

  constructor(spec: GroupSpec) {
    this.#spec = spec;
    const members = [...spec.members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    for (const { memberId, topicIds } of members) {
      this.drafts.set(memberId, new Map());
      this.#sizes.set(memberId, 0);
      for (const topicId of topicIds) {
        const subscribers = this.#subscribers.get(topicId) ?? [];
        subscribers.push(memberId);
        this.#subscribers.set(topicId, subscribers);
        this.#taken.set(topicId, new Set());
      }
    }
  }

  keepOwned(): void {
    for (const { memberId, assigned, topicIds } of this.#spec.members) {
      for (const [topicId, partitions] of assigned) {
        if (!topicIds.has(topicId)) continue;
        const count = this.#spec.partitionCount(topicId);
        for (const partition of partitions) {
          if (partition < count && !this.#taken.get(topicId)?.has(partition)) {
            this.#give(memberId, topicId, partition);
          }
        }
      }
    }
  }

  /** Topics with few subscribers first: their partitions have least choice. */
  giveUnassigned(): void {
    const topics = [...this.#subscribers].sort(
      ([a, some], [b, others]) => some.length - others.length || (a < b ? -1 : 1),
    );
    for (const [topicId, subscribers] of topics) {
      const count = this.#spec.partitionCount(topicId);
      for (let partition = 0; partition < count; partition += 1) {
        if (this.#taken.get(topicId)?.has(partition)) continue;
        this.#give(this.#smallest(subscribers), topicId, partition);
      }
    }
  }

  even(): void {
    // Nobody whom a settled member reaches has two less, and whoever is relieved later reaches no such member.
    const settled = new Set<string>();
    for (let largest = this.#largest(settled); largest !== undefined; largest = this.#largest(settled)) {
      this.#relieve(largest, settled);
    }
  }

  /** Moves one partition on along a chain that ends at a member with at least two less, or settles all it reaches. */
  #relieve(start: string, settled: Set<string>): void {
    const size = this.#size(start);
    const reachedBy = new Map<string, Step | undefined>([[start, undefined]]);
    const seenTopics = new Set<string>();
    // A Map grows while it is iterated over: this is a search in breadth.
    for (const from of reachedBy.keys()) {
      for (const topicId of this.drafts.get(from)?.keys() ?? []) {
        if (seenTopics.has(topicId)) continue;
        seenTopics.add(topicId);
        const subscribers = this.#subscribers.get(topicId) ?? [];
        const smallest = this.#smallest(subscribers);
        const isEnd = this.#size(smallest) <= size - 2;
        for (const subscriber of isEnd ? [smallest] : subscribers) {
          if (!reachedBy.has(subscriber)) reachedBy.set(subscriber, { from, topicId });
        }
        if (isEnd) {
          this.#moveAlong(smallest, reachedBy);
          return;
        }
      }
    }
    for (const memberId of reachedBy.keys()) settled.add(memberId);
  }

  #moveAlong(end: string, reachedBy: ReadonlyMap<string, Step | undefined>): void {
    let to = end;
    for (let step = reachedBy.get(to); step !== undefined; step = reachedBy.get(to)) {
      const { from, topicId } = step;
      const partition = [...(this.drafts.get(from)?.get(topicId) ?? [])].at(-1);
      if (partition === undefined) return;
      this.#take(from, topicId, partition);
      this.#give(to, topicId, partition);
      to = from;
    }
  }

  #give(memberId: string, topicId: string, partition: number): void {
    const draft = this.drafts.get(memberId);
    if (draft === undefined) return;
    give(draft, topicId, partition);
    this.#taken.get(topicId)?.add(partition);
    this.#sizes.set(memberId, this.#size(memberId) + 1);
  }

  #take(memberId: string, topicId: string, partition: number): void {
    const draft = this.drafts.get(memberId);
    if (draft === undefined) return;
    take(draft, topicId, partition);
    this.#sizes.set(memberId, this.#size(memberId) - 1);
  }

  #size(memberId: string): number {
    return this.#sizes.get(memberId) ?? 0;
  }

  #smallest(memberIds: readonly string[]): string {
    let smallest = memberIds[0] ?? '';
    for (const memberId of memberIds) if (this.#size(memberId) < this.#size(smallest)) smallest = memberId;
    return smallest;
  }

  #largest(settled: ReadonlySet<string>): string | undefined {
    let largest: string | undefined;
    for (const [memberId, size] of this.#sizes) {
      if (settled.has(memberId) || size < 2) continue;
      if (largest === undefined || size > this.#size(largest)) largest = memberId;
    }
    return largest;
  }
}
