import { heartbeatRequest, heartbeatResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';

/** Heartbeat: keeps a member's session and tells it of a rebalance. */
export function heartbeatApi(groups: GroupService): Api {
  return api(heartbeatRequest, heartbeatResponse, (request) => groups.heartbeat(request));
}
