/** An offset that becomes a committed one when its producer's transaction commits. */
export interface PendingOffset<Offset> {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
}

/** Offsets of all groups of one coordinator that were committed in transactions which have not ended. */
export class PendingOffsets<Offset> {
  readonly #byProducer = new Map<number, Map<string, PendingOffset<Offset>>>();
  /** How many transactions have an offset of the partition, or of the group. */
  readonly #partitions = new Map<string, number>();
  readonly #groups = new Map<string, number>();

  /** Adds or replaces. */
  set(producerId: number, pending: PendingOffset<Offset>): void {
    const key = keyOf(pending);
    const ofProducer = this.#byProducer.get(producerId) ?? new Map<string, PendingOffset<Offset>>();
    if (!ofProducer.has(key)) this.#count(pending, 1);
    this.#byProducer.set(producerId, ofProducer.set(key, pending));
  }

  /** Whether a transaction may still change the offset of this partition. */
  has(group: string, topic: string, partition: number): boolean {
    return this.#partitions.has(keyOf({ group, topic, partition }));
  }

  hasGroup(group: string): boolean {
    return this.#groups.has(group);
  }

  /** Those of a group, whatever their transaction. Looks at all that is pending. */
  of(group: string): readonly PendingOffset<Offset>[] {
    return this.#all().filter((pending) => pending.group === group);
  }

  /** Those of a topic in any group. Looks at all that is pending. */
  ofTopic(topic: string): readonly PendingOffset<Offset>[] {
    return this.#all().filter((pending) => pending.topic === topic);
  }

  /** Takes out what the transaction of a producer has committed, in the order of the log. */
  take(producerId: number): readonly PendingOffset<Offset>[] {
    const taken = [...(this.#byProducer.get(producerId)?.values() ?? [])];
    this.#byProducer.delete(producerId);
    for (const pending of taken) this.#count(pending, -1);
    return taken;
  }

  /** Forgets what is pending for a partition, in every transaction. */
  delete(group: string, topic: string, partition: number): void {
    if (!this.has(group, topic, partition)) return;
    const key = keyOf({ group, topic, partition });
    for (const [producerId, ofProducer] of this.#byProducer) {
      const pending = ofProducer.get(key);
      if (pending === undefined) continue;
      ofProducer.delete(key);
      this.#count(pending, -1);
      if (ofProducer.size === 0) this.#byProducer.delete(producerId);
    }
  }

  #all(): PendingOffset<Offset>[] {
    return [...this.#byProducer.values()].flatMap((ofProducer) => [...ofProducer.values()]);
  }

  #count(pending: PendingOffset<Offset>, by: 1 | -1): void {
    change(this.#partitions, keyOf(pending), by);
    change(this.#groups, pending.group, by);
  }
}

function change(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

/** Topic names have no slash, group ids may have. */
function keyOf({
  group,
  topic,
  partition,
}: Pick<PendingOffset<unknown>, 'group' | 'topic' | 'partition'>): string {
  return `${topic}/${partition}/${group}`;
}
