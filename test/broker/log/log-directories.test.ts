import { expect, test } from 'vitest';
import { staticLayers, topicConfig } from '../../../broker/config/index.ts';
import { LogDirectories } from '../../../broker/log/index.ts';
import {
  type SimulatedPlatform,
  simulatedPlatform,
} from '../../../platform/simulation/simulated-platform.ts';
import { batchOf } from '../broker-fixture.ts';

const config = topicConfig(new Map(), staticLayers(new Map()));
const paths = ['/a', '/b', '/c'];

const partition = (index: number, directoryId?: string) => ({
  topic: 't',
  topicId: 'sU2CT8gORsCbOnSKdHzWZw',
  partition: index,
  directoryId,
});

function open(platform: SimulatedPlatform, options: Partial<Parameters<typeof LogDirectories.open>[1]> = {}) {
  return LogDirectories.open(platform, {
    paths,
    metadataPath: null,
    nodeId: 1,
    durability: 'fsync',
    ...options,
  });
}

async function write(platform: SimulatedPlatform, directories: LogDirectories, index: number): Promise<void> {
  directories.log(partition(index), () => config).append(batchOf(['value']), 0);
  await platform.settle();
}

async function close(platform: SimulatedPlatform, directories: LogDirectories): Promise<void> {
  const closed = directories.close(1);
  await platform.settle();
  await closed;
}

test('every new directory gets an id of its own and the id of the cluster', async () => {
  const platform = simulatedPlatform(1);
  const directories = await open(platform);
  const metas = directories.opened.map(({ meta }) => meta);
  expect(new Set(metas.map(({ clusterId }) => clusterId)).size).toBe(1);
  expect(new Set(metas.map(({ directoryId }) => directoryId)).size).toBe(3);
  expect(directories.metadata.path).toBe('/a');
  for (const path of paths) expect(platform.files.stat(`${path}/.lock`)).toBeDefined();
});

test('a new partition goes where the fewest are, and is found there again', async () => {
  const platform = simulatedPlatform(1);
  const directories = await open(platform);
  for (let index = 0; index < 7; index++) await write(platform, directories, index);
  const placesOf = (each: LogDirectories) =>
    Array.from({ length: 7 }, (_, index) => each.placeOf(partition(index))?.path);
  const before = placesOf(directories);
  expect(before).toEqual(['/a', '/b', '/c', '/a', '/b', '/c', '/a']);
  directories.delete(partition(1));
  directories.delete(partition(4));
  expect([7, 8, 9].map((index) => directories.place(partition(index)).path)).toEqual(['/b', '/b', '/b']);
  await close(platform, directories);
  const reopened = await open(platform);
  expect(placesOf(reopened)).toEqual(['/a', undefined, '/c', '/a', undefined, '/c', '/a']);
  expect(reopened.log(partition(3), () => config).logEndOffset).toBe(1);
});

test('a partition without a folder goes where the metadata says', async () => {
  const directories = await open(simulatedPlatform(1));
  const last = directories.all.at(-1)?.directory;
  expect(directories.place(partition(0, last?.meta.directoryId)).path).toBe('/c');
});

test('cordoned directories get no new partitions, unless all are cordoned', async () => {
  const platform = simulatedPlatform(1);
  let cordoned = ['/a', '/b'];
  const directories = await open(platform, { cordoned: () => cordoned });
  expect([0, 1].map((index) => directories.place(partition(index)).path)).toEqual(['/c', '/c']);
  cordoned = ['*'];
  expect(directories.all.map(({ isCordoned }) => isCordoned)).toEqual([true, true, true]);
  expect(directories.place(partition(2)).path).toBe('/a');
});

test('a directory that fails is offline alone', async () => {
  const platform = simulatedPlatform(1);
  const directories = await open(platform);
  for (let index = 0; index < 3; index++) await write(platform, directories, index);
  const failed: string[] = [];
  directories.onFailure(({ path }) => failed.push(path));
  platform.files.failUnder('/b');
  await write(platform, directories, 1);
  expect(failed).toEqual(['/b']);
  expect(directories.online.map(({ path }) => path)).toEqual(['/a', '/c']);
  expect(() => directories.log(partition(1), () => config).append(batchOf(['x']), 0)).toThrow(/offline/);
  await write(platform, directories, 0);
  expect(directories.log(partition(0), () => config).durableOffset).toBe(2);
  directories.checkpoint();
  await close(platform, directories);
  expect(platform.files.stat('/a/.kafka_cleanshutdown')).toBeDefined();
  expect(platform.files.stat('/b/.kafka_cleanshutdown')).toBeUndefined();
});

test('a directory that cannot be read at the start is offline, and what may be in it is not made anew elsewhere', async () => {
  const platform = simulatedPlatform(1);
  const first = await open(platform);
  const lostId = first.all[1]?.directory?.meta.directoryId;
  for (let index = 0; index < 3; index++) await write(platform, first, index);
  await close(platform, first);
  platform.files.failUnder('/b');
  const directories = await open(platform);
  expect(directories.all.map(({ directory }) => directory !== undefined)).toEqual([true, false, true]);
  expect(() => directories.log(partition(1, lostId), () => config)).toThrow(/\/b is offline/);
  expect(directories.log(partition(2), () => config).logEndOffset).toBe(1);
  expect(directories.place(partition(9)).path).not.toBe('/b');
});

test('the metadata directory must be good', async () => {
  const platform = simulatedPlatform(1);
  platform.files.failUnder('/meta');
  await expect(open(platform, { metadataPath: '/meta' })).rejects.toThrow(/EIO/);
  await expect(open(platform, { metadataPath: '/a' })).resolves.toBeDefined();
});

test('a directory for metadata alone takes no partitions', async () => {
  const directories = await open(simulatedPlatform(1), { metadataPath: '/meta' });
  expect(directories.metadata.path).toBe('/meta');
  expect([0, 1, 2].map((index) => directories.place(partition(index)).path)).toEqual(paths);
  expect(directories.online.map(({ path }) => path)).toEqual(paths);
});

test('another order of log.dirs that would lose the metadata is refused', async () => {
  const platform = simulatedPlatform(1);
  await close(platform, await open(platform));
  await expect(open(platform, { paths: ['/new', '/a'] })).rejects.toThrow(/metadata\.log\.dir/);
  await expect(open(platform, { paths: ['/a', '/new'] })).resolves.toBeDefined();
});

test('directories of another node, another cluster, or with the same id are refused', async () => {
  const platform = simulatedPlatform(1);
  await close(platform, await open(platform, { paths: ['/a', '/b'] }));
  await close(platform, await open(platform, { paths: ['/x'] }));
  await expect(open(platform, { paths: ['/a', '/x'] })).rejects.toThrow(/belongs to cluster/);
  await expect(open(platform, { nodeId: 2 })).rejects.toThrow(/belongs to node 1/);
  const file = platform.files.open('/b/meta.properties', 'write');
  file.truncate(0);
  file.append([platform.files.readFile('/a/meta.properties')]);
  await expect(open(platform, { paths: ['/a', '/b'] })).rejects.toThrow(/directory\.id of \/a/);
  await expect(open(platform, { paths: ['/a'] })).resolves.toBeDefined();
});

test('a directory that another broker has is refused, and the others are given back', async () => {
  const platform = simulatedPlatform(1);
  platform.files.makeDirectory('/b');
  const lock = platform.files.lock('/b/.lock');
  await expect(open(platform)).rejects.toThrow(/in use/);
  lock.release();
  await expect(open(platform)).resolves.toBeDefined();
});

test('a log in two directories is refused', async () => {
  const platform = simulatedPlatform(1);
  const directories = await open(platform);
  await write(platform, directories, 0);
  await close(platform, directories);
  platform.files.makeDirectory('/c/t-0');
  await expect(open(platform)).rejects.toThrow(/t-0 is in \/a and in \/c/);
});
