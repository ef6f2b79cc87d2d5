import {
  array,
  coordinatorKey,
  coordinatorValue,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link transactionLogValue}. */
export const transactionLogKey = coordinatorKey({
  apiKey: 0,
  name: 'TransactionLogKey',
  versions: '0',
  flexible: 'none',
  fields: {
    transactionalId: string(),
  },
});

/** {@link transactionLogKey}, decoded. */
export type TransactionLogKey = MessageOf<typeof transactionLogKey>;

/** A transactional id: its producer, and the state and partitions of its transaction. */
export const transactionLogValue = coordinatorValue({
  apiKey: 0,
  name: 'TransactionLogValue',
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: int64(),
    previousProducerId: int64({ versions: '1+', default: -1, tag: 0 }),
    nextProducerId: int64({ versions: '1+', default: -1, tag: 1 }),
    producerEpoch: int16(),
    nextProducerEpoch: int16({ versions: '1+', default: -1, tag: 3 }),
    transactionTimeoutMs: int32(),
    transactionStatus: int8(),
    transactionPartitions: array(
      {
        topic: string(),
        partitionIds: array(int32()),
      },
      { nullable: true },
    ),
    transactionLastUpdateTimestampMs: int64(),
    transactionStartTimestampMs: int64(),
    clientTransactionVersion: int16({ versions: '1+', default: 0, tag: 2 }),
  },
});

/** {@link transactionLogValue}, decoded. */
export type TransactionLogValue = MessageOf<typeof transactionLogValue>;
