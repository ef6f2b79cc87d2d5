import { listGroupsRequest, listGroupsResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';

/** ListGroups: the groups of this coordinator, filtered by state and type. */
export function listGroupsApi(groups: GroupService): Api {
  return api(listGroupsRequest, listGroupsResponse, (request) => groups.listGroups(request));
}
