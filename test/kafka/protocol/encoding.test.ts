import { describe, expect, test } from 'vitest';
import {
  createTopicsRequest,
  decode,
  decodeExact,
  encode,
  encodeExact,
  encodeToBuffer,
  endTxnMarker,
  fetchRequest,
  fetchResponse,
  findCoordinatorRequest,
  heartbeatRequest,
  listOffsetsRequest,
  messageByName,
  metadataRequest,
  offsetFetchRequest,
  produceRequest,
  saslAuthenticateRequest,
  txnOffsetCommitRequest,
  UnsupportedVersionError,
} from '../../../kafka/protocol/index.ts';

const fetchBase = { maxWaitMs: 0, minBytes: 0, topics: [] };

function fetchPartition(fetchOffset: number, highWatermark?: number) {
  const partition = { partition: 0, fetchOffset, partitionMaxBytes: 1, highWatermark };
  return { ...fetchBase, topics: [{ partitions: [partition] }] };
}

describe('int64 in typed code', () => {
  test.each([
    0,
    -1,
    1,
    4_294_967_295,
    4_294_967_296,
    -4_294_967_297,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ])('%d survives', (offset) => {
    const bytes = encodeToBuffer(fetchRequest, 18, fetchPartition(offset));
    expect(decode(fetchRequest, 18, bytes).topics[0]?.partitions[0]?.fetchOffset).toBe(offset);
  });

  test('what a double cannot hold is clamped on the wire and rounded when read', () => {
    for (const [given, wire] of [
      [2 ** 63, 2n ** 63n - 1n],
      [2 ** 64, 2n ** 63n - 1n],
      [-(2 ** 63), -(2n ** 63n)],
      [-(2 ** 70), -(2n ** 63n)],
      [2 ** 60, 2n ** 60n],
    ] as const) {
      const bytes = encodeToBuffer(fetchRequest, 18, fetchPartition(given));
      const exact = decodeExact(fetchRequest, 18, bytes);
      expect(exact).toMatchObject({ topics: [{ partitions: [{ fetchOffset: wire }] }] });
      expect(decode(fetchRequest, 18, bytes).topics[0]?.partitions[0]?.fetchOffset).toBe(Number(wire));
    }
  });

  test('a default of 2^63 - 1 is left out of the tagged fields and comes back', () => {
    const unset = encodeToBuffer(fetchRequest, 18, fetchPartition(5));
    expect(encodeToBuffer(fetchRequest, 18, fetchPartition(5, 2 ** 63)).equals(unset)).toBe(true);
    expect(encodeToBuffer(fetchRequest, 18, fetchPartition(5, 7)).length).toBe(unset.length + 10);
    expect(decode(fetchRequest, 18, unset).topics[0]?.partitions[0]?.highWatermark).toBe(2 ** 63);
    expect(decodeExact(fetchRequest, 18, unset)).toMatchObject({
      topics: [{ partitions: [{ highWatermark: 2n ** 63n - 1n }] }],
    });
  });

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (offset) => {
    expect(() => encode(fetchRequest, 18, fetchPartition(offset))).toThrow(
      `FetchRequest cannot be encoded: topics[0].partitions[0].fetchOffset: ${offset} is not an int64.`,
    );
  });
});

describe('values that do not fit', () => {
  const request = { groupId: 'g', generationId: 1, memberId: 'm' };
  test.each([
    ['null where null is not allowed', { ...request, groupId: null }, 'groupId: a string is required'],
    ['a number as string', { ...request, memberId: 5 }, 'memberId: a string is required'],
    [
      'an int32 out of range',
      { ...request, generationId: 2 ** 31 },
      'generationId: 2147483648 is not an int32',
    ],
    ['a fraction', { ...request, generationId: 1.5 }, 'generationId: 1.5 is not an int32'],
    [
      'a string above 32767 bytes',
      { ...request, groupId: 'ż'.repeat(16_384) },
      'groupId: a string of 32768 bytes',
    ],
    ['no object', null, 'a struct is required'],
  ])('%s is a ProtocolEncodeError that names the field', (_, value, text) => {
    expect(() => encode(heartbeatRequest, 4, value as never)).toThrow(text);
    expect(() => encode(heartbeatRequest, 0, value as never)).toThrow(
      expect.objectContaining({ code: 'KAFKA_PROTOCOL_ENCODE' }),
    );
  });

  test.each([
    ['an array', metadataRequest, 0, { topics: null }, 'topics: an array is required'],
    ['a struct', metadataRequest, 1, { topics: [null] }, 'topics[0]: a struct is required'],
    ['a Buffer', saslAuthenticateRequest, 2, { authBytes: 'secret' }, 'authBytes: a Buffer is required'],
    ['a boolean', metadataRequest, 4, { topics: null, allowAutoTopicCreation: 1 }, 'a boolean is required'],
    [
      'a uuid',
      metadataRequest,
      12,
      { topics: [{ topicId: 'short', name: null }] },
      'topics[0].topicId: "short"',
    ],
    ['a uuid', metadataRequest, 12, { topics: [{ topicId: '!'.repeat(22), name: null }] }, 'is not a uuid'],
  ])('%s is required where one is defined', (_, definition, version, value, text) => {
    expect(() => encode(definition as typeof metadataRequest, version, value as never)).toThrow(text);
  });

  test('a string of 32767 bytes fits', () => {
    const groupId = `ż${'x'.repeat(32_765)}`;
    const bytes = encodeToBuffer(heartbeatRequest, 4, { groupId, generationId: 1, memberId: '' });
    expect(decode(heartbeatRequest, 4, bytes).groupId).toBe(groupId);
  });

  test('a failed message leaves no trace in the next one', () => {
    const good = encodeToBuffer(heartbeatRequest, 4, request);
    expect(() => encode(heartbeatRequest, 4, { ...request, memberId: 5 } as never)).toThrow();
    expect(encodeToBuffer(heartbeatRequest, 4, request).equals(good)).toBe(true);
  });
});

describe('fields that the version lacks', () => {
  test('are an UnsupportedVersionError when set and not ignorable', () => {
    const value = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: 'i' };
    expect(() => encode(heartbeatRequest, 2, value)).toThrow(UnsupportedVersionError);
    expect(() => encode(heartbeatRequest, 2, value)).toThrow(
      'HeartbeatRequest v2 cannot be used: it has no field "groupInstanceId", which is set.',
    );
    expect(() => encode(heartbeatRequest, 3, value)).not.toThrow();
  });

  test('may be set to their default', () => {
    const value = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null };
    expect(() => encode(heartbeatRequest, 2, value)).not.toThrow();
    const state = { replicaId: -1, replicaEpoch: -1 };
    expect(() => encode(fetchRequest, 14, { ...fetchBase, replicaState: state })).not.toThrow();
    const follower = { ...fetchBase, replicaState: { replicaId: 3, replicaEpoch: -1 } };
    expect(() => encode(fetchRequest, 14, follower)).toThrow('has no field "replicaState"');
    expect(() => encode(offsetFetchRequest, 7, { topics: null, groups: [] })).not.toThrow();
    const groups = [{ groupId: 'g', topics: null }];
    expect(() => encode(offsetFetchRequest, 7, { topics: null, groups })).toThrow('has no field "groups"');
  });

  test('are dropped when ignorable', () => {
    const value = { ...fetchBase, sessionId: 5, rackId: 'r', maxBytes: 9 };
    expect(decode(fetchRequest, 4, encodeToBuffer(fetchRequest, 4, value))).toMatchObject({
      sessionId: 0,
      sessionEpoch: -1,
      rackId: '',
      maxBytes: 9,
    });
  });

  test('come back at their default, which is not always zero', () => {
    const bytes = encodeToBuffer(createTopicsRequest, 2, { topics: [], timeoutMs: 1 });
    expect(decode(createTopicsRequest, 2, bytes)).toEqual({ topics: [], timeoutMs: 1, validateOnly: false });
    const commit = { transactionalId: 't', groupId: 'g', producerId: 1, producerEpoch: 0, topics: [] };
    const read = decode(txnOffsetCommitRequest, 0, encodeToBuffer(txnOffsetCommitRequest, 0, commit));
    expect(read).toMatchObject({ generationId: -1, memberId: '', groupInstanceId: null });
  });
});

test('a version outside the definition is an UnsupportedVersionError in both directions', () => {
  const value = { groupId: 'g', generationId: 1, memberId: 'm' };
  for (const version of [-1, 5, 1.5, Number.NaN]) {
    expect(() => encode(heartbeatRequest, version, value)).toThrow('the known versions are 0 to 4');
    expect(() => decode(heartbeatRequest, version, Buffer.alloc(20))).toThrow(UnsupportedVersionError);
  }
  expect(() => decode(fetchRequest, 3, Buffer.alloc(20))).toThrow('the known versions are 4 to 18');
});

describe('chunks', () => {
  const batch = Buffer.alloc(4096, 7);
  const produce = (records: Buffer | null) => ({
    transactionalId: null,
    acks: -1,
    timeoutMs: 1,
    topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
  });

  test('byte fields of 4 KiB and more are passed on without copying', () => {
    const chunks = encode(produceRequest, 12, produce(batch));
    expect(chunks).toHaveLength(3);
    expect(chunks[1]).toBe(batch);
    expect(encode(produceRequest, 12, produce(batch.subarray(1)))).toHaveLength(1);
  });

  test('encodeToBuffer gives a copy', () => {
    const bytes = encodeToBuffer(produceRequest, 12, produce(batch));
    const decoded = decode(produceRequest, 12, bytes).topicData[0]?.partitionData[0]?.records;
    expect(decoded?.equals(batch)).toBe(true);
    expect(bytes.buffer).not.toBe(batch.buffer);
  });

  test('decoded byte fields share memory with the input', () => {
    const bytes = encodeToBuffer(produceRequest, 12, produce(batch));
    const decoded = decode(produceRequest, 12, bytes).topicData[0]?.partitionData[0]?.records;
    bytes.fill(9);
    expect(decoded?.every((byte) => byte === 9)).toBe(true);
  });

  test('a null batch is not an empty one', () => {
    const recordsOf = (records: Buffer | null) =>
      decode(produceRequest, 9, encodeToBuffer(produceRequest, 9, produce(records))).topicData[0]
        ?.partitionData[0]?.records;
    expect(recordsOf(null)).toBeNull();
    expect(recordsOf(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
  });

  test('messages written one after the other do not touch each other', () => {
    const messages = Array.from({ length: 5000 }, (_, i) => ({
      groupId: 'x'.repeat(i % 97),
      generationId: i,
      memberId: `member-${i}`,
    }));
    const encoded = messages.map((message) =>
      encode(heartbeatRequest, i32(message.generationId % 5), message),
    );
    for (const [i, message] of messages.entries()) {
      expect(decode(heartbeatRequest, i % 5, Buffer.concat(encoded[i] ?? []))).toMatchObject(message);
    }
  });

  test('one message may be larger than what is allocated at a time, at any alignment', () => {
    for (let shift = 0; shift < 9; shift++) {
      const topics = Array.from({ length: 40_000 }, (_, i) => ({
        name: 'n'.repeat(i % 7 === 0 ? shift : 1),
      }));
      const bytes = encodeToBuffer(metadataRequest, 9, { topics });
      expect(decode(metadataRequest, 9, bytes).topics?.map(({ name }) => ({ name }))).toEqual(topics);
    }
  });
});

describe('tagged fields', () => {
  test('travel in the order of their tags and only when set', () => {
    const partition = { partitionIndex: 1, errorCode: 0, highWatermark: 2, records: null };
    const encoded = (extra: object) =>
      encodeToBuffer(fetchResponse, 12, {
        sessionId: 0,
        responses: [{ topic: '', partitions: [{ ...partition, ...extra }] }],
      });
    const plain = encoded({});
    const diverging = encoded({
      snapshotId: { endOffset: 3, epoch: 1 },
      divergingEpoch: { epoch: 1, endOffset: 3 },
    });
    expect(diverging.length - plain.length).toBe(2 * (2 + 4 + 8 + 1));
    expect(diverging.indexOf(Buffer.from('02 00 0d'.replaceAll(' ', ''), 'hex'))).toBeGreaterThan(0);
    const unset = {
      divergingEpoch: { epoch: -1, endOffset: -1 },
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
    };
    expect(encoded(unset).equals(plain)).toBe(true);
  });

  test('may be larger than 127 bytes', () => {
    const nodeEndpoints = Array.from({ length: 300 }, (_, nodeId) => ({
      nodeId,
      host: `broker-${nodeId}.example`,
      port: 9092,
      rack: nodeId % 2 === 0 ? null : 'r',
    }));
    const bytes = encodeToBuffer(fetchResponse, 16, { sessionId: 0, responses: [], nodeEndpoints });
    expect(decode(fetchResponse, 16, bytes).nodeEndpoints).toEqual(nodeEndpoints);
  });
});

test('an optional struct can be null, plain and tagged', () => {
  const member = messageByName('ConsumerGroupMemberMetadataValue');
  const page = messageByName('DescribeTopicPartitionsRequest');
  if (member === undefined || page === undefined) throw new Error('a definition is missing');
  const plain = encodeExact(page, 0, { topics: [], responsePartitionLimit: 5, cursor: null });
  expect(plain.toString('hex')).toBe('0100000005ff00');
  expect(decodeExact(page, 0, plain)).toMatchObject({ cursor: null });
  const value = { clientId: '', clientHost: '', subscribedTopicNames: [], instanceId: null, rackId: null };
  const rest = { subscribedTopicRegex: null, serverAssignor: null };
  const tagged = encodeExact(member, 0, { ...value, ...rest, classicMemberMetadata: null });
  expect(tagged.toString('hex').endsWith('01000100')).toBe(true);
  expect(decodeExact(member, 0, tagged)).toMatchObject({ classicMemberMetadata: null });
});

test('a known message has the bytes that the protocol gives it', () => {
  expect(encodeToBuffer(endTxnMarker, 0, { coordinatorEpoch: 258 }).toString('hex')).toBe('00000102');
  const search = { keyType: 1, coordinatorKeys: ['tx'] };
  expect(encodeToBuffer(findCoordinatorRequest, 4, search).toString('hex')).toBe('010203747800');
  const offsets = {
    replicaId: -1,
    topics: [{ name: 't', partitions: [{ partitionIndex: 1, timestamp: -2 }] }],
  };
  expect(encodeToBuffer(listOffsetsRequest, 1, offsets).toString('hex')).toBe(
    'ffffffff0000000100017400000001' + '00000001fffffffffffffffe',
  );
});

function i32(value: number): number {
  return value | 0;
}
