import { offsetDeleteRequest, offsetDeleteResponse } from '../../protocol/index.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { isMissing } from '../cluster/retry-items.ts';
import { commitOffsets, fetchOffsets, simpleMember } from '../offsets/group-offsets.ts';
import type { CommittedOffset, TopicPartition } from '../topic-partition.ts';
import { checkAnswer, itemError } from './item-error.ts';
import type { Refusable } from './shapes.ts';

/** Reads what a group has stored. */
export async function listGroupOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
): Promise<Refusable<CommittedOffset>[]> {
  const options = { channel: MAIN_CHANNEL, isStableRequired: false };
  const offsets = await fetchOffsets(cluster, groupId, partitions, options);
  return offsets.filter(({ offset, error }) => offset >= 0 || error !== undefined);
}

/** Stores offsets as if from a consumer without a group. */
export function alterGroupOffsets(
  cluster: Cluster,
  groupId: string,
  offsets: readonly CommittedOffset[],
): Promise<Refusable<TopicPartition>[]> {
  return commitOffsets(cluster, simpleMember(groupId), offsets, {
    channel: MAIN_CHANNEL,
    isFinal: isMissing(cluster),
  });
}

/** Deletes stored offsets (KIP-496). */
export function deleteGroupOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<Refusable<TopicPartition>[]> {
  const what = `deleting offsets of group ${groupId}`;
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, group]) => ({
    name,
    partitions: group.map(({ partition }) => ({ partitionIndex: partition })),
  }));
  return cluster.retry(what, () =>
    cluster.coordinator(groupId, MAIN_CHANNEL, async (connection) => {
      const response = await connection.send(offsetDeleteRequest, offsetDeleteResponse, { groupId, topics });
      checkAnswer(response, what);
      return partitions.map(({ topic, partition }) => {
        const found = response.topics.find(({ name }) => name === topic);
        const answer = found?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
        return { topic, partition, error: itemError(answer, `${what} for ${topic}-${partition}`) };
      });
    }),
  );
}
