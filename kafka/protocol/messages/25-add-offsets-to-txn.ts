import { int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Adds the offsets of a group to a transaction. */
export const addOffsetsToTxnRequest = request({
  apiKey: 25,
  name: 'AddOffsetsToTxnRequest',
  versions: '0-4',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    groupId: string(),
  },
});

/** {@link addOffsetsToTxnRequest}, decoded. */
export type AddOffsetsToTxnRequest = MessageOf<typeof addOffsetsToTxnRequest>;

/** The answer to {@link addOffsetsToTxnRequest}. */
export const addOffsetsToTxnResponse = response({
  apiKey: 25,
  name: 'AddOffsetsToTxnResponse',
  versions: '0-4',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
  },
});

/** {@link addOffsetsToTxnResponse}, decoded. */
export type AddOffsetsToTxnResponse = MessageOf<typeof addOffsetsToTxnResponse>;
