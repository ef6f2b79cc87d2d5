import type { Admin, GroupDescription, KafkaError } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import type { ToolContext } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import { memberTable } from './member-table.ts';
import { offsetTable } from './offset-table.ts';
import type { GroupOption } from './options.ts';
import { selectedGroups } from './selection.ts';
import { stateTable } from './state-table.ts';

/** `--describe`: one table per group, of its offsets, members or state. Throws KafkaError for a group that is not there. */
export async function describeGroups(
  args: ToolArguments<GroupOption>,
  admin: Admin,
  context: ToolContext,
): Promise<void> {
  const groupIds = await selectedGroups(args, admin);
  if (groupIds.length === 0) return;
  const described = await admin.describeGroups(groupIds);
  for (const { groupId, error } of described) if (error !== undefined) throw inJavasWords(groupId, error);
  const isVerbose = args.has('verbose');
  for (const group of described) {
    const table = await tableOf(args, group, isVerbose, admin);
    if (!(await tellState(group, context))) continue;
    if (table !== undefined) await context.out.line(`\n${table}`);
  }
}

/** Undefined when there is nothing to show. */
async function tableOf(
  args: ToolArguments<GroupOption>,
  group: GroupDescription,
  isVerbose: boolean,
  admin: Admin,
): Promise<string | undefined> {
  if (args.has('members')) return memberTable(group, isVerbose);
  if (args.has('state')) return stateTable(group, isVerbose, admin);
  return offsetTable(group, isVerbose, admin);
}

/** Tells of a group that is not at work; returns whether there is such a group at all. */
async function tellState({ groupId, state }: GroupDescription, { out, err }: ToolContext): Promise<boolean> {
  switch (state) {
    case 'Dead':
      await out.line(`\nError: Consumer group '${groupId}' does not exist.`);
      return false;
    case 'Empty':
      await err.line(`\nConsumer group '${groupId}' has no active members.`);
      return true;
    case 'PreparingRebalance':
    case 'CompletingRebalance':
    case 'Assigning':
    case 'Reconciling':
      await err.line(`\nWarning: Consumer group '${groupId}' is rebalancing.`);
      return true;
    default:
      return true;
  }
}

function inJavasWords(groupId: string, error: KafkaError): Error {
  if (error.errorName !== 'GROUP_ID_NOT_FOUND' || error.brokerMessage !== undefined) return error;
  return new ToolError(
    `Group ${groupId} not found.`,
    'org.apache.kafka.common.errors.GroupIdNotFoundException',
  );
}
