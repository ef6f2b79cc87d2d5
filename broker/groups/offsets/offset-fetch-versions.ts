import {
  ErrorCode,
  type OffsetFetchRequest,
  type OffsetFetchResponse,
} from '../../../kafka/protocol/index.ts';
import { ZERO_TOPIC_ID } from './committed-offsets.ts';
import { failedTopic, type OffsetFetchGroup, type OffsetFetchGroupResponse } from './offset-fetch.ts';

/** The groups that a request asks for: until v7 one at the top, since v8 a list. */
export function fetchGroupsOf(request: OffsetFetchRequest, apiVersion: number): readonly OffsetFetchGroup[] {
  if (apiVersion >= 8) return request.groups;
  const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_TOPIC_ID })) ?? null;
  return [{ groupId: request.groupId, memberId: null, memberEpoch: -1, topics }];
}

/**
 * The response in the form of its version. A failed group has an error of its own since v8, one at the top since v2;
 * v1 can only say it for each partition.
 */
export function fetchResponseOf(
  request: OffsetFetchRequest,
  groups: readonly OffsetFetchGroupResponse[],
  apiVersion: number,
): OffsetFetchResponse {
  if (apiVersion >= 8) return { throttleTimeMs: 0, topics: [], errorCode: ErrorCode.NONE, groups };
  const group = groups[0];
  const errorCode = group?.errorCode ?? ErrorCode.NONE;
  if (apiVersion < 2 && errorCode !== ErrorCode.NONE) {
    const topics = (request.topics ?? []).map((topic) => failedTopic(topic, errorCode));
    return { throttleTimeMs: 0, topics, errorCode: ErrorCode.NONE, groups: [] };
  }
  return { throttleTimeMs: 0, topics: group?.topics ?? [], errorCode, groups: [] };
}

/** Consumers do not retry OffsetFetch on COORDINATOR_NOT_AVAILABLE, but look for the coordinator on NOT_COORDINATOR. */
export function fetchErrorOf(errorCode: number): number {
  return errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE ? ErrorCode.NOT_COORDINATOR : errorCode;
}
