import { offsetDeleteRequest, offsetDeleteResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';

/** OffsetDelete: removes committed offsets of topics that nobody is subscribed to. */
export function offsetDeleteApi(groups: GroupService): Api {
  return api(offsetDeleteRequest, offsetDeleteResponse, (request) => groups.offsetDelete(request));
}
