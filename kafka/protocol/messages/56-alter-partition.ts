import {
  array,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  uuid,
} from '../schema/index.ts';

/** Asks the controller to change the in-sync replicas of partitions (KIP-497). */
export const alterPartitionRequest = request({
  apiKey: 56,
  name: 'AlterPartitionRequest',
  versions: '2-3',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32(),
    brokerEpoch: int64({ default: -1 }),
    topics: array({
      topicId: uuid({ ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        leaderEpoch: int32(),
        newIsr: array(int32(), { versions: '2' }),
        newIsrWithEpochs: array(
          {
            brokerId: int32(),
            brokerEpoch: int64({ default: -1 }),
          },
          { versions: '3+' },
        ),
        leaderRecoveryState: int8({ default: 0 }),
        partitionEpoch: int32(),
      }),
    }),
  },
});

/** {@link alterPartitionRequest}, decoded. */
export type AlterPartitionRequest = MessageOf<typeof alterPartitionRequest>;

/** The answer to {@link alterPartitionRequest}. */
export const alterPartitionResponse = response({
  apiKey: 56,
  name: 'AlterPartitionResponse',
  versions: '2-3',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    topics: array({
      topicId: uuid({ ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        isr: array(int32()),
        leaderRecoveryState: int8({ default: 0, ignorable: true }),
        partitionEpoch: int32(),
      }),
    }),
  },
});

/** {@link alterPartitionResponse}, decoded. */
export type AlterPartitionResponse = MessageOf<typeof alterPartitionResponse>;
