import {
  array,
  bool,
  int8,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Describes the cluster id, the nodes and the controller. */
export const describeClusterRequest = request({
  apiKey: 60,
  name: 'DescribeClusterRequest',
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    includeClusterAuthorizedOperations: bool(),
    endpointType: int8({ versions: '1+', default: 1 }),
    includeFencedBrokers: bool({ versions: '2+' }),
  },
});

/** {@link describeClusterRequest}, decoded. */
export type DescribeClusterRequest = MessageOf<typeof describeClusterRequest>;

/** The answer to {@link describeClusterRequest}. */
export const describeClusterResponse = response({
  apiKey: 60,
  name: 'DescribeClusterResponse',
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, default: null }),
    endpointType: int8({ versions: '1+', default: 1 }),
    clusterId: string(),
    controllerId: int32({ default: -1 }),
    brokers: array({
      brokerId: int32({ mapKey: true }),
      host: string(),
      port: int32(),
      rack: string({ nullable: true, default: null }),
      isFenced: bool({ versions: '2+' }),
    }),
    clusterAuthorizedOperations: int32({ default: -2147483648 }),
  },
});

/** {@link describeClusterResponse}, decoded. */
export type DescribeClusterResponse = MessageOf<typeof describeClusterResponse>;
