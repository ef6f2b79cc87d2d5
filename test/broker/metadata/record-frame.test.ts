import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  MetadataImage,
  type MetadataRecord,
  MetadataRecordError,
  replay,
} from '../../../broker/metadata/index.ts';

const samples: readonly MetadataRecord[] = [
  { type: 'TopicRecord', value: { name: 'a', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' } },
  { type: 'FeatureLevelRecord', value: { name: 'metadata.version', featureLevel: 30 } },
  { type: 'ConfigRecord', value: { resourceType: 2, resourceName: 'a', name: 'retention.ms', value: null } },
  { type: 'ProducerIdsRecord', value: { brokerId: 1, brokerEpoch: 7, nextProducerId: 1000 } },
  { type: 'NoOpRecord', value: {} },
  { type: 'BeginTransactionRecord', value: { name: 'x' } },
  {
    type: 'PartitionRecord',
    value: {
      partitionId: 3,
      topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
      replicas: [1, 2],
      isr: [1],
      removingReplicas: [],
      addingReplicas: [2],
      leader: 1,
      leaderRecoveryState: 0,
      leaderEpoch: 4,
      partitionEpoch: 5,
      directories: ['AAAAAAAAAAAAAAAAAAAAAg', 'AAAAAAAAAAAAAAAAAAAAAA'],
      eligibleLeaderReplicas: [2],
      lastKnownElr: null,
    },
  },
];

test.each(samples.map((record) => [record.type, record] as const))(
  '%s comes back as it went',
  (_, record) => {
    expect(decodeMetadataRecord(encodeMetadataRecord(record))).toEqual(record);
  },
);

test('a record is frame version 1, api key, version, body', () => {
  const bytes = encodeMetadataRecord({
    type: 'FeatureLevelRecord',
    value: { name: 'ab', featureLevel: 30 },
  });
  expect(bytes.toString('hex')).toBe('01' + '0c' + '00' + '036162' + '001e' + '00');
});

test('a record or version from the future is unknown, and replay counts it', () => {
  const image = new MetadataImage();
  for (const [bytes, apiKey, version] of [
    [Buffer.from([1, 99, 0]), 99, 0],
    [Buffer.from([1, 0x80 | 5, 2, 1]), 261, 1],
    [Buffer.from([1, 2, 9, 0]), 2, 9],
  ] as const) {
    const record = decodeMetadataRecord(bytes);
    expect(record).toEqual({ type: 'unknown', apiKey, version });
    replay(image, record);
  }
  expect(image.ignoredRecords).toBe(3);
});

test.each([
  ['nothing', ''],
  ['another frame version', '02020000'],
  ['a frame that ends early', '0102'],
  ['a number without end', '01ffffffffffff'],
  ['a body that ends early', '01020005'],
  ['bytes after the body', '010c00036162001e0000'],
])('%s is refused', (_, hex) => {
  expect(() => decodeMetadataRecord(Buffer.from(hex, 'hex'))).toThrow(MetadataRecordError);
});

test('no bytes crash the reader, and whatever it reads can be replayed', () => {
  const random = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  const damaged = fc
    .tuple(fc.constantFrom(...samples), fc.nat(100), fc.nat(255))
    .map(([record, at, byte]) => {
      const bytes = encodeMetadataRecord(record);
      bytes[at % bytes.length] = byte;
      return bytes.subarray(0, at === 100 ? bytes.length : undefined);
    });
  const image = new MetadataImage();
  fc.assert(
    fc.property(fc.oneof(random, damaged), (bytes) => {
      try {
        replay(image, decodeMetadataRecord(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(MetadataRecordError);
      }
    }),
    { numRuns: 500 },
  );
});

test.each(samples.map((record) => [record.type, record] as const))(
  '%s cut anywhere is refused or unknown, never misread',
  (_, record) => {
    const bytes = encodeMetadataRecord(record);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeMetadataRecord(bytes.subarray(0, length))).toThrow(MetadataRecordError);
    }
  },
);
