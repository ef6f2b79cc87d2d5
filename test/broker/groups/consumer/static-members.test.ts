import { expect, test } from 'vitest';
import { ErrorCode } from '../../../../kafka/protocol/index.ts';
import { Groups } from '../group-fixture.ts';
import { ConsumerClient, converge, describe, records } from './consumer-fixture.ts';

const fields = { instanceId: 'i', subscribedTopicNames: ['orders'] };

async function pair() {
  const groups = await Groups.start();
  const stays = new ConsumerClient(groups, 'a');
  const goes = new ConsumerClient(groups, 's1', fields);
  await stays.join();
  await goes.join();
  await converge([stays, goes]);
  return { groups, stays, goes };
}

test('a static member that is back within its session gets its partitions again, and nobody else notices', async () => {
  const { groups, stays, goes } = await pair();
  expect(await goes.leave(-2)).toMatchObject({ errorCode: 0, memberId: 's1', memberEpoch: -2 });
  expect(await stays.beat()).toMatchObject({ memberEpoch: 3, assignment: null });
  const back = new ConsumerClient(groups, 's2', fields);
  expect(await back.join()).toMatchObject({ memberEpoch: 3 });
  expect(back.assigned).toEqual(goes.assigned);
  expect(await describe(groups)).toMatchObject({ groupEpoch: 3, groupState: 'Stable' });
  expect((await goes.beat()).errorCode).toBe(ErrorCode.FENCED_INSTANCE_ID);
});

test('a static member that is gone for longer than its session loses its partitions', async () => {
  const { groups, stays, goes } = await pair();
  await groups.pass(10_000);
  await goes.leave(-2);
  await groups.pass(30_000);
  await stays.beat();
  await groups.pass(5_000);
  await stays.beat();
  expect(stays.assigned).toHaveLength(4);
  expect(await describe(groups)).toMatchObject({ groupEpoch: 4 });
});

test('a static member that leaves for ever frees its instance id', async () => {
  const { groups, stays, goes } = await pair();
  await goes.leave(-1);
  await stays.beat();
  expect(stays.assigned).toHaveLength(4);
  const other = new ConsumerClient(groups, 's3', fields);
  expect((await other.join()).errorCode).toBe(0);
});

test('a static member that comes back with another subscription is assigned to anew', async () => {
  const { groups, stays, goes } = await pair();
  await goes.leave(-2);
  const back = new ConsumerClient(groups, 's2', { ...fields, subscribedTopicNames: ['payments'] });
  await back.join();
  await converge([stays, back]);
  expect(back.assigned).toHaveLength(4);
  expect(stays.assigned).toHaveLength(4);
});

test('while a static member is away its partitions keep their owner, after a restart of the broker too', async () => {
  const { groups, goes } = await pair();
  await goes.leave(-2);
  const again = await groups.restart();
  const newcomer = new ConsumerClient(again, 'n');
  await newcomer.join();
  expect(newcomer.assigned).toEqual([]);
  const back = new ConsumerClient(again, 's2', fields);
  expect((await back.join()).errorCode).toBe(0);
  expect(back.assigned.length).toBeLessThanOrEqual(2);
});

test('the records of a member that is back: tombstones of the former one, then all about the new one', async () => {
  const { groups, goes } = await pair();
  await goes.leave(-2);
  const start = groups.log.records().length;
  await new ConsumerClient(groups, 's2', fields).join();
  const written = records(groups, start).map((record) => [
    record.kind,
    'memberId' in record ? record.memberId : '',
    record.value === null,
  ]);
  expect(written).toEqual([
    ['consumer-current-member', 's1', true],
    ['consumer-target-member', 's1', true],
    ['consumer-member', 's1', true],
    ['consumer-member', 's2', false],
    ['consumer-target-member', 's2', false],
    ['consumer-current-member', 's2', false],
    ['consumer-current-member', 's2', false],
  ]);
});
