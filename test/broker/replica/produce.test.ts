import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import { BrokerFixture, batchOf, produceBody, produceMessages } from '../broker-fixture.ts';

const NOW = Date.UTC(2026, 0, 1);

const refused = { baseOffset: -1, logAppendTimeMs: -1 };

function withCrc(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch);
  batchHeader.setCrc(batch, 0);
  return batch;
}

test('records that were produced are answered with their offset, the log start, and no append time', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['a', 'b']));
  const result = await fixture.produce('t', batchOf(['c']));
  expect(result).toMatchObject({
    errorCode: 0,
    baseOffset: 2,
    logAppendTimeMs: -1,
    logStartOffset: 0,
    recordErrors: [],
    errorMessage: null,
  });
});

test('every supported version of Produce is answered, with topic names up to 12 and ids from 13 on', async () => {
  const fixture = await BrokerFixture.start();
  const topicId = await fixture.createTopic('t');
  for (let version = 3; version <= 12; version++) {
    expect(await fixture.produce('t', batchOf(['x']), { version })).toMatchObject({
      errorCode: 0,
      baseOffset: version - 3,
    });
  }
  const body = {
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ topicId, partitionData: [{ index: 0, records: batchOf(['x']) }] }],
  };
  const response = await fixture.client.request(produceMessages, 13, body);
  expect(response?.responses[0]).toMatchObject({
    topicId,
    partitionResponses: [{ errorCode: 0, baseOffset: 10 }],
  });
  const unknown = {
    ...body,
    topicData: [
      { topicId: 'AAAAAAAAAAAAAAAAAAAAZQ', partitionData: [{ index: 0, records: batchOf(['x']) }] },
    ],
  };
  const second = await fixture.client.request(produceMessages, 13, unknown);
  expect(second?.responses[0]?.partitionResponses[0]).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_TOPIC_ID,
    ...refused,
  });
});

test('an unknown topic or partition is told as such', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const expected = { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ...refused };
  expect(await fixture.produce('nope', batchOf(['a']))).toMatchObject(expected);
  expect(await fixture.produce('t', batchOf(['a']), { partition: 1 })).toMatchObject(expected);
  expect(await fixture.produce('t', batchOf(['a']), { partition: -1 })).toMatchObject(expected);
});

test('an internal topic is written by the broker alone, and by the admin client', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('__consumer_offsets', 1, { 'cleanup.policy': 'compact' });
  expect(await fixture.produce('__consumer_offsets', batchOf(['a']))).toMatchObject({
    errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION,
  });
  fixture.client.clientId = '__admin_client';
  expect(await fixture.produce('__consumer_offsets', batchOf(['a']))).toMatchObject({ errorCode: 0 });
});

/** Each bad input, the error that it gets, and the name that says why. */
const rows: readonly [string, keyof typeof ErrorCode, () => Buffer | null, { version?: number }?][] = [
  ['no records', 'INVALID_RECORD', () => null],
  ['empty records', 'INVALID_RECORD', () => Buffer.alloc(0)],
  ['a batch that is cut off', 'INVALID_RECORD', () => batchOf(['a']).subarray(0, 65)],
  ['two batches', 'INVALID_RECORD', () => Buffer.concat([batchOf(['a']), batchOf(['b'])])],
  [
    'bytes behind the batch that are none',
    'CORRUPT_MESSAGE',
    () => Buffer.concat([batchOf(['a']), Buffer.alloc(20)]),
  ],
  [
    'a wrong CRC',
    'CORRUPT_MESSAGE',
    () => {
      const batch = batchOf(['a']);
      batch[batch.length - 1] = 0x55;
      return batch;
    },
  ],
  [
    'magic 1',
    'INVALID_RECORD',
    () => {
      const batch = batchOf(['a']);
      batch[16] = 1;
      return batch;
    },
  ],
  [
    'a size below the smallest',
    'CORRUPT_MESSAGE',
    () => {
      const batch = batchOf(['a']);
      batch.writeInt32BE(10, 8);
      return batch;
    },
  ],
  [
    'a negative size',
    'CORRUPT_MESSAGE',
    () => {
      const batch = batchOf(['a']);
      batch.writeInt32BE(-1, 8);
      return batch;
    },
  ],
  ['a base offset other than 0', 'INVALID_RECORD', () => batchOf(['a'], { baseOffset: 7 })],
  [
    'a control batch',
    'INVALID_RECORD',
    () => withCrc(batchOf(['a']), (batch) => batch.writeInt16BE(0x20, 21)),
  ],
  [
    'a transactional batch without a transactional id',
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    () => batchOf(['a'], { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true }),
  ],
  [
    'a record count that is not that of the offsets',
    'INVALID_RECORD',
    () => withCrc(batchOf(['a', 'b']), (batch) => batch.writeInt32BE(1, 57)),
  ],
  [
    'a record count that is not that of the records',
    'INVALID_RECORD',
    () =>
      withCrc(batchOf(['a', 'b']), (batch) => {
        batch.writeInt32BE(3, 57);
        batch.writeInt32BE(2, 23);
      }),
  ],
  [
    'a compressed batch with a wrong count',
    'INVALID_RECORD',
    () =>
      withCrc(batchOf(['a', 'b'], { codec: 'gzip' }), (batch) => {
        batch.writeInt32BE(3, 57);
        batch.writeInt32BE(2, 23);
      }),
  ],
  [
    'a compressed batch that cannot be expanded',
    'INVALID_RECORD',
    () => withCrc(batchOf(['a', 'b'], { codec: 'gzip' }), (batch) => batch.fill(0x31, 61)),
  ],
  [
    'a codec that does not exist',
    'UNSUPPORTED_COMPRESSION_TYPE',
    () => withCrc(batchOf(['a']), (batch) => batch.writeInt16BE(6, 21)),
  ],
  [
    'zstd before version 7',
    'UNSUPPORTED_COMPRESSION_TYPE',
    () => batchOf(['a'], { codec: 'zstd' }),
    { version: 6 },
  ],
  [
    'a sequence below 0',
    'INVALID_RECORD',
    () => batchOf(['a'], { producerId: 5, producerEpoch: 0, baseSequence: -1 }),
  ],
  ['a batch above max.message.bytes', 'MESSAGE_TOO_LARGE', () => batchOf(['x'.repeat(2000)])],
  [
    'a bomb: few bytes that expand without end',
    'MESSAGE_TOO_LARGE',
    () => batchOf(['x'.repeat(40_000_000)], { codec: 'gzip', level: 9 }),
  ],
  [
    'a timestamp too far in the future',
    'INVALID_TIMESTAMP',
    () => batchOf(['a'], { timestamp: NOW + 3_600_000 + 1000 }),
  ],
  [
    'a timestamp too far in the past',
    'INVALID_TIMESTAMP',
    () => batchOf(['a'], { timestamp: NOW - 100_000_000 }),
  ],
];

for (const [name, error, records, { version = 12 } = {}] of rows) {
  test(`${name}: ${error}, nothing is appended, and the connection goes on`, async () => {
    const fixture = await BrokerFixture.start();
    const bomb = name.startsWith('a bomb');
    await fixture.createTopic('t', 1, {
      'max.message.bytes': bomb ? '100000' : '1000',
      'message.timestamp.before.max.ms': '1000000',
    });
    const result = await fixture.produce('t', records(), { version });
    expect(result).toMatchObject({ errorCode: ErrorCode[error], ...refused });
    if (version >= 8) expect(result?.errorMessage).toMatch(/\w/);
    expect(await fixture.produce('t', batchOf(['good']), { version })).toMatchObject({
      errorCode: 0,
      baseOffset: 0,
    });
  });
}

test('one bad partition does not touch the others of a request', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 3);
  const broken = batchOf(['a']);
  broken[broken.length - 1] = 0x55;
  const partitionData = [
    { index: 0, records: batchOf(['a']) },
    { index: 1, records: broken },
    { index: 2, records: batchOf(['c']) },
    { index: 9, records: batchOf(['d']) },
  ];
  const response = await fixture.client.request(produceMessages, 9, {
    acks: -1,
    timeoutMs: 100,
    topicData: [{ name: 't', partitionData }],
  });
  expect(
    response?.responses[0]?.partitionResponses.map(({ index, errorCode }) => [index, errorCode]),
  ).toEqual([
    [0, 0],
    [1, ErrorCode.CORRUPT_MESSAGE],
    [2, 0],
    [9, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  ]);
});

test('records without a key are refused by a compacted topic, each named', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'cleanup.policy': 'compact' });
  const result = await fixture.produce('t', batchOf(['a', 'b'], { key: null }));
  expect(result).toMatchObject({ errorCode: ErrorCode.INVALID_RECORD, ...refused });
  expect(result?.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([0, 1]);
  expect(await fixture.produce('t', batchOf(['a']))).toMatchObject({ errorCode: 0 });
});

test('acks other than -1, 0 and 1 are refused for every partition', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  expect(await fixture.produce('t', batchOf(['a']), { acks: 2 })).toMatchObject({
    errorCode: ErrorCode.INVALID_REQUIRED_ACKS,
  });
  expect(await fixture.produce('t', batchOf(['a']), { acks: 1 })).toMatchObject({
    errorCode: 0,
    baseOffset: 0,
  });
});

test('with LogAppendTime the answer and the records have the time of the broker', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'message.timestamp.type': 'LogAppendTime' });
  await fixture.platform.runFor(77);
  expect(await fixture.produce('t', batchOf(['a'], { timestamp: 5 }))).toMatchObject({
    errorCode: 0,
    logAppendTimeMs: NOW + 77,
  });
  const found = await fixture.fetch('t', 0);
  expect(batchHeader.maxTimestamp(found?.records ?? Buffer.alloc(61), 0)).toBe(NOW + 77);
});

test('how much a batch takes when it is not compressed is of no matter to a topic of small ones', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'max.message.bytes': '250' });
  const batch = batchOf(['x'.repeat(20_000)], { codec: 'gzip' });
  expect(await fixture.produce('t', batch)).toMatchObject({ errorCode: 0, baseOffset: 0 });
});

test('a topic with a codec of its own stores batches with it', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'compression.type': 'lz4' });
  await fixture.produce('t', batchOf(['a'], { codec: 'gzip' }));
  const found = await fixture.fetch('t', 0);
  expect(batchHeader.codecId(found?.records ?? Buffer.alloc(61), 0)).toBe(3);
  expect(await fixture.readAll('t')).toEqual(['0:a']);
});

test('batches keep their bytes but for offset, leader epoch and a wrong maximum timestamp', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['first']));
  const sent = batchOf(['a', 'b'], { codec: 'gzip' });
  const expected = Buffer.from(sent);
  batchHeader.setBaseOffset(expected, 0, 1);
  batchHeader.setLeaderEpoch(expected, 0, (await fixture.leaderEpoch('t')) ?? -1);
  await fixture.produce('t', sent);
  expect((await fixture.fetch('t', 1))?.records).toEqual(expected);
});

const idempotent = (
  baseSequence: number,
  options: { epoch?: number; producerId?: number; count?: number } = {},
) =>
  batchOf(
    Array.from({ length: options.count ?? 1 }, (_, i) => `s${baseSequence + i}`),
    {
      producerId: options.producerId ?? 4000,
      producerEpoch: options.epoch ?? 0,
      baseSequence,
    },
  );

test('B40: a retry gets the offset of the first attempt and is not appended again', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  for (let i = 0; i < 7; i++) await fixture.produce('t', idempotent(i * 2, { count: 2 }));
  for (let i = 2; i < 7; i++) {
    expect(await fixture.produce('t', idempotent(i * 2, { count: 2 }))).toMatchObject({
      errorCode: 0,
      baseOffset: i * 2,
      logAppendTimeMs: NOW,
    });
  }
  expect(await fixture.produce('t', idempotent(2, { count: 2 }))).toMatchObject({
    errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    ...refused,
    logStartOffset: 0,
  });
  expect(await fixture.readAll('t')).toHaveLength(14);
});

test('B41: a gap is refused; an old epoch is fenced, and a new one begins at 0', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', idempotent(0));
  expect(await fixture.produce('t', idempotent(2))).toMatchObject({
    errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  });
  expect(await fixture.produce('t', idempotent(1, { epoch: 1 }))).toMatchObject({
    errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  });
  expect(await fixture.produce('t', idempotent(0, { epoch: 1 }))).toMatchObject({
    errorCode: 0,
    baseOffset: 1,
  });
  expect(await fixture.produce('t', idempotent(1, { epoch: 0 }))).toMatchObject({
    errorCode: ErrorCode.INVALID_PRODUCER_EPOCH,
  });
});

test('batches of one producer that are on the way at the same time are checked in order', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  for (const sequence of [0, 1, 2, 2, 4, 3]) {
    fixture.client.send(produceMessages[0], 9, produceBody('t', 0, idempotent(sequence)));
  }
  const answers: [number | undefined, number | undefined][] = [];
  for (let i = 0; i < 6; i++) {
    const frame = await fixture.client.nextFrame();
    const { decode, decodeResponseHeader } = await import('../../../kafka/protocol/index.ts');
    const { bodyOffset } = decodeResponseHeader(produceMessages[1], 9, frame ?? Buffer.alloc(0));
    const part = decode(produceMessages[1], 9, frame ?? Buffer.alloc(0), bodyOffset).responses[0]
      ?.partitionResponses[0];
    answers.push([part?.errorCode, part?.baseOffset]);
  }
  expect(answers).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 2],
    [ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1],
    [0, 3],
  ]);
});

test('a retry of a batch that is not durable yet is answered when it is', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  fixture.client.send(produceMessages[0], 9, produceBody('t', 0, idempotent(0)));
  const other = await fixture.connect();
  const [first, second] = [
    fixture.client.nextFrame(),
    fixture.produce('t', idempotent(0), { client: other }),
  ];
  expect(await second).toMatchObject({ errorCode: 0, baseOffset: 0 });
  expect(await first).toBeDefined();
  expect(await fixture.readAll('t')).toEqual(['0:s0']);
});

test('a full disk fails what does not fit with KAFKA_STORAGE_ERROR, also the idempotent, and all goes on when there is room', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', idempotent(0));
  const { files } = fixture.platform;
  files.capacityBytes = 1;
  expect(await fixture.produce('t', idempotent(1))).toMatchObject({
    errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
    ...refused,
  });
  expect(await fixture.produce('t', idempotent(2))).toMatchObject({
    errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  });
  expect(await fixture.readAll('t')).toEqual(['0:s0']);
  files.capacityBytes = Number.POSITIVE_INFINITY;
  expect(await fixture.produce('t', idempotent(1))).toMatchObject({ errorCode: 0, baseOffset: 1 });
  await fixture.crash();
  expect(await fixture.readAll('t')).toEqual(['0:s0', '1:s1']);
});

test('after a failed sync every partition answers KAFKA_STORAGE_ERROR, to produce and to fetch', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 2);
  await fixture.produce('t', batchOf(['a']));
  fixture.platform.files.failNextDatasync();
  const expected = { errorCode: ErrorCode.KAFKA_STORAGE_ERROR };
  expect(await fixture.produce('t', batchOf(['b']))).toMatchObject(expected);
  expect(await fixture.produce('t', batchOf(['c']))).toMatchObject(expected);
  expect(await fixture.produce('t', batchOf(['c']), { partition: 1 })).toMatchObject(expected);
  expect(await fixture.fetch('t', 0)).toMatchObject({ ...expected, highWatermark: -1 });
  expect(await fixture.fetch('t', 0, { partition: 1 })).toMatchObject(expected);
  expect(await fixture.fetch('t', 0, { version: 5 })).toMatchObject({
    errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER,
  });
  expect(await fixture.listOffset('t', 5)).toMatchObject(expected);
  await fixture.crash();
  expect(await fixture.readAll('t')).toEqual(['0:a']);
});

test('what was appended before timeout_ms but is not durable is REQUEST_TIMED_OUT', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const body = { ...produceBody('t', 0, batchOf(['a'])), timeoutMs: 0 };
  fixture.client.send(produceMessages[0], 9, body);
  // The timer is due before the sync comes back.
  for (let i = 0; i < 200 && fixture.client.framesReceived === 0; i++) {
    fixture.platform.clock.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const frame = await fixture.client.nextFrame();
  const { decode, decodeResponseHeader } = await import('../../../kafka/protocol/index.ts');
  const { bodyOffset } = decodeResponseHeader(produceMessages[1], 9, frame ?? Buffer.alloc(0));
  const part = decode(produceMessages[1], 9, frame ?? Buffer.alloc(0), bodyOffset).responses[0]
    ?.partitionResponses[0];
  expect(part).toMatchObject({ errorCode: ErrorCode.REQUEST_TIMED_OUT, baseOffset: -1 });
  await fixture.platform.settle();
  expect(await fixture.readAll('t')).toEqual(['0:a']);
});

test('of the same partition twice in one request the last counts, and a topic without partitions is not answered', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const partitionData = [
    { index: 0, records: batchOf(['a']) },
    { index: 0, records: batchOf(['b']) },
  ];
  const response = await fixture.client.request(produceMessages, 9, {
    acks: 1,
    timeoutMs: 100,
    topicData: [
      { name: 't', partitionData },
      { name: 't', partitionData: [] },
      { name: 'u', partitionData: [] },
    ],
  });
  expect(response?.responses.map(({ name }) => name)).toEqual(['t']);
  expect(response?.responses[0]?.partitionResponses.map(({ baseOffset }) => baseOffset)).toEqual([0]);
  expect(await fixture.readAll('t')).toEqual(['0:b']);
});

test('a request without topics is answered at once', async () => {
  const fixture = await BrokerFixture.start();
  expect(
    await fixture.client.request(produceMessages, 9, { acks: -1, timeoutMs: 100, topicData: [] }),
  ).toMatchObject({ responses: [] });
});
