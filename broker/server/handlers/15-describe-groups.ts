import { describeGroupsRequest, describeGroupsResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** DescribeGroups: state and members of classic groups. */
export function describeGroupsApi(groups: GroupService): Api {
  return api(describeGroupsRequest, describeGroupsResponse, (request, context) =>
    groups.describeGroups(request, groupContext(context)),
  );
}
