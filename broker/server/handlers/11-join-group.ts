import { joinGroupRequest, joinGroupResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** JoinGroup: waits until the generation is complete. */
export function joinGroupApi(groups: GroupService): Api {
  return api(joinGroupRequest, joinGroupResponse, (request, context) =>
    groups.joinGroup(request, groupContext(context)),
  );
}
