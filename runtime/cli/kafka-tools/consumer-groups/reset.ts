import type { Admin, TopicPartitionOffset } from '../../../../kafka/client/index.ts';
import { readText } from '../properties-file.ts';
import { row, widthOf } from '../text-table.ts';
import { given, type ToolContext } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import { parseOffsetFile } from './offset-file.ts';
import type { GroupOption } from './options.ts';
import { newOffsets } from './reset-scenario.ts';
import { partitionsToReset } from './reset-scope.ts';
import { selectedGroups } from './selection.ts';

const NAME_WIDTH_MIN = 15;
const PARTITION_WIDTH = 10;

interface GroupOffset extends TopicPartitionOffset {
  readonly groupId: string;
}

/** `--reset-offsets`: works out new offsets, stores them with `--execute`, and prints them. */
export async function resetOffsets(
  args: ToolArguments<GroupOption>,
  admin: Admin,
  context: ToolContext,
): Promise<void> {
  const groupIds = await selectedGroups(args, admin);
  const file = args.text('from-file');
  const requested =
    file === undefined
      ? undefined
      : parseOffsetFile(readText(file, context.platform.files), file, args.texts('group'));
  const reset: GroupOffset[] = [];
  for (const groupId of groupIds) {
    if (!(await isInactive(groupId, admin, context))) continue;
    const offsets = requested?.get(groupId);
    if (requested !== undefined && offsets === undefined) continue;
    const partitions = offsets ?? (await partitionsToReset(groupId, args, admin));
    const found = await newOffsets({ groupId, partitions, requested: offsets }, args, admin, context);
    if (args.has('execute') && found.length > 0) await store(groupId, found, admin);
    reset.push(...found.map((offset) => ({ groupId, ...offset })));
  }
  const isSingle = args.texts('group').length === 1;
  await context.out.line(args.has('export') ? csv(reset, isSingle) : table(reset));
}

async function isInactive(groupId: string, admin: Admin, { out }: ToolContext): Promise<boolean> {
  const [group] = await admin.describeGroups([groupId]);
  const { error, state } = given(group);
  // A group that does not exist yet is made by storing its first offsets.
  if (
    error?.errorName === 'GROUP_ID_NOT_FOUND' ||
    (error === undefined && (state === 'Empty' || state === 'Dead'))
  ) {
    return true;
  }
  if (error !== undefined) throw error;
  await out.line(
    `\nError: Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.`,
  );
  return false;
}

async function store(groupId: string, offsets: readonly TopicPartitionOffset[], admin: Admin): Promise<void> {
  const stored = await admin.alterGroupOffsets(groupId, offsets);
  for (const { error } of stored) if (error !== undefined) throw error;
}

function table(offsets: readonly GroupOffset[]): string {
  const widths = [
    widthOf(
      offsets.map(({ groupId }) => groupId),
      NAME_WIDTH_MIN,
    ),
    widthOf(
      offsets.map(({ topic }) => topic),
      NAME_WIDTH_MIN,
    ),
    PARTITION_WIDTH,
  ];
  const lines = offsets.map(({ groupId, topic, partition, offset }) =>
    row(widths, [groupId, topic, partition, offset]),
  );
  return ['', row(widths, ['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET']), ...lines].join('\n');
}

/** Ends with an empty line, as Kafka's does. */
function csv(offsets: readonly GroupOffset[], isSingle: boolean): string {
  return offsets
    .map(
      ({ groupId, topic, partition, offset }) =>
        `${isSingle ? '' : `${groupId},`}${topic},${partition},${offset}\n`,
    )
    .join('');
}
