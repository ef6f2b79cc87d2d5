import type { Admin } from '../../../../kafka/client/index.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { GroupOption } from './options.ts';

/** The ids of the groups that `--group` and `--all-groups` mean; all of them sorted. */
export async function selectedGroups(
  args: ToolArguments<GroupOption>,
  admin: Admin,
): Promise<readonly string[]> {
  if (!args.has('all-groups')) return [...new Set(args.texts('group'))];
  const groups = await consumerGroups(admin);
  return groups.map(({ groupId }) => groupId);
}

/** Consumer groups and groups that only store offsets, sorted by id: no Connect workers, no share groups. */
export async function consumerGroups(admin: Admin, filter: Parameters<Admin['listGroups']>[0] = {}) {
  const groups = await admin.listGroups(filter);
  return groups
    .filter(({ protocolType, type }) => {
      const isConsumer = protocolType === 'consumer' || protocolType === '';
      return isConsumer && ['', 'classic', 'consumer'].includes(type.toLowerCase());
    })
    .toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1));
}
