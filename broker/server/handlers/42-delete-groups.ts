import { deleteGroupsRequest, deleteGroupsResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';

/** DeleteGroups: removes empty groups and their offsets. */
export function deleteGroupsApi(groups: GroupService): Api {
  return api(deleteGroupsRequest, deleteGroupsResponse, (request) => groups.deleteGroups(request));
}
