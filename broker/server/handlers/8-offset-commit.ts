import { offsetCommitRequest, offsetCommitResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** OffsetCommit: stores the positions of a group. */
export function offsetCommitApi(groups: GroupService): Api {
  return api(offsetCommitRequest, offsetCommitResponse, (request, context) =>
    groups.offsetCommit(request, groupContext(context)),
  );
}
