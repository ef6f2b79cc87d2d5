import { expect, test } from 'vitest';
import { LogDirectory } from '../../../broker/log/index.ts';
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
} from '../../../broker/metadata/index.ts';
import { ClusterMetadata } from '../../../broker/quorum/cluster-metadata.ts';
import { MetadataLog } from '../../../broker/quorum/metadata-log.ts';
import { readSnapshot, snapshotBatches } from '../../../broker/quorum/snapshot.ts';
import type { SnapshotPolicy } from '../../../broker/quorum/snapshots.ts';
import { type QuorumVoters, staticVoters } from '../../../broker/quorum/voters.ts';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  decode,
  metadataRequest,
  metadataResponse,
  snapshotHeaderRecord,
} from '../../../kafka/protocol/index.ts';
import { batchHeader, controlRecordType, readRecords } from '../../../kafka/records/index.ts';
import {
  type SimulatedPlatform,
  simulatedPlatform,
} from '../../../platform/simulation/simulated-platform.ts';
import { BrokerFixture } from '../broker-fixture.ts';

const FOLDER = '/data/__cluster_metadata-0';
const voters: QuorumVoters = {
  kraftVersion: 1,
  voters: [
    {
      voterId: 1,
      voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAABQ',
      endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }],
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    },
  ],
};
const policy: SnapshotPolicy = {
  metadataLogMaxRecordBytesBetweenSnapshots: 2000,
  metadataLogMaxSnapshotIntervalMs: 0,
  metadataMaxRetentionBytes: 4000,
  metadataMaxRetentionMs: -1,
};

async function open(platform: SimulatedPlatform, snapshots: SnapshotPolicy = policy) {
  const directory = LogDirectory.open(platform, { path: '/data', nodeId: 1, durability: 'page-cache' });
  const configs = new Map([
    ['internal.segment.bytes', '1000'],
    ['file.delete.delay.ms', '0'],
  ]);
  const opening = MetadataLog.open(platform.files, directory, {
    nowMs: platform.clock.now(),
    configs,
    voters,
  });
  opening.catch(() => undefined);
  await platform.settle();
  const log = await opening;
  return { directory, log, metadata: new ClusterMetadata(log, { clock: platform.clock, snapshots }) };
}

const setting = (name: string, value: string): MetadataRecord => ({
  type: 'ConfigRecord',
  value: { resourceType: 4, resourceName: '', name, value },
});

async function append(
  platform: SimulatedPlatform,
  metadata: ClusterMetadata,
  records: readonly MetadataRecord[],
) {
  const done = metadata.append(() => records);
  done.catch(() => undefined);
  await platform.settle();
  return done;
}

const files = (platform: SimulatedPlatform, suffix: string) =>
  platform.files.list(FOLDER).filter((name) => name.endsWith(suffix));

test('a snapshot is read as it was written, in batches between header and footer', () => {
  const values = Array.from({ length: 12_000 }, (_, i) => Buffer.from(`value ${i}`));
  const id = { endOffset: 12_345, epoch: 7 };
  const head = { lastContainedTimestamp: 1_700_000_000_000, voters };
  const batches = [...snapshotBatches(id, head, values)];
  const bytes = Buffer.concat(batches);
  expect(readSnapshot('f', bytes)).toEqual({ voters, values });
  let next = 0;
  for (const batch of batches) {
    expect([batchHeader.baseOffset(batch, 0), batchHeader.leaderEpoch(batch, 0)]).toEqual([next, 7]);
    expect(batchHeader.isCrcValid(batch, 0)).toBe(true);
    next = batchHeader.lastOffset(batch, 0) + 1;
  }
  expect(batches.map((batch) => batchHeader.isControl(batch, 0))).toEqual([true, false, false, false, true]);
  const [header, ...others] = [...readRecords(batches[0] ?? Buffer.alloc(0), 0, 1 << 20)].map(
    ({ key, value }) => ({
      type: controlRecordType(key),
      value: value ?? Buffer.alloc(0),
    }),
  );
  expect(header?.type).toBe('SNAPSHOT_HEADER');
  expect(decode(snapshotHeaderRecord, 0, header?.value ?? Buffer.alloc(0))).toEqual({
    version: 0,
    lastContainedLogTimestamp: 1_700_000_000_000,
  });
  expect(others.map(({ type }) => type)).toEqual(['KRAFT_VERSION', 'KRAFT_VOTERS']);
});

test('a snapshot that is cut off or damaged at any byte is refused with its name', () => {
  const head = { lastContainedTimestamp: 1, voters };
  const bytes = Buffer.concat([...snapshotBatches({ endOffset: 1, epoch: 1 }, head, [Buffer.from('abc')])]);
  for (let size = 0; size < bytes.length; size++) {
    expect(() => readSnapshot('the-file', bytes.subarray(0, size)), `${size}`).toThrow('the-file: ');
  }
  for (let at = 17; at < bytes.length; at += 3) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0x55, at);
    let read: unknown;
    try {
      read = readSnapshot('the-file', damaged);
    } catch (error) {
      expect(String(error)).toContain('the-file: ');
      continue;
    }
    // The leader epoch of a batch is outside of its checksum.
    expect(read).toEqual({ voters, values: [Buffer.from('abc')] });
  }
});

test('the log stays small, and a start from snapshot and log gives the same metadata', async () => {
  const platform = simulatedPlatform(1);
  const first = await open(platform);
  for (let i = 0; i < 300; i++)
    await append(platform, first.metadata, [setting(`name.${i % 7}`, `value ${i}`)]);
  await platform.settle();
  const snapshots = files(platform, '.checkpoint');
  expect(snapshots.length).toBeGreaterThan(0);
  expect(snapshots.at(-1)).toMatch(/^\d{20}-0000000001\.checkpoint$/);
  expect(first.log.startOffset).toBeGreaterThan(100);
  expect(first.log.sizeInBytes).toBeLessThan(8000);
  platform.crash('nothing');
  const second = await open(platform);
  expect(second.metadata.image.configs(4, '')).toEqual(first.metadata.image.configs(4, ''));
  expect(second.metadata.voters).toEqual(voters);
  expect(second.metadata.endOffset).toBe(first.metadata.endOffset + 1);
});

test('a new log begins with the snapshot that kafka-storage makes for a node of its own, and nothing else', async () => {
  const platform = simulatedPlatform(1);
  await open(platform);
  expect(files(platform, '.checkpoint')).toEqual(['00000000000000000000-0000000000.checkpoint']);
  const read = readSnapshot(
    'f',
    platform.files.readFile(`${FOLDER}/00000000000000000000-0000000000.checkpoint`),
  );
  expect(read).toEqual({ voters, values: [] });
});

test('after metadata.log.max.snapshot.interval.ms there is a snapshot, when something has changed', async () => {
  const platform = simulatedPlatform(1);
  const aged = { ...policy, metadataLogMaxSnapshotIntervalMs: 60_000, metadataMaxRetentionMs: 1 };
  const { metadata } = await open(platform, aged);
  const names: string[][] = [];
  for (const change of [[setting('a', '1')], [], [setting('b', '1')]]) {
    await append(platform, metadata, change);
    platform.clock.advance(61_000);
    void metadata.keepHouse();
    await platform.settle();
    names.push(files(platform, '.checkpoint'));
  }
  expect(names).toEqual([
    ['00000000000000000002-0000000001.checkpoint'],
    ['00000000000000000002-0000000001.checkpoint'],
    ['00000000000000000003-0000000001.checkpoint'],
  ]);
});

test('a snapshot that cannot be written costs nothing but itself', async () => {
  const platform = simulatedPlatform(1);
  const { metadata } = await open(platform, { ...policy, metadataLogMaxRecordBytesBetweenSnapshots: 1 });
  await append(platform, metadata, [setting('a', '1')]);
  const before = files(platform, '.checkpoint');
  const source = platform.files.open.bind(platform.files);
  platform.files.open = (path, mode) => {
    if (path.endsWith('.part')) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    return source(path, mode);
  };
  await append(platform, metadata, [setting('b', '2')]);
  expect(files(platform, '.checkpoint')).toEqual(before);
  platform.files.open = source;
  await append(platform, metadata, [setting('c', '3')]);
  await platform.settle();
  expect(files(platform, '.checkpoint')).not.toEqual(before);
  expect(Object.fromEntries(metadata.image.configs(4, ''))).toEqual({ a: '1', b: '2', c: '3' });
});

test('a newest snapshot that the log does not reach stops the start, before anything is served from half of it', async () => {
  const platform = simulatedPlatform(1);
  const { log, metadata } = await open(platform);
  await append(platform, metadata, [setting('a', '1')]);
  const id = { endOffset: log.endOffset + 5, epoch: 1 };
  const written = log.snapshots.write(id, snapshotBatches(id, { lastContainedTimestamp: 1, voters }, []));
  await platform.settle();
  await written;
  platform.crash('everything');
  await expect(open(platform)).rejects.toThrow(/the newest snapshot ends at offset \d+, and the log holds/);
});

test('a change of many records is a transaction in the log', async () => {
  const platform = simulatedPlatform(1);
  const { log, metadata } = await open(platform, {
    ...policy,
    metadataLogMaxRecordBytesBetweenSnapshots: 1e9,
  });
  const records = Array.from({ length: 12_000 }, (_, i): MetadataRecord => {
    return {
      type: 'ConfigRecord',
      value: { resourceType: 32, resourceName: `g${i}`, name: 'n', value: 'x' },
    };
  });
  await append(platform, metadata, records);
  const types = [...log.entries()].map(({ value }) => decodeMetadataRecord(value).type);
  expect([types.length, types[0], types.at(-1)]).toEqual([
    12_002,
    'BeginTransactionRecord',
    'EndTransactionRecord',
  ]);
  expect(metadata.image.configuredNames(32)).toHaveLength(12_000);
});

test('of a change that was cut off nothing is seen, and the next one is not taken for its rest', async () => {
  const platform = simulatedPlatform(1);
  const first = await open(platform);
  const values = [
    { type: 'BeginTransactionRecord', value: { name: null } },
    setting('lost', '1'),
  ] satisfies MetadataRecord[];
  await append(platform, first.metadata, values); // As if the second batch had never come.
  platform.crash('everything');
  const second = await open(platform);
  expect(second.metadata.image.configs(4, '').size).toBe(0);
  await append(platform, second.metadata, [setting('kept', '1')]);
  expect(Object.fromEntries(second.metadata.image.configs(4, ''))).toEqual({ kept: '1' });
  platform.crash('everything');
  const third = await open(platform);
  expect(Object.fromEntries(third.metadata.image.configs(4, ''))).toEqual({ kept: '1' });
  const types = [...third.log.entries()].map(({ value }) => decodeMetadataRecord(value).type);
  expect(types).toEqual(['BeginTransactionRecord', 'ConfigRecord', 'AbortTransactionRecord', 'ConfigRecord']);
});

test('a directory that kafka-storage has formatted begins with the features it was formatted for', async () => {
  const fixture = new BrokerFixture();
  const { files: disk } = fixture.platform;
  disk.makeDirectory('/data');
  const level = (name: string, featureLevel: number): MetadataRecord => {
    return { type: 'FeatureLevelRecord', value: { name, featureLevel } };
  };
  const records = [level('metadata.version', 29), level('share.version', 1)].map(encodeMetadataRecord);
  const head = { lastContainedTimestamp: 0, voters: staticVoters };
  const file = disk.open('/data/bootstrap.checkpoint', 'write');
  file.append([...snapshotBatches({ endOffset: 0, epoch: 0 }, head, records)]);
  file.close();
  await fixture.start();
  const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  const messages = [apiVersionsRequest, apiVersionsResponse] as const;
  const answer = await fixture.during(fixture.client.request(messages, 4, software));
  const finalized = answer?.finalizedFeatures.map(
    ({ name, maxVersionLevel }) => `${name} ${maxVersionLevel}`,
  );
  expect(finalized).toEqual(['metadata.version 29', 'kraft.version 1']);
});

test('a broker goes on from its snapshots: topics, configs and producer ids, after crashes too', async () => {
  const fixture = await BrokerFixture.start({
    'metadata.log.max.record.bytes.between.snapshots': '300',
    'metadata.max.retention.bytes': '1000',
    'internal.metadata.log.segment.bytes': '500',
  });
  const ids = new Map<string, string>();
  const producerIds = new Set<number>();
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 5; i++)
      ids.set(`t${round}-${i}`, await fixture.createTopic(`t${round}-${i}`, 2, { 'retention.ms': '5' }));
    producerIds.add(await fixture.producerId());
    await fixture.deleteTopic(`t${round}-0`);
    ids.delete(`t${round}-0`);
    if (round % 2 === 0) await fixture.crash('pages');
    else await fixture.restart();
  }
  expect(producerIds.size).toBe(6);
  expect(files(fixture.platform, '.checkpoint').length).toBeGreaterThan(0);
  expect(files(fixture.platform, '.log')[0]).not.toBe('00000000000000000000.log');
  for (const [name, id] of ids) expect([name, await topicId(fixture, name)]).toEqual([name, id]);
  expect(await topicId(fixture, 't0-0')).toBeUndefined();
});

async function topicId(fixture: BrokerFixture, name: string): Promise<string | undefined> {
  const messages = [metadataRequest, metadataResponse] as const;
  const topics = [{ name, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }];
  const answer = await fixture.during(
    fixture.client.request(messages, 12, { topics, allowAutoTopicCreation: false }),
  );
  const topic = answer?.topics[0];
  return topic?.errorCode === 0 ? topic.topicId : undefined;
}
