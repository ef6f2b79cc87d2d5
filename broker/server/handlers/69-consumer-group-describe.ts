import {
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
} from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { withOperations } from './group-operations.ts';

/** ConsumerGroupDescribe: epochs, members and assignments of groups of the consumer protocol (KIP-848). */
export function consumerGroupDescribeApi(groups: GroupService): Api {
  return api(consumerGroupDescribeRequest, consumerGroupDescribeResponse, async (request) => {
    const described = await groups.consumerGroupDescribe(request);
    return { ...described, groups: withOperations(described.groups, request.includeAuthorizedOperations) };
  });
}
