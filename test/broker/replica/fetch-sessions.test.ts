import { expect, test } from 'vitest';
import { type Encodable, ErrorCode, type fetchRequest } from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, fetchBody, fetchMessages, recordsOf, ZERO_UUID } from '../broker-fixture.ts';

/** A consumer that keeps a session. */
class SessionClient {
  readonly fixture: BrokerFixture;
  readonly version: number;
  sessionId = 0;
  epoch = 0;

  constructor(fixture: BrokerFixture, version = 12) {
    this.fixture = fixture;
    this.version = version;
  }

  /** Sends a fetch of these partitions (topic name or id, index, offset); undefined: only what the session knows. */
  async fetch(asked: readonly [string, number, number][] = [], forgotten: readonly [string, number][] = []) {
    const usesIds = this.version >= 13;
    const reference = (topic: string) => (usesIds ? { topicId: topic } : { topic });
    const body: Encodable<typeof fetchRequest> = {
      ...fetchBody('', 0, { sessionId: this.sessionId, sessionEpoch: this.epoch }),
      topics: asked.map(([topic, partition, fetchOffset]) => ({
        ...reference(topic),
        partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }],
      })),
      forgottenTopicsData: forgotten.map(([topic, partition]) => ({
        ...reference(topic),
        partitions: [partition],
      })),
    };
    const response = await this.fixture.client.request(fetchMessages, this.version, body);
    if (response === undefined) throw new Error('no answer');
    if (response.errorCode === 0) {
      this.sessionId = response.sessionId;
      if (this.epoch >= 0) this.epoch += 1;
    }
    const told = response.responses.flatMap(({ topic, topicId, partitions }) =>
      partitions.map((part) => {
        const values = recordsOf(part.records).map((each) => each.value);
        return `${usesIds ? topicId : topic}-${part.partitionIndex}${part.errorCode === 0 ? '' : `!${part.errorCode}`}[${values}]`;
      }),
    );
    return { errorCode: response.errorCode, sessionId: response.sessionId, told };
  }
}

async function started(): Promise<{ fixture: BrokerFixture; session: SessionClient }> {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('a', 2);
  await fixture.createTopic('b');
  return { fixture, session: new SessionClient(fixture) };
}

const all: readonly [string, number, number][] = [
  ['a', 0, 0],
  ['a', 1, 0],
  ['b', 0, 0],
];

test('a full fetch with epoch 0 begins a session, and then only what changed is told', async () => {
  const { fixture, session } = await started();
  const first = await session.fetch(all);
  expect(first.sessionId).toBeGreaterThan(0);
  expect(first.told).toEqual(['a-0[]', 'a-1[]', 'b-0[]']);
  expect((await session.fetch()).told).toEqual([]);
  await fixture.produce('a', batchOf(['x']), { partition: 1 });
  expect((await session.fetch()).told).toEqual(['a-1[x]']);
  expect((await session.fetch([['a', 1, 1]])).told).toEqual([]);
});

test('a partition that gave records goes to the end of the line', async () => {
  const { fixture, session } = await started();
  await session.fetch(all);
  for (const [topic, partition] of [
    ['a', 0],
    ['a', 1],
    ['b', 0],
  ] as const)
    await fixture.produce(topic, batchOf(['x']), { partition });
  expect((await session.fetch()).told).toEqual(['a-0[x]', 'a-1[x]', 'b-0[x]']);
  expect(
    (
      await session.fetch([
        ['a', 1, 1],
        ['b', 0, 1],
      ])
    ).told,
  ).toEqual(['a-0[x]']);
  await fixture.produce('b', batchOf(['y']));
  expect((await session.fetch()).told).toEqual(['b-0[y]', 'a-0[x]']);
});

test('a moved log start or high watermark is news without records', async () => {
  const { fixture, session } = await started();
  await fixture.produce('b', batchOf(['1', '2']));
  await session.fetch([
    ['a', 0, 0],
    ['b', 0, 2],
  ]);
  const { deleteRecordsRequest, deleteRecordsResponse } = await import('../../../kafka/protocol/index.ts');
  const topics = [{ name: 'b', partitions: [{ partitionIndex: 0, offset: 1 }] }];
  await fixture.client.request([deleteRecordsRequest, deleteRecordsResponse] as const, 2, {
    topics,
    timeoutMs: 1000,
  });
  expect((await session.fetch()).told).toEqual(['b-0[]']);
  expect((await session.fetch()).told).toEqual([]);
});

test('partitions are added, changed and forgotten by the requests that follow', async () => {
  const { fixture, session } = await started();
  for (const partition of [0, 1]) await fixture.produce('a', batchOf(['x', 'y']), { partition });
  expect((await session.fetch([['a', 0, 2]])).told).toEqual(['a-0[]']);
  expect((await session.fetch([['a', 1, 0]])).told).toEqual(['a-1[x,y]']);
  expect(
    (
      await session.fetch([
        ['a', 1, 2],
        ['a', 0, 0],
      ])
    ).told,
  ).toEqual(['a-0[x,y]']);
  expect((await session.fetch([], [['a', 0]])).told).toEqual([]);
});

test('a session that is left without partitions ends', async () => {
  const { session } = await started();
  await session.fetch([['b', 0, 0]]);
  expect(await session.fetch([], [['b', 0]])).toMatchObject({ errorCode: 0, sessionId: 0, told: [] });
});

test('errors are told each time, not only once', async () => {
  const { session } = await started();
  expect(
    (
      await session.fetch([
        ['b', 0, 99],
        ['a', 0, 0],
      ])
    ).told,
  ).toEqual(['b-0!1[]', 'a-0[]']);
  expect((await session.fetch()).told).toEqual(['b-0!1[]']);
  expect((await session.fetch()).told).toEqual(['b-0!1[]']);
  expect((await session.fetch([['b', 0, 0]])).told).toEqual(['b-0[]']);
  expect((await session.fetch()).told).toEqual([]);
});

test('a wrong epoch and an unknown id are errors of the whole request', async () => {
  const { session } = await started();
  await session.fetch(all);
  session.epoch = 5;
  expect(await session.fetch()).toEqual({
    errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH,
    sessionId: 0,
    told: [],
  });
  session.epoch = 1;
  expect((await session.fetch()).errorCode).toBe(0);
  const unknown = new SessionClient(session.fixture);
  unknown.sessionId = 12345;
  unknown.epoch = 1;
  expect(await unknown.fetch()).toMatchObject({ errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND });
});

test('epoch 0 with an id closes that session and begins another, epoch -1 only closes it', async () => {
  const { session } = await started();
  const first = await session.fetch(all);
  session.epoch = 0;
  const second = await session.fetch(all);
  expect(second.sessionId).not.toBe(first.sessionId);
  const old = new SessionClient(session.fixture);
  Object.assign(old, { sessionId: first.sessionId, epoch: 1 });
  expect((await old.fetch()).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  session.epoch = -1;
  expect(await session.fetch(all)).toMatchObject({ sessionId: 0, told: ['a-0[]', 'a-1[]', 'b-0[]'] });
  Object.assign(old, { sessionId: second.sessionId, epoch: 1 });
  expect((await old.fetch()).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
});

test('a session cannot change from names to ids', async () => {
  const { fixture, session } = await started();
  await session.fetch(all);
  const byId = new SessionClient(fixture, 13);
  Object.assign(byId, { sessionId: session.sessionId, epoch: 1 });
  expect((await byId.fetch()).errorCode).toBe(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
});

test('an unknown topic id is remembered and asked for again', async () => {
  const { fixture } = await started();
  const session = new SessionClient(fixture, 13);
  const id = 'AAAAAAAAAAAAAAAAAAAAZQ';
  expect((await session.fetch([[id, 0, 0]])).told).toEqual([`${id}-0!${ErrorCode.UNKNOWN_TOPIC_ID}[]`]);
  expect((await session.fetch()).told).toEqual([`${id}-0!${ErrorCode.UNKNOWN_TOPIC_ID}[]`]);
});

test('the partitions of a deleted topic are errors in the session until they are forgotten', async () => {
  const { fixture, session } = await started();
  await session.fetch(all);
  await fixture.deleteTopic('b');
  expect((await session.fetch()).told).toEqual(['b-0!3[]']);
  expect((await session.fetch([], [['b', 0]])).told).toEqual([]);
});

test('when all slots are taken by active sessions a client works without one; an idle one makes room', async () => {
  const fixture = await BrokerFixture.start({ 'max.incremental.fetch.session.cache.slots': '2' });
  await fixture.createTopic('a');
  const sessions = [1, 2, 3].map(() => new SessionClient(fixture));
  const ids = [];
  for (const session of sessions) ids.push((await session.fetch([['a', 0, 0]])).sessionId);
  expect(ids[0]).toBeGreaterThan(0);
  expect(ids[1]).toBeGreaterThan(0);
  expect(ids[2]).toBe(0);
  await fixture.platform.runFor(119_000);
  await sessions[1]?.fetch();
  await fixture.platform.runFor(1000);
  const late = new SessionClient(fixture);
  expect((await late.fetch([['a', 0, 0]])).sessionId).toBeGreaterThan(0);
  expect((await sessions[0]?.fetch())?.errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  expect((await sessions[1]?.fetch())?.errorCode).toBe(0);
});

test('a session survives nothing: after a restart its id is unknown', async () => {
  const { fixture, session } = await started();
  await session.fetch(all);
  await fixture.restart();
  expect((await session.fetch()).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  expect(ZERO_UUID).toHaveLength(22);
});

test('a session begins in the order of its request, also when the first of it gave records', async () => {
  const { fixture, session } = await started();
  for (const partition of [0, 1]) await fixture.produce('a', batchOf(['x']), { partition });
  await session.fetch(all);
  expect((await session.fetch()).told).toEqual(['a-0[x]', 'a-1[x]']);
});

test('a session may begin without partitions', async () => {
  const { session } = await started();
  expect((await session.fetch()).sessionId).toBeGreaterThan(0);
});

test('a request that takes the last partition from a session is answered about those that it names', async () => {
  const { session } = await started();
  await session.fetch([['b', 0, 0]]);
  expect(await session.fetch([['b', 0, 0]], [['b', 0]])).toMatchObject({ sessionId: 0, told: ['b-0[]'] });
});

test('what there is no topic of comes last, and after it, what there is no partition of', async () => {
  const { fixture } = await started();
  const session = new SessionClient(fixture, 13);
  const id = await fixture.createTopic('c');
  const unknown = 'AAAAAAAAAAAAAAAAAAAAZQ';
  const { told } = await session.fetch([
    [id, 5, 0],
    [unknown, 0, 0],
    [id, 0, 0],
  ]);
  expect(told).toEqual([
    `${id}-0[]`,
    `${unknown}-0!${ErrorCode.UNKNOWN_TOPIC_ID}[]`,
    `${id}-5!${ErrorCode.UNKNOWN_TOPIC_OR_PARTITION}[]`,
  ]);
});

test('a wrong epoch is told before a change from names to ids', async () => {
  const { fixture, session } = await started();
  await session.fetch(all);
  const byId = new SessionClient(fixture, 13);
  Object.assign(byId, { sessionId: session.sessionId, epoch: 4 });
  expect((await byId.fetch()).errorCode).toBe(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
});
