/** Partitions by topic id. No topic has an empty set. */
export type Assignment = ReadonlyMap<string, ReadonlySet<number>>;

/** Partitions by topic id, each with the epoch in which its owner got it (KIP-1251). No topic has an empty map. */
export type AssignmentEpochs = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Partitions as requests and responses list them. */
export type TopicPartitions = readonly {
  readonly topicId: string;
  readonly partitions: readonly number[];
}[];

export const NO_PARTITIONS: ReadonlySet<number> = new Set();
export const NO_EPOCHS: ReadonlyMap<number, number> = new Map();
export const EMPTY_ASSIGNMENT: Assignment = new Map();
export const EMPTY_EPOCHS: AssignmentEpochs = new Map();

/** Whether two assignments hold the same partitions. */
export function isSameAssignment(a: Assignment, b: Assignment): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others === undefined || !isSameSet(partitions, others)) return false;
  }
  return true;
}

/** Whether two assignments hold the same partitions with the same epochs. */
export function isSameEpochs(a: AssignmentEpochs, b: AssignmentEpochs): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [topicId, epochs] of a) {
    const others = b.get(topicId);
    if (others?.size !== epochs.size) return false;
    for (const [partition, epoch] of epochs) if (others.get(partition) !== epoch) return false;
  }
  return true;
}

/** Whether two sets have the same elements. */
export function isSameSet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const element of a) if (!b.has(element)) return false;
  return true;
}

/** Whether every topic of the list, were it without partitions, and every partition is in the assignment. */
export function isSubset(partitions: TopicPartitions, assignment: AssignmentEpochs): boolean {
  return partitions.every((topic) => {
    const epochs = assignment.get(topic.topicId);
    return epochs !== undefined && topic.partitions.every((partition) => epochs.has(partition));
  });
}

/** Whether any partition of the list is in the assignment. */
export function isOverlapping(partitions: TopicPartitions, assignment: AssignmentEpochs): boolean {
  return partitions.some((topic) => {
    const epochs = assignment.get(topic.topicId);
    return epochs !== undefined && topic.partitions.some((partition) => epochs.has(partition));
  });
}

/** As responses list them: partitions ascending. */
export function topicPartitionsOf(assignment: Assignment | AssignmentEpochs): TopicPartitions {
  return [...assignment].map(([topicId, partitions]) => {
    return { topicId, partitions: [...partitions.keys()].sort((a, b) => a - b) };
  });
}

/** The same partitions without epochs. */
export function withoutEpochs(assignment: AssignmentEpochs): Assignment {
  return new Map([...assignment].map(([topicId, epochs]) => [topicId, new Set(epochs.keys())]));
}

/** The same partitions, all given in one epoch. */
export function withEpoch(assignment: Assignment, epoch: number): AssignmentEpochs {
  return new Map(
    [...assignment].map(([topicId, partitions]) => [
      topicId,
      new Map([...partitions].map((partition) => [partition, epoch])),
    ]),
  );
}
