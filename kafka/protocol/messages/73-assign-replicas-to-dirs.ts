import { array, int16, int32, int64, type MessageOf, request, response, uuid } from '../schema/index.ts';

/** Tells the controller in which log directories replicas are (KIP-858). */
export const assignReplicasToDirsRequest = request({
  apiKey: 73,
  name: 'AssignReplicasToDirsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32(),
    brokerEpoch: int64({ default: -1 }),
    directories: array({
      id: uuid(),
      topics: array({
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
        }),
      }),
    }),
  },
});

/** {@link assignReplicasToDirsRequest}, decoded. */
export type AssignReplicasToDirsRequest = MessageOf<typeof assignReplicasToDirsRequest>;

/** The answer to {@link assignReplicasToDirsRequest}. */
export const assignReplicasToDirsResponse = response({
  apiKey: 73,
  name: 'AssignReplicasToDirsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    directories: array({
      id: uuid(),
      topics: array({
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
          errorCode: int16(),
        }),
      }),
    }),
  },
});

/** {@link assignReplicasToDirsResponse}, decoded. */
export type AssignReplicasToDirsResponse = MessageOf<typeof assignReplicasToDirsResponse>;
