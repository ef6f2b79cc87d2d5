import { expect, expectTypeOf, test } from 'vitest';
import {
  decode,
  type Element,
  type Encodable,
  encode,
  encodeToBuffer,
  type FetchResponse,
  fetchResponse,
  type HeartbeatRequest,
  heartbeatRequest,
  type MetadataRequest,
  offsetCommitValue,
} from '../../../kafka/protocol/index.ts';

test('the type of a message follows from its definition', () => {
  expectTypeOf<HeartbeatRequest>().toEqualTypeOf<{
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupInstanceId: string | null;
  }>();
  expectTypeOf<Element<MetadataRequest['topics']>>().toEqualTypeOf<{
    readonly topicId: string;
    readonly name: string | null;
  }>();
  type Partition = Element<Element<FetchResponse['responses']>['partitions']>;
  expectTypeOf<Partition['records']>().toEqualTypeOf<Buffer | null>();
  expectTypeOf<Partition['divergingEpoch']['endOffset']>().toEqualTypeOf<number>();
});

test('what decoding gives can be encoded again', () => {
  expectTypeOf<HeartbeatRequest>().toExtend<Encodable<typeof heartbeatRequest>>();
  expectTypeOf<FetchResponse>().toExtend<Encodable<typeof fetchResponse>>();
});

test('a field that always travels and has no default is required', () => {
  // @ts-expect-error memberId is missing
  encode(heartbeatRequest, 4, { groupId: 'g', generationId: 1 });
  // @ts-expect-error a string is not a number
  expect(() => encode(heartbeatRequest, 4, { groupId: 'g', generationId: '1', memberId: 'm' })).toThrow();
});

test('fields with a default may be left out and come back at their default', () => {
  const bytes = encodeToBuffer(fetchResponse, 18, {
    sessionId: 7,
    responses: [{ partitions: [{ partitionIndex: 3, errorCode: 0, highWatermark: 12, records: null }] }],
  });
  expect(decode(fetchResponse, 18, bytes).responses[0]?.partitions[0]).toEqual({
    partitionIndex: 3,
    errorCode: 0,
    highWatermark: 12,
    lastStableOffset: -1,
    logStartOffset: -1,
    divergingEpoch: { epoch: -1, endOffset: -1 },
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    snapshotId: { endOffset: -1, epoch: -1 },
    abortedTransactions: [],
    preferredReadReplica: -1,
    records: null,
  });
  const commit = { offset: 1, metadata: '', commitTimestamp: 5 };
  expect(decode(offsetCommitValue, 3, encodeToBuffer(offsetCommitValue, 3, commit)).leaderEpoch).toBe(-1);
});
