import { describeClusterRequest, describeClusterResponse } from '../../../kafka/protocol/index.ts';
import { answerDescribeCluster, unrestrictedAccess } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import { type Cluster, viewOf } from '../cluster.ts';

/** DescribeCluster: id, controller and brokers. */
export function describeClusterApi(cluster: Cluster): Api {
  return api(describeClusterRequest, describeClusterResponse, (request, context) =>
    answerDescribeCluster(viewOf(cluster, context), request, unrestrictedAccess),
  );
}
