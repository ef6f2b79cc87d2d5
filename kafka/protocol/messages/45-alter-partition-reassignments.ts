import { array, bool, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Starts, changes or (null `replicas`) cancels reassignments of partitions (KIP-455). */
export const alterPartitionReassignmentsRequest = request({
  apiKey: 45,
  name: 'AlterPartitionReassignmentsRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    timeoutMs: int32({ default: 60000 }),
    allowReplicationFactorChange: bool({ versions: '1+', default: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        replicas: array(int32(), { nullable: true, default: null }),
      }),
    }),
  },
});

/** {@link alterPartitionReassignmentsRequest}, decoded. */
export type AlterPartitionReassignmentsRequest = MessageOf<typeof alterPartitionReassignmentsRequest>;

/** The answer to {@link alterPartitionReassignmentsRequest}. */
export const alterPartitionReassignmentsResponse = response({
  apiKey: 45,
  name: 'AlterPartitionReassignmentsResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    allowReplicationFactorChange: bool({ versions: '1+', default: true, ignorable: true }),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
    responses: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true }),
      }),
    }),
  },
});

/** {@link alterPartitionReassignmentsResponse}, decoded. */
export type AlterPartitionReassignmentsResponse = MessageOf<typeof alterPartitionReassignmentsResponse>;
