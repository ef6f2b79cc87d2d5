import { describeGroupsRequest, describeGroupsResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';
import { withOperations } from './group-operations.ts';

/** DescribeGroups: state and members of classic groups. */
export function describeGroupsApi(groups: GroupService): Api {
  return api(describeGroupsRequest, describeGroupsResponse, async (request, context) => {
    const described = await groups.describeGroups(request, groupContext(context));
    return { ...described, groups: withOperations(described.groups, request.includeAuthorizedOperations) };
  });
}
