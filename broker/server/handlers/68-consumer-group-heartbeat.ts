import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
} from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** ConsumerGroupHeartbeat: a member of the consumer protocol joins, stays, gets its partitions, or leaves (KIP-848). */
export function consumerGroupHeartbeatApi(groups: GroupService): Api {
  return api(consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse, (request, context) =>
    groups.consumerGroupHeartbeat(request, groupContext(context)),
  );
}
