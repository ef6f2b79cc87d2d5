import { expect, test } from 'vitest';
import {
  describeConfigsRequest,
  describeConfigsResponse,
  ErrorCode,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf } from '../broker-fixture.ts';

const alterMessages = [incrementalAlterConfigsRequest, incrementalAlterConfigsResponse] as const;
const describeMessages = [describeConfigsRequest, describeConfigsResponse] as const;
const BROKER = 4;

async function alter(fixture: BrokerFixture, resourceName: string, configs: Record<string, string | null>) {
  const operations = Object.entries(configs).map(([name, value]) => {
    return { name, value, configOperation: value === null ? 1 : 0 };
  });
  const resources = [{ resourceType: BROKER, resourceName, configs: operations }];
  const asked = fixture.client.request(alterMessages, 1, { resources, validateOnly: false });
  expect((await fixture.during(asked))?.responses).toMatchObject([{ errorCode: 0 }]);
}

async function describe(fixture: BrokerFixture, resourceName: string, names: readonly string[] | null) {
  const resources = [{ resourceType: BROKER, resourceName, configurationKeys: names }];
  const asked = fixture.client.request(describeMessages, 4, {
    resources,
    includeSynonyms: true,
    includeDocumentation: true,
  });
  return (await fixture.during(asked))?.results[0]?.configs ?? [];
}

const produced = async (fixture: BrokerFixture, topic: string, size: number) =>
  (await fixture.during(fixture.produce(topic, batchOf(['x'.repeat(size)]))))?.errorCode;

test('message.max.bytes of all brokers, of one broker and of a topic: the nearest counts, at once', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('plain');
  await fixture.createTopic('own', 1, { 'max.message.bytes': '2000' });
  expect(await produced(fixture, 'plain', 500)).toBe(0);
  await alter(fixture, '', { 'message.max.bytes': '300' });
  expect(await produced(fixture, 'plain', 500)).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  expect(await produced(fixture, 'own', 500)).toBe(0);
  await alter(fixture, '1', { 'message.max.bytes': '1000' });
  expect(await produced(fixture, 'plain', 500)).toBe(0);
  await fixture.restart();
  expect(await produced(fixture, 'plain', 1500)).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  await alter(fixture, '1', { 'message.max.bytes': null });
  expect(await produced(fixture, 'plain', 500)).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  await alter(fixture, '', { 'message.max.bytes': null });
  expect(await produced(fixture, 'plain', 1500)).toBe(0);
});

test('retention and segment size of topics without their own change while the broker runs', async () => {
  const fixture = await BrokerFixture.start({ 'log.retention.check.interval.ms': '1000' });
  await fixture.createTopic('t', 1, { 'internal.segment.bytes': '200' });
  for (let i = 0; i < 6; i++) await produced(fixture, 't', 100);
  fixture.platform.clock.advance(2000);
  await fixture.platform.settle();
  expect((await fixture.during(fixture.listOffset('t', -2)))?.offset).toBe(0);
  await alter(fixture, '', { 'log.retention.ms': '1' });
  fixture.platform.clock.advance(2000);
  await fixture.platform.settle();
  expect((await fixture.during(fixture.listOffset('t', -2)))?.offset).toBe(6);
});

test('the cleaner takes its pauses from the configs in force', async () => {
  const fixture = await BrokerFixture.start({ 'log.cleaner.backoff.ms': '10000' });
  const options = {
    'cleanup.policy': 'compact',
    'internal.segment.bytes': '200',
    'min.cleanable.dirty.ratio': '0.01',
  };
  await fixture.createTopic('c', 1, options);
  await alter(fixture, '', { 'log.cleaner.backoff.ms': '500' });
  fixture.platform.clock.advance(10_000);
  await fixture.platform.settle();
  for (let i = 0; i < 6; i++) await produced(fixture, 'c', 100);
  fixture.platform.clock.advance(600);
  await fixture.platform.settle();
  const kept = await fixture.readAll('c');
  expect(kept.length).toBeLessThan(6);
});

test('a broker tells every config it has, where each comes from, and what it means', async () => {
  const fixture = await BrokerFixture.start({ listeners: 'PLAINTEXT://localhost:9092' });
  await alter(fixture, '', { 'log.retention.ms': '5' });
  const configs = await describe(fixture, '1', null);
  const of = (name: string) => configs.find((config) => config.name === name);
  expect(configs.length).toBeGreaterThan(300);
  expect(configs.filter(({ documentation }) => (documentation ?? '') === '').map(({ name }) => name)).toEqual(
    [],
  );
  expect(of('advertised.listeners')).toMatchObject({
    value: 'PLAINTEXT://localhost:9092',
    configSource: 5,
    readOnly: true,
  });
  expect(of('broker.id')).toMatchObject({ value: '1', configSource: 4 });
  expect(of('log.retention.ms')).toMatchObject({
    value: '5',
    configSource: 3,
    readOnly: false,
    configType: 5,
    synonyms: [
      { name: 'log.retention.ms', value: '5', source: 3 },
      { name: 'log.retention.hours', value: '168', source: 5 },
    ],
  });
  expect(of('sasl.jaas.config')).toMatchObject({ value: null, isSensitive: true, configType: 9 });
  expect((await describe(fixture, '', null)).map(({ name }) => name).sort()).toEqual([
    'log.retention.ms',
    'min.insync.replicas',
  ]);
});
