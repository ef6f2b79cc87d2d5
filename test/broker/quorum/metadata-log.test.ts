import { expect, test } from 'vitest';
import { LogDirectory } from '../../../broker/log/index.ts';
import { MetadataLog } from '../../../broker/quorum/metadata-log.ts';
import { readQuorumState, writeQuorumState } from '../../../broker/quorum/quorum-state.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import {
  type SimulatedPlatform,
  simulatedPlatform,
} from '../../../platform/simulation/simulated-platform.ts';

const QUORUM_STATE = '/data/__cluster_metadata-0/quorum-state';

async function open(platform: SimulatedPlatform) {
  const directory = LogDirectory.open(platform, { path: '/data', nodeId: 1, durability: 'page-cache' });
  const opening = MetadataLog.open(platform.files, directory, { nowMs: platform.clock.now() });
  opening.catch(() => undefined);
  await platform.settle();
  return { directory, log: await opening };
}

const values = (log: MetadataLog) =>
  [...log.entries()].map(({ offset, epoch, value }) => `${offset}/${epoch}:${value}`);

test('metadata records are synced whatever the durability, and each start is a new epoch with a LeaderChange record', async () => {
  const platform = simulatedPlatform(1);
  const first = await open(platform);
  const appended = first.log.append([Buffer.from('a'), Buffer.from('b')], platform.clock.now());
  await platform.settle();
  expect(await appended).toBe(1);
  expect(first.log.endOffset).toBe(3);
  expect(values(first.log)).toEqual(['1/1:a', '2/1:b']);
  platform.crash('nothing');
  const second = await open(platform);
  expect(second.log.epoch).toBe(2);
  expect(values(second.log)).toEqual(['1/1:a', '2/1:b']);
  expect(second.log.endOffset).toBe(4);
  const bytes = platform.files.readFile('/data/__cluster_metadata-0/00000000000000000000.log');
  expect(batchHeader.isControl(bytes, 0)).toBe(true);
  expect(batchHeader.recordCount(bytes, 0)).toBe(1);
});

test("quorum-state has Kafka's form and is durable before the epoch is used", async () => {
  const platform = simulatedPlatform(1);
  const { directory } = await open(platform);
  const text = () => JSON.parse(platform.files.readFile(QUORUM_STATE).toString());
  const { directoryId } = directory.meta;
  expect(text()).toEqual({
    leaderId: 1,
    leaderEpoch: 1,
    votedId: 1,
    votedDirectoryId: directoryId,
    data_version: 1,
  });
  platform.crash('nothing');
  await open(platform);
  expect(text().leaderEpoch).toBe(2);
});

test('an epoch is never used again, also when the start that took it was cut short, or quorum-state was lost', async () => {
  const platform = simulatedPlatform(1);
  await open(platform);
  platform.crash('everything');
  const operations = platform.files.operations;
  let last = 1;
  for (let after = 5; after < 90; after += 6) {
    platform.files.powerOffAt(platform.files.operations + after);
    const opening = (async () => {
      try {
        return (await open(platform)).log.epoch;
      } catch {
        return undefined;
      }
    })();
    await platform.settle();
    const epoch = await Promise.race([opening, Promise.resolve(undefined)]);
    if (epoch !== undefined) expect(epoch).toBeGreaterThan(last);
    last = Math.max(last, epoch ?? 0);
    platform.crash('torn');
  }
  expect(platform.files.operations).toBeGreaterThan(operations);
  const { log } = await open(platform);
  expect(log.epoch).toBeGreaterThan(last);
  platform.crash('everything');
  platform.files.remove(QUORUM_STATE);
  expect((await open(platform)).log.epoch).toBeGreaterThan(log.epoch);
});

test('a quorum-state that cannot be read stops the start with its name', () => {
  const platform = simulatedPlatform(1);
  platform.files.makeDirectory('/data');
  const path = '/data/quorum-state';
  expect(readQuorumState(platform.files, path)).toBeUndefined();
  const state = { leaderId: 1, leaderEpoch: 4, votedId: 1, votedDirectoryId: 'AAAAAAAAAAAAAAAAAAAABQ' };
  writeQuorumState(platform.files, path, state);
  expect(readQuorumState(platform.files, path)).toEqual(state);
  for (const text of [
    '',
    '{',
    '[]x',
    '3',
    'null',
    '{"leaderEpoch":"4"}',
    '{"leaderEpoch":-1}',
    '{"leaderEpoch":1.5}',
  ]) {
    const file = platform.files.open(path, 'write');
    file.truncate(0);
    file.append([Buffer.from(text)]);
    file.close();
    expect(() => readQuorumState(platform.files, path), text).toThrow(path);
  }
});

test('an append that cannot be written rejects, and the log goes on after it', async () => {
  const platform = simulatedPlatform(1);
  const { log } = await open(platform);
  platform.files.capacityBytes = 1;
  const failing = expect(log.append([Buffer.from('x')], 0)).rejects.toThrow('ENOSPC');
  await platform.settle();
  await failing;
  platform.files.capacityBytes = Number.POSITIVE_INFINITY;
  const appended = log.append([Buffer.from('y')], 0);
  await platform.settle();
  expect(await appended).toBe(1);
  expect(values(log)).toEqual(['1/1:y']);
});
