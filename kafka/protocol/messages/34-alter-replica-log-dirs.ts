import { array, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Moves replicas between the log directories of a broker. */
export const alterReplicaLogDirsRequest = request({
  apiKey: 34,
  name: 'AlterReplicaLogDirsRequest',
  versions: '1-2',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    dirs: array({
      path: string({ mapKey: true }),
      topics: array({
        name: string({ mapKey: true }),
        partitions: array(int32()),
      }),
    }),
  },
});

/** {@link alterReplicaLogDirsRequest}, decoded. */
export type AlterReplicaLogDirsRequest = MessageOf<typeof alterReplicaLogDirsRequest>;

/** The answer to {@link alterReplicaLogDirsRequest}. */
export const alterReplicaLogDirsResponse = response({
  apiKey: 34,
  name: 'AlterReplicaLogDirsResponse',
  versions: '1-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    results: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});

/** {@link alterReplicaLogDirsResponse}, decoded. */
export type AlterReplicaLogDirsResponse = MessageOf<typeof alterReplicaLogDirsResponse>;
