import { syncGroupRequest, syncGroupResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** SyncGroup: the leader gives the assignment, everyone gets their part. */
export function syncGroupApi(groups: GroupService): Api {
  return api(syncGroupRequest, syncGroupResponse, (request, context) =>
    groups.syncGroup(request, groupContext(context)),
  );
}
