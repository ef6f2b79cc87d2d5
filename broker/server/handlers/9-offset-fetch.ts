import { offsetFetchRequest, offsetFetchResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** OffsetFetch: the committed positions of one or several groups. */
export function offsetFetchApi(groups: GroupService): Api {
  return api(offsetFetchRequest, offsetFetchResponse, (request, context) =>
    groups.offsetFetch(request, groupContext(context)),
  );
}
