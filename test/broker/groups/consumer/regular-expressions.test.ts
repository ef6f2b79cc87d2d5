import { expect, test } from 'vitest';
import { Groups, MemoryTopics } from '../group-fixture.ts';
import { ConsumerClient, converge, describe, records } from './consumer-fixture.ts';

const start = () =>
  Groups.start({}, { topics: new MemoryTopics({ 'log-a': 2, 'log-b': 2, 'my-log-c': 1, other: 1 }) });
const bySubject = { subscribedTopicNames: null, subscribedTopicRegex: 'log-.*' };

test('a pattern matches whole names, evaluated at the coordinator', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', bySubject);
  await a.join();
  await converge([a]);
  expect(a.assigned).toEqual(['log-a-0', 'log-a-1', 'log-b-0', 'log-b-1']);
  expect((await describe(groups)).members[0]).toMatchObject({
    subscribedTopicNames: [],
    subscribedTopicRegex: 'log-.*',
  });
});

test('names and a pattern may be given together', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', {
    subscribedTopicNames: ['other'],
    subscribedTopicRegex: 'log-a',
  });
  await a.join();
  expect(a.assigned).toEqual(['log-a-0', 'log-a-1', 'other-0']);
});

test('a topic that is created later is noticed, ten seconds after the last evaluation', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', bySubject);
  await a.join();
  groups.topics.create('log-z', 1);
  await groups.pass(9_999);
  await a.beat();
  expect(a.assigned).not.toContain('log-z-0');
  await groups.pass(1);
  await a.beat();
  expect(a.assigned).toContain('log-z-0');
});

test('a topic that is deleted goes at once', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', bySubject);
  await a.join();
  groups.topics.delete('log-b');
  await a.beat();
  await a.beat(['log-a-0', 'log-a-1']);
  expect(a).toMatchObject({ epoch: 3, assigned: ['log-a-0', 'log-a-1'] });
});

test('patterns are evaluated again after group.consumer.regex.refresh.interval.ms', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', bySubject);
  await a.join();
  for (let round = 0; round < 15; round += 1) {
    await groups.pass(40_000);
    await a.beat();
  }
  const versions = records(groups).filter(({ kind }) => kind === 'consumer-regex');
  expect(versions.map((record) => (record.kind === 'consumer-regex' ? record.value?.timestamp : 0))).toEqual([
    groups.clock.now() - 600_000,
    groups.clock.now(),
  ]);
});

test('a pattern is recorded once for all its subscribers, and forgotten with the last', async () => {
  const groups = await start();
  const [a, b] = [new ConsumerClient(groups, 'a', bySubject), new ConsumerClient(groups, 'b', bySubject)];
  await a.join();
  await b.join();
  const ofRegex = () =>
    records(groups).flatMap((record) =>
      record.kind === 'consumer-regex' ? [record.value?.topics ?? null] : [],
    );
  expect(ofRegex()).toEqual([['log-a', 'log-b']]);
  await a.leave();
  expect(ofRegex()).toHaveLength(1);
  await b.leave();
  expect(ofRegex()).toEqual([['log-a', 'log-b'], null]);
});

test('an empty pattern ends the subscription by pattern', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', bySubject);
  await a.join();
  await a.send({ subscribedTopicNames: ['other'], subscribedTopicRegex: '' });
  await a.beat([]);
  expect(a.assigned).toEqual(['other-0']);
  expect(records(groups).at(-1)?.kind).toBe('consumer-current-member');
});

test('another pattern replaces the first', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', bySubject);
  await a.join();
  await a.send({ subscribedTopicRegex: '(my-)?log-c' });
  await a.beat([]);
  expect(a.assigned).toEqual(['my-log-c-0']);
});

test('matches outlive a restart of the broker', async () => {
  const groups = await start();
  const a = new ConsumerClient(groups, 'a', bySubject);
  await a.join();
  const before = await describe(groups);
  const again = await groups.restart();
  expect(await describe(again)).toEqual(before);
  const survivor = new ConsumerClient(again, 'a');
  survivor.epoch = a.epoch;
  expect(await survivor.beat()).toMatchObject({ errorCode: 0, memberEpoch: 2, assignment: null });
});
