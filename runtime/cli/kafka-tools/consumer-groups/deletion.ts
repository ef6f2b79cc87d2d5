import { type Admin, KafkaError, type TopicPartition } from '../../../../kafka/client/index.ts';
import { javaError, javaText } from '../java-error.ts';
import { row } from '../text-table.ts';
import { given } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ToolOutput } from '../tool-output.ts';
import type { GroupOption } from './options.ts';
import { selectedGroups } from './selection.ts';
import { topicSelections } from './topic-selection.ts';

/** `--delete`: groups that have no members. */
export async function deleteGroups(
  args: ToolArguments<GroupOption>,
  admin: Admin,
  out: ToolOutput,
): Promise<void> {
  const groups = await selectedGroups(args, admin);
  if (groups.length === 0) return;
  const deleted = await admin.deleteGroups(groups);
  const quoted = deleted
    .filter(({ error }) => error === undefined)
    .map(({ groupId }) => `'${groupId}'`)
    .join(', ');
  const failures = deleted.flatMap(({ groupId, error }) =>
    error === undefined ? [] : [`* Group '${groupId}' could not be deleted due to: ${javaText(error)}`],
  );
  if (failures.length === 0) {
    await out.line(`Deletion of requested consumer groups (${quoted}) was successful.`);
    return;
  }
  await out.line(['', 'Error: Deletion of some consumer groups failed:', ...failures].join('\n'));
  if (quoted !== '') await out.line(`\nThese consumer groups were deleted successfully: ${quoted}`);
}

const widths = [15, 10, 15];

interface Deleted {
  readonly topic: string;
  /** Undefined: the topic does not exist. */
  readonly partition: number | undefined;
  readonly error: KafkaError | undefined;
}

/** `--delete-offsets`: what a group has stored of some topics or partitions. */
export async function deleteOffsets(
  args: ToolArguments<GroupOption>,
  admin: Admin,
  out: ToolOutput,
): Promise<void> {
  const group = given(args.texts('group')[0]);
  const { partitions, missing } = await partitionsOf(args, admin);
  const { deleted, groupError } = await deleteAll(group, partitions, admin);
  const rows = [...deleted, ...missing].toSorted((a, b) =>
    a.topic === b.topic ? (a.partition ?? -1) - (b.partition ?? -1) : a.topic < b.topic ? -1 : 1,
  );
  const hasFailed = deleted.some(({ error }) => error !== undefined);
  const headline =
    groupError !== undefined
      ? `\nError: ${javaError(groupError).message}`
      : hasFailed
        ? '\nError: Encountered some partition-level error, see the follow-up details.'
        : `Request succeeded for deleting offsets from group ${group}.`;
  const lines = rows.map(({ topic, partition, error }) =>
    row(widths, [topic, partition ?? '-', error === undefined ? 'Successful' : `Error: ${javaText(error)}`]),
  );
  await out.line([headline, '', row(widths, ['TOPIC', 'PARTITION', 'STATUS']), ...lines].join('\n'));
}

async function deleteAll(group: string, partitions: readonly TopicPartition[], admin: Admin) {
  try {
    const deleted: readonly Deleted[] =
      partitions.length === 0 ? [] : await admin.deleteGroupOffsets(group, partitions);
    return { deleted, groupError: undefined };
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return { deleted: partitions.map((each): Deleted => ({ ...each, error })), groupError: error };
  }
}

async function partitionsOf(args: ToolArguments<GroupOption>, admin: Admin) {
  const selections = topicSelections(args.texts('topic'));
  const described = await admin.describeTopics(selections.map(({ topic }) => topic));
  const partitions: TopicPartition[] = [];
  const missing: Deleted[] = [];
  for (const [at, { topic, partitions: chosen }] of selections.entries()) {
    const { error, partitions: all } = given(described[at]);
    if (error !== undefined && chosen === undefined) missing.push({ topic, partition: undefined, error });
    else
      for (const partition of chosen ?? all.map((each) => each.partition))
        partitions.push({ topic, partition });
  }
  return { partitions, missing };
}
