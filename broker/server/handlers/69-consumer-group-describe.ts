import {
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
} from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';

/** ConsumerGroupDescribe: epochs, members and assignments of groups of the consumer protocol (KIP-848). */
export function consumerGroupDescribeApi(groups: GroupService): Api {
  return api(consumerGroupDescribeRequest, consumerGroupDescribeResponse, (request) =>
    groups.consumerGroupDescribe(request),
  );
}
