import {
  type DescribeClusterRequest,
  type describeClusterResponse,
  type Encodable,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import { type MetadataAccess, operationsOmitted } from './access.ts';
import { type ClusterView, controllerId, reachableBrokers } from './cluster-view.ts';

/** Values of `endpointType`. */
const endpointTypes = { BROKERS: 1, CONTROLLERS: 2 } as const;

/** Answers DescribeCluster (60) v0-2 on a broker's listener. */
export function answerDescribeCluster(
  view: ClusterView,
  request: DescribeClusterRequest,
  access: MetadataAccess,
): Encodable<typeof describeClusterResponse> {
  if (request.endpointType !== endpointTypes.BROKERS) {
    return { throttleTimeMs: 0, ...endpointError(request.endpointType), clusterId: '', brokers: [] };
  }
  const brokers = reachableBrokers(view, { includeFenced: request.includeFencedBrokers });
  return {
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    clusterId: view.clusterId,
    controllerId: controllerId(brokers),
    brokers: brokers.map(({ id, host, port, rack, isFenced }) => ({
      brokerId: id,
      host,
      port,
      rack,
      isFenced,
    })),
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? access.clusterOperations()
      : operationsOmitted,
  };
}

function endpointError(endpointType: number) {
  return endpointType === endpointTypes.CONTROLLERS
    ? {
        errorCode: ErrorCode.MISMATCHED_ENDPOINT_TYPE,
        errorMessage:
          'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
      }
    : {
        errorCode: ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
        errorMessage: `Unsupported endpoint type ${endpointType}`,
      };
}
