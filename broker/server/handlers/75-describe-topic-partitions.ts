import {
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
} from '../../../kafka/protocol/index.ts';
import { answerTopicPartitions, unrestrictedAccess } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import { type Cluster, viewOf } from '../cluster.ts';

/** DescribeTopicPartitions: partitions of topics, page by page. */
export function describeTopicPartitionsApi(cluster: Cluster): Api {
  return api(describeTopicPartitionsRequest, describeTopicPartitionsResponse, (request, context) => {
    const limitMax = cluster.context().config.maxRequestPartitionSizeLimit;
    return answerTopicPartitions(viewOf(cluster, context), request, { access: unrestrictedAccess, limitMax });
  });
}
