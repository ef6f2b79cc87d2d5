import {
  ErrorCode,
  type OffsetCommitRequest,
  type TxnOffsetCommitRequest,
} from '../../../kafka/protocol/index.ts';
import { ZERO_TOPIC_ID } from './committed-offsets.ts';

/** From this version on the commit itself makes the offsets part of the transaction (KIP-890). */
export const TXN_ADD_SINCE = 5;

const ABORTABLE_SINCE = 4;

/** An OffsetCommit version with topic names and the errors that TxnOffsetCommit has for groups that are missing. */
const LIKE_OFFSET_COMMIT = 8;

/** What a TxnOffsetCommit asks for in terms of an OffsetCommit. */
export function asOffsetCommit({
  groupId,
  generationId,
  memberId,
  groupInstanceId,
  topics,
}: TxnOffsetCommitRequest): { readonly request: OffsetCommitRequest; readonly apiVersion: number } {
  const request = {
    groupId,
    generationIdOrMemberEpoch: generationId,
    memberId,
    groupInstanceId,
    retentionTimeMs: -1,
    topics: topics.map((topic) => ({ ...topic, topicId: ZERO_TOPIC_ID })),
  };
  return { request, apiVersion: LIKE_OFFSET_COMMIT };
}

/** The transaction coordinator's error as a client of that version is told it. */
export function verificationError(errorCode: number, apiVersion: number): number {
  if (errorCode === ErrorCode.PRODUCER_FENCED) return ErrorCode.INVALID_PRODUCER_EPOCH;
  const isTooNew = errorCode === ErrorCode.TRANSACTION_ABORTABLE && apiVersion < ABORTABLE_SINCE;
  return isTooNew ? ErrorCode.INVALID_TXN_STATE : errorCode;
}
