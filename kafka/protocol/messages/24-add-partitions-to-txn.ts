import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

const addPartitionsToTxnTopic = {
  name: string({ mapKey: true }),
  partitions: array(int32()),
};

/** Adds partitions to a transaction; several transactions at once, for brokers only, from v4 (KIP-890). */
export const addPartitionsToTxnRequest = request({
  apiKey: 24,
  name: 'AddPartitionsToTxnRequest',
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactions: array(
      {
        transactionalId: string({ mapKey: true }),
        producerId: int64(),
        producerEpoch: int16(),
        verifyOnly: bool({ default: false }),
        topics: array(addPartitionsToTxnTopic),
      },
      { versions: '4+' },
    ),
    v3AndBelowTransactionalId: string({ versions: '0-3' }),
    v3AndBelowProducerId: int64({ versions: '0-3' }),
    v3AndBelowProducerEpoch: int16({ versions: '0-3' }),
    v3AndBelowTopics: array(addPartitionsToTxnTopic, { versions: '0-3' }),
  },
});

/** {@link addPartitionsToTxnRequest}, decoded. */
export type AddPartitionsToTxnRequest = MessageOf<typeof addPartitionsToTxnRequest>;

const addPartitionsToTxnPartitionResult = {
  partitionIndex: int32({ mapKey: true }),
  partitionErrorCode: int16(),
};

const addPartitionsToTxnTopicResult = {
  name: string({ mapKey: true }),
  resultsByPartition: array(addPartitionsToTxnPartitionResult),
};

/** The answer to {@link addPartitionsToTxnRequest}. */
export const addPartitionsToTxnResponse = response({
  apiKey: 24,
  name: 'AddPartitionsToTxnResponse',
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16({ versions: '4+', ignorable: true }),
    resultsByTransaction: array(
      {
        transactionalId: string({ mapKey: true }),
        topicResults: array(addPartitionsToTxnTopicResult),
      },
      { versions: '4+' },
    ),
    resultsByTopicV3AndBelow: array(addPartitionsToTxnTopicResult, { versions: '0-3' }),
  },
});

/** {@link addPartitionsToTxnResponse}, decoded. */
export type AddPartitionsToTxnResponse = MessageOf<typeof addPartitionsToTxnResponse>;
