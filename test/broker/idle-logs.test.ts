import { expect, test } from 'vitest';
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf } from './broker-fixture.ts';

const RETENTION_CHECK_MS = 301_000;

/** Topics whose logs are open: those that the metrics tell of. */
async function openTopics({ broker }: BrokerFixture): Promise<unknown[]> {
  const family = (await broker.metrics()).find(({ name }) => name === 'kafka_log_log_size');
  return family?.samples.map(({ labels }) => labels?.['topic']) ?? [];
}

test('retention leaves idle logs closed until something of theirs may be due', async () => {
  const fixture = await BrokerFixture.start();
  const { clock } = fixture.platform;
  await fixture.createTopic('empty');
  await fixture.createTopic('young', 1, { 'retention.ms': '3600000' });
  await fixture.createTopic('old', 1, { 'retention.ms': '1000' });
  for (const topic of ['young', 'old'])
    await fixture.produce(topic, batchOf(['a'], { timestamp: clock.now() }));
  await fixture.restart();
  await fixture.platform.runFor(RETENTION_CHECK_MS);
  expect(await openTopics(fixture)).toEqual(['old']);
  await fixture.platform.runFor(3_600_000);
  expect(await openTopics(fixture)).toEqual(['old', 'young']);
  const client = await fixture.connect();
  expect(await fixture.fetch('young', 1, { client })).toMatchObject({ errorCode: 0, logStartOffset: 1 });
});

test('an idle log is opened when it has more than retention.bytes', async () => {
  const fixture = await BrokerFixture.start();
  const configs = { 'internal.segment.bytes': '200', 'retention.bytes': '300' };
  await fixture.createTopic('large', 1, configs);
  await fixture.createTopic('small', 1, configs);
  for (let i = 0; i < 12; i++) await fixture.produce('large', batchOf([`v${i}`]));
  await fixture.produce('small', batchOf(['v']));
  await fixture.restart();
  await fixture.platform.runFor(RETENTION_CHECK_MS);
  expect(await openTopics(fixture)).toEqual(['large']);
});

test('an idle compacted log is opened for the cleaner once it has a closed segment', async () => {
  const fixture = await BrokerFixture.start();
  const configs = { 'cleanup.policy': 'compact', 'internal.segment.bytes': '200' };
  await fixture.createTopic('closed', 1, configs);
  await fixture.createTopic('single', 1, configs);
  for (let i = 0; i < 6; i++) await fixture.produce('closed', batchOf([`v${i}`], { key: 'k' }));
  await fixture.produce('single', batchOf(['v'], { key: 'k' }));
  await fixture.restart();
  await fixture.platform.runFor(RETENTION_CHECK_MS);
  expect(await openTopics(fixture)).toEqual(['closed']);
});

test('retention.ms that is made shorter concerns idle logs as well', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'retention.ms': '86400000' });
  await fixture.produce('t', batchOf(['a'], { timestamp: fixture.platform.clock.now() }));
  await fixture.restart();
  await fixture.platform.runFor(RETENTION_CHECK_MS);
  expect(await openTopics(fixture)).toEqual([]);
  const configs = [{ name: 'retention.ms', configOperation: 0, value: '1000' }];
  const messages = [incrementalAlterConfigsRequest, incrementalAlterConfigsResponse] as const;
  const client = await fixture.connect();
  await client.request(messages, 1, {
    resources: [{ resourceType: 2, resourceName: 't', configs }],
    validateOnly: false,
  });
  await fixture.platform.runFor(RETENTION_CHECK_MS);
  expect(await openTopics(fixture)).toEqual(['t']);
});
