import { leaveGroupRequest, leaveGroupResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** LeaveGroup: members go at once instead of at the end of their session. */
export function leaveGroupApi(groups: GroupService): Api {
  return api(leaveGroupRequest, leaveGroupResponse, (request, context) =>
    groups.leaveGroup(request, groupContext(context)),
  );
}
