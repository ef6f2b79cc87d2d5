import type { Admin, TopicPartition } from '../../../../kafka/client/index.ts';
import { given } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { GroupOption } from './options.ts';
import { topicSelections } from './topic-selection.ts';

/** The partitions that `--topic` or `--all-topics` name, in order. Throws KafkaError for a topic that is not there. */
export async function partitionsToReset(
  groupId: string,
  args: ToolArguments<GroupOption>,
  admin: Admin,
): Promise<readonly TopicPartition[]> {
  const partitions = args.has('all-topics')
    ? await committed(groupId, admin)
    : await named(args.texts('topic'), admin);
  return partitions.toSorted((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  );
}

async function committed(groupId: string, admin: Admin): Promise<readonly TopicPartition[]> {
  try {
    return await admin.listGroupOffsets(groupId);
  } catch (error) {
    if (error instanceof Error && 'errorName' in error && error.errorName === 'GROUP_ID_NOT_FOUND') return [];
    throw error;
  }
}

async function named(texts: readonly string[], admin: Admin): Promise<readonly TopicPartition[]> {
  const selections = topicSelections(texts);
  const described = await admin.describeTopics(selections.map(({ topic }) => topic));
  return selections.flatMap(({ topic, partitions: chosen }, at) => {
    const { error, partitions } = given(described[at]);
    if (error !== undefined) throw error;
    return (chosen ?? partitions.map((each) => each.partition)).map((partition) => ({ topic, partition }));
  });
}
