import { array, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Lists the reassignments in progress. Null `topics` mean all. */
export const listPartitionReassignmentsRequest = request({
  apiKey: 46,
  name: 'ListPartitionReassignmentsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    timeoutMs: int32({ default: 60000 }),
    topics: array(
      {
        name: string(),
        partitionIndexes: array(int32()),
      },
      { nullable: true, default: null },
    ),
  },
});

/** {@link listPartitionReassignmentsRequest}, decoded. */
export type ListPartitionReassignmentsRequest = MessageOf<typeof listPartitionReassignmentsRequest>;

/** The answer to {@link listPartitionReassignmentsRequest}. */
export const listPartitionReassignmentsResponse = response({
  apiKey: 46,
  name: 'ListPartitionReassignmentsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        replicas: array(int32()),
        addingReplicas: array(int32()),
        removingReplicas: array(int32()),
      }),
    }),
  },
});

/** {@link listPartitionReassignmentsResponse}, decoded. */
export type ListPartitionReassignmentsResponse = MessageOf<typeof listPartitionReassignmentsResponse>;
