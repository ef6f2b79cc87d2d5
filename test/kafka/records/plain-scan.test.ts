import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchBuilder, batchHeader, HEADER_BYTES, openRecords } from '../../../kafka/records/index.ts';
import { type PlainScan, scanPlainRecords } from '../../../kafka/records/plain-scan.ts';
import { batchOf, records, smallBatch } from './record-arbitrary.ts';

function scanOf(batch: Buffer): PlainScan | undefined {
  const scan: PlainScan = { timestampDeltaMin: 0, timestampDeltaMax: 0, hasNullKey: false };
  const isPlain = scanPlainRecords(
    batch,
    HEADER_BYTES,
    batch.length,
    batchHeader.recordCount(batch, 0),
    scan,
  );
  return isPlain ? scan : undefined;
}

/** The same by a cursor; undefined when it finds something broken, or offsets with holes. */
function cursorScan(batch: Buffer): PlainScan | undefined {
  const base = batchHeader.baseTimestamp(batch, 0);
  const deltas: number[] = [];
  let hasNullKey = false;
  try {
    const cursor = openRecords(batch, 0, 0);
    while (cursor.next()) {
      if (cursor.offsetDelta !== deltas.length) return undefined;
      deltas.push(cursor.timestamp - base);
      hasNullKey ||= cursor.keyLength < 0;
    }
  } catch {
    return undefined;
  }
  return { timestampDeltaMin: Math.min(...deltas), timestampDeltaMax: Math.max(...deltas), hasNullKey };
}

test('batches as producers make them are plain', () => {
  expect(scanOf(smallBatch(300))).toEqual({
    timestampDeltaMin: 0,
    timestampDeltaMax: 299,
    hasNullKey: false,
  });
  const builder = new BatchBuilder();
  const headers = [
    { key: 'trace', value: Buffer.alloc(200) },
    { key: '', value: null },
  ];
  builder.append(1000, null, Buffer.alloc(9000), headers);
  builder.append(900, Buffer.alloc(70), null, headers);
  expect(scanOf(builder.build())).toEqual({
    timestampDeltaMin: -100,
    timestampDeltaMax: 0,
    hasNullKey: true,
  });
});

test('numbers of four bytes are left to the cursor', () => {
  const builder = new BatchBuilder();
  builder.append(0, null, null);
  builder.append(2 ** 27, null, null);
  expect(scanOf(builder.build())).toBeUndefined();
});

test('what the scan finds plain, a cursor finds well-formed and the same', () => {
  fc.assert(
    fc.property(records, (list) => {
      const batch = batchOf(list);
      const scan = scanOf(batch);
      if (scan !== undefined) expect(scan).toEqual(cursorScan(batch));
    }),
  );
});

test('after flipped bits the scan still finds plain only what a cursor does', () => {
  const builder = new BatchBuilder();
  for (let i = 0; i < 3; i += 1) {
    builder.append(1000 + 70 * i, i === 1 ? null : Buffer.from('key'), Buffer.from('value'), [
      { key: 'h', value: i === 2 ? null : Buffer.from('x') },
    ]);
  }
  const batch = builder.build();
  let plain = 0;
  for (let at = HEADER_BYTES; at < batch.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const broken = Buffer.from(batch);
      broken.writeUInt8(broken.readUInt8(at) ^ (1 << bit), at);
      const scan = scanOf(broken);
      if (scan !== undefined) expect(scan).toEqual(cursorScan(broken));
      else expect(cursorScan(broken)).toBeUndefined();
      if (scan !== undefined) plain += 1;
    }
  }
  // Attributes, timestamps, and the bytes of keys and values may be anything.
  expect(plain).toBeGreaterThan(150);
});

test('random bytes are never read as plain records when a cursor refuses them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 12 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      (bytes, count) => {
        const batch = Buffer.concat([
          new BatchBuilder().build({ lastOffsetDelta: count - 1 }),
          Buffer.from(bytes),
        ]);
        batch.writeInt32BE(batch.length - 12, batchHeader.FIELD.batchLength);
        batch.writeInt32BE(count, batchHeader.FIELD.recordCount);
        const scan = scanOf(batch);
        if (scan !== undefined) expect(scan).toEqual(cursorScan(batch));
      },
    ),
    { numRuns: 2000 },
  );
});
