import type { MetadataDelta } from './delta.ts';
import type { ImageState, PartitionImage } from './image.ts';
import { resourceTypes, unassignedDirectory } from './image.ts';
import type { ValueOfRecord } from './record.ts';
import { shared } from './shared-lists.ts';

const noLeaderChange = -2;
const noRecoveryChange = -1;

export function replayTopic(
  state: ImageState,
  { name, topicId }: ValueOfRecord<'TopicRecord'>,
  delta: MetadataDelta,
): void {
  if (state.topicsByName.has(name) || state.topicsById.has(topicId)) {
    state.ignoredRecords++;
    return;
  }
  const topic = { name, id: topicId, partitions: new Map<number, PartitionImage>() };
  state.topicsByName.set(name, topic);
  state.topicsById.set(topicId, topic);
  delta.noteTopicCreated(topic);
}

export function replayPartition(
  state: ImageState,
  record: ValueOfRecord<'PartitionRecord'>,
  delta: MetadataDelta,
): void {
  const topic = state.topicsById.get(record.topicId);
  if (topic === undefined) {
    state.ignoredRecords++;
    return;
  }
  const isNew = !topic.partitions.has(record.partitionId);
  topic.partitions.set(record.partitionId, imageOf(record));
  if (isNew) delta.notePartitionAdded(topic, record.partitionId);
  else delta.notePartitionChanged(topic, record.partitionId);
}

/** Thousands of partitions are on the same brokers and in the same directories: equal lists are kept once. */
function imageOf(record: ValueOfRecord<'PartitionRecord'>): PartitionImage {
  return {
    partitionId: record.partitionId,
    replicas: shared(record.replicas),
    directories: shared(record.directories),
    isr: shared(record.isr),
    removingReplicas: shared(record.removingReplicas),
    addingReplicas: shared(record.addingReplicas),
    eligibleLeaderReplicas: shared(record.eligibleLeaderReplicas ?? []),
    lastKnownElr: shared(record.lastKnownElr ?? []),
    leader: record.leader,
    leaderRecoveryState: record.leaderRecoveryState,
    leaderEpoch: record.leaderEpoch,
    partitionEpoch: record.partitionEpoch,
  };
}

export function replayPartitionChange(
  state: ImageState,
  record: ValueOfRecord<'PartitionChangeRecord'>,
  delta: MetadataDelta,
): void {
  const topic = state.topicsById.get(record.topicId);
  const before = topic?.partitions.get(record.partitionId);
  if (topic === undefined || before === undefined) {
    state.ignoredRecords++;
    return;
  }
  topic.partitions.set(record.partitionId, merged(before, record));
  delta.notePartitionChanged(topic, record.partitionId);
}

/** The configs of a topic go with it. */
export function replayTopicRemoval(
  state: ImageState,
  { topicId }: ValueOfRecord<'RemoveTopicRecord'>,
  delta: MetadataDelta,
): void {
  const topic = state.topicsById.get(topicId);
  if (topic === undefined) {
    state.ignoredRecords++;
    return;
  }
  state.topicsById.delete(topicId);
  state.topicsByName.delete(topic.name);
  const configs = state.configs.get(resourceTypes.TOPIC);
  if (configs?.delete(topic.name)) delta.noteConfigChanged(resourceTypes.TOPIC, topic.name);
  if (configs?.size === 0) state.configs.delete(resourceTypes.TOPIC);
  delta.noteTopicRemoved(topic);
}

/** Forgets the eligible leader replicas of a topic, or of all when the name is empty (KIP-966). */
export function replayClearElr(
  state: ImageState,
  { topicName }: ValueOfRecord<'ClearElrRecord'>,
  delta: MetadataDelta,
): void {
  const named = state.topicsByName.get(topicName);
  if (topicName !== '' && named === undefined) {
    state.ignoredRecords++;
    return;
  }
  for (const topic of named === undefined ? state.topicsByName.values() : [named]) {
    for (const partition of topic.partitions.values()) {
      if (partition.eligibleLeaderReplicas.length + partition.lastKnownElr.length === 0) continue;
      topic.partitions.set(partition.partitionId, {
        ...partition,
        eligibleLeaderReplicas: [],
        lastKnownElr: [],
      });
      delta.notePartitionChanged(topic, partition.partitionId);
    }
  }
}

function merged(before: PartitionImage, record: ValueOfRecord<'PartitionChangeRecord'>): PartitionImage {
  const hasLeader = record.leader !== noLeaderChange;
  const replicas = record.replicas ?? before.replicas;
  return {
    partitionId: before.partitionId,
    replicas: shared(replicas),
    directories: shared(record.directories ?? directoriesFor(replicas, before)),
    isr: shared(record.isr ?? before.isr),
    removingReplicas: record.removingReplicas ?? before.removingReplicas,
    addingReplicas: record.addingReplicas ?? before.addingReplicas,
    eligibleLeaderReplicas: record.eligibleLeaderReplicas ?? before.eligibleLeaderReplicas,
    lastKnownElr: record.lastKnownElr ?? before.lastKnownElr,
    leader: hasLeader ? record.leader : before.leader,
    leaderRecoveryState:
      record.leaderRecoveryState === noRecoveryChange
        ? before.leaderRecoveryState
        : record.leaderRecoveryState,
    leaderEpoch: hasLeader ? before.leaderEpoch + 1 : before.leaderEpoch,
    partitionEpoch: before.partitionEpoch + 1,
  };
}

function directoriesFor(replicas: readonly number[], before: PartitionImage): readonly string[] {
  if (replicas === before.replicas) return before.directories;
  const known = new Map(before.replicas.map((replica, at) => [replica, before.directories[at]]));
  return replicas.map((replica) => known.get(replica) ?? unassignedDirectory);
}
