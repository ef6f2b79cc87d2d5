import { expect, test } from 'vitest';
import {
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  ErrorCode,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, metadataMessages, ZERO_UUID } from '../broker-fixture.ts';

const epochMessages = [offsetForLeaderEpochRequest, offsetForLeaderEpochResponse] as const;
const partitionsMessages = [describeTopicPartitionsRequest, describeTopicPartitionsResponse] as const;

async function metadataById(fixture: BrokerFixture, topicId: string) {
  const topics = [{ name: null, topicId }];
  const answer = await fixture.during(
    fixture.client.request(metadataMessages, 12, { topics, allowAutoTopicCreation: false }),
  );
  return answer?.topics[0];
}

async function epochEnd(fixture: BrokerFixture, leaderEpoch: number, currentLeaderEpoch = -1) {
  const topics = [{ topic: 't', partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }];
  const answer = await fixture.during(fixture.client.request(epochMessages, 4, { replicaId: -1, topics }));
  return answer?.topics[0]?.partitions[0];
}

/** What each API says of the leader's epoch, and whether it takes it back from a client. */
async function epochsTold(fixture: BrokerFixture) {
  const metadata = await fixture.during(fixture.leaderEpoch('t'));
  const described = await fixture.during(
    fixture.client.request(partitionsMessages, 0, {
      topics: [{ name: 't' }],
      responsePartitionLimit: 5,
      cursor: null,
    }),
  );
  const current = metadata ?? -1;
  const codes = [];
  for (const currentLeaderEpoch of [current - 1, current, current + 1]) {
    if (currentLeaderEpoch < 0) continue;
    const fetched = await fixture.during(fixture.fetch('t', 0, { currentLeaderEpoch }));
    const ended = await epochEnd(fixture, 0, currentLeaderEpoch);
    codes.push([fetched?.errorCode, ended?.errorCode]);
  }
  return { metadata, described: described?.topics[0]?.partitions[0]?.leaderEpoch, codes };
}

const { FENCED_LEADER_EPOCH: FENCED, UNKNOWN_LEADER_EPOCH: UNKNOWN } = ErrorCode;

test('a topic made anew under an old name is another one, for every API and over restarts', async () => {
  const fixture = await BrokerFixture.start();
  const first = await fixture.createTopic('t');
  await fixture.during(fixture.produce('t', batchOf(['a', 'b'])));
  await fixture.restart();
  expect((await metadataById(fixture, first))?.name).toBe('t');
  expect(await fixture.deleteTopic('t')).toBe(0);
  const second = await fixture.createTopic('t');
  expect(second).not.toBe(first);
  for (const start of ['as it is', 'after a restart', 'after a crash']) {
    if (start === 'after a restart') await fixture.restart();
    if (start === 'after a crash') await fixture.crash('pages');
    expect((await metadataById(fixture, first))?.errorCode, start).toBe(ErrorCode.UNKNOWN_TOPIC_ID);
    const old = await fixture.during(fixture.fetch('', 0, { version: 13, topicId: first }));
    expect(old?.errorCode, start).toBe(ErrorCode.UNKNOWN_TOPIC_ID);
    const now = await fixture.during(fixture.fetch('', 0, { version: 13, topicId: second }));
    expect(now, start).toMatchObject({ errorCode: 0, highWatermark: 0 });
    expect(await fixture.during(fixture.listOffset('t', -1)), start).toMatchObject({
      errorCode: 0,
      offset: 0,
    });
    expect(await epochEnd(fixture, 0), start).toMatchObject({ errorCode: 0, leaderEpoch: 0, endOffset: 0 });
  }
  expect(await fixture.readAll('t')).toEqual([]);
  await fixture.during(fixture.produce('t', batchOf(['new'])));
  expect(await fixture.readAll('t')).toEqual(['0:new']);
});

test('a fetch that waits on a topic hears when the topic is deleted, also when there is one of its name again', async () => {
  const fixture = await BrokerFixture.start();
  const topicId = await fixture.createTopic('t');
  const waiting = fixture.fetch('', 0, {
    version: 13,
    topicId,
    maxWaitMs: 60_000,
    client: await fixture.connect(),
  });
  await fixture.platform.settle();
  await fixture.deleteTopic('t');
  await fixture.createTopic('t');
  const heard = await fixture.during(waiting);
  expect([ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]).toContain(heard?.errorCode);
});

test('the epoch of a leader is the same in every answer; it grows after a crash, not after an orderly stop', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.during(fixture.produce('t', batchOf(['a'])));
  expect(await epochsTold(fixture)).toEqual({
    metadata: 0,
    described: 0,
    codes: [
      [0, 0],
      [UNKNOWN, UNKNOWN],
    ],
  });
  await fixture.restart();
  expect((await epochsTold(fixture)).metadata).toBe(0);
  await fixture.crash('everything');
  expect(await epochsTold(fixture)).toEqual({
    metadata: 1,
    described: 1,
    codes: [
      [FENCED, FENCED],
      [0, 0],
      [UNKNOWN, UNKNOWN],
    ],
  });
  await fixture.during(fixture.produce('t', batchOf(['b', 'c'])));
  expect(await fixture.during(fixture.listOffset('t', -1))).toMatchObject({ offset: 3, leaderEpoch: 1 });
  expect(await fixture.during(fixture.listOffset('t', -2))).toMatchObject({ offset: 0, leaderEpoch: 0 });
  expect(await epochEnd(fixture, 0)).toMatchObject({ leaderEpoch: 0, endOffset: 1 });
  expect(await epochEnd(fixture, 1)).toMatchObject({ leaderEpoch: 1, endOffset: 3 });
  expect(await epochEnd(fixture, 7)).toMatchObject({ leaderEpoch: -1, endOffset: -1 });
  await fixture.crash('everything');
  await fixture.restart();
  expect((await epochsTold(fixture)).metadata).toBe(2);
  expect(await epochEnd(fixture, 1)).toMatchObject({ leaderEpoch: 1, endOffset: 3 });
});

test('a new topic of an old name begins with epoch 0, whatever the old one had', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  for (let i = 0; i < 3; i++) await fixture.crash('everything');
  expect(await fixture.during(fixture.leaderEpoch('t'))).toBe(3);
  await fixture.deleteTopic('t');
  await fixture.createTopic('t');
  expect(await epochsTold(fixture)).toEqual({
    metadata: 0,
    described: 0,
    codes: [
      [0, 0],
      [UNKNOWN, UNKNOWN],
    ],
  });
  const wanted = { topics: [{ name: 't', topicId: ZERO_UUID }], allowAutoTopicCreation: false };
  const answer = await fixture.during(fixture.client.request(metadataMessages, 12, wanted));
  expect(answer?.topics[0]?.partitions[0]).toMatchObject({ leaderId: 1, leaderEpoch: 0, isrNodes: [1] });
});

test('checkpoints that Kafka has created and not yet written are as good as none', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.during(fixture.produce('t', batchOf(['a'])));
  await fixture.during(fixture.broker.close());
  const { files } = fixture.platform;
  for (const name of [
    'cleaner-offset-checkpoint',
    'log-start-offset-checkpoint',
    't-0/leader-epoch-checkpoint',
  ]) {
    const file = files.open(`/data/${name}`, 'write');
    file.truncate(0);
    file.close();
  }
  await fixture.start();
  expect(await fixture.readAll('t')).toEqual(['0:a']);
  expect(await epochEnd(fixture, 0)).toMatchObject({ leaderEpoch: 0, endOffset: 1 });
});
