// Batches written by Kafka's own serializers: one JSON object a line. GOLDEN_DIR names another set.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  BatchBuilder,
  BatchCursor,
  batchHeader,
  buildEndTxnMarker,
  type Codec,
  controlRecordType,
  endTxnCoordinatorEpoch,
  HEADER_BYTES,
  readRecords,
  validateProduced,
} from '../../../kafka/records/index.ts';

interface Batch {
  kind: 'batch';
  codec: Codec;
  ts: 'CreateTime' | 'LogAppendTime';
  mode: 'plain' | 'idempotent' | 'txn';
  baseOffset: string;
  leaderEpoch: number;
  pid: string;
  epoch: number;
  baseSeq: number;
  lastSeq: number;
  maxTs: number;
  crc: number;
  records: { ts: number; key: string | null; value: string | null; headers: [string, string | null][] }[];
  hex: string;
}

interface Marker {
  kind: 'endTxnMarker';
  type: 'ABORT' | 'COMMIT';
  baseOffset: number;
  ts: number;
  leaderEpoch: number;
  pid: number;
  epoch: number;
  coordinatorEpoch: number;
  hex: string;
}

interface EmptyBatch {
  kind: 'emptyRetainedBatch';
  baseOffset: number;
  lastOffset: number;
  pid: number;
  epoch: number;
  baseSeq: number;
  leaderEpoch: number;
  ts: number;
  txn: boolean;
  hex: string;
}

const LIMIT = 16 * 1024 * 1024;
const file = join(
  process.env['GOLDEN_DIR'] ?? join(import.meta.dirname, '../../golden'),
  'kafka-4.3/batches.jsonl',
);
const cases: (Batch | Marker | EmptyBatch)[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];
const batches = cases.filter((golden) => golden.kind === 'batch');
const markers = cases.filter((golden) => golden.kind === 'endTxnMarker');
const emptyBatches = cases.filter((golden) => golden.kind === 'emptyRetainedBatch');
const bytes = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, 'hex'));

/** Runs `check` on all of `list` and prints how many there were: none is not run. */
function golden<T>(name: string, list: readonly T[], check: (golden: T) => void): void {
  test.runIf(list.length > 0)(name, () => {
    for (const one of list) check(one);
    console.log(`golden batches: ${name}: ${list.length} passed`);
  });
}

for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  golden(
    `${codec} batches are decoded: CRC, header and records`,
    batches.filter((batch) => batch.codec === codec),
    expectDecoded,
  );
}

golden(
  'uncompressed batches are built byte for byte',
  batches.filter(({ codec }) => codec === 'none'),
  (batch) => expect(rebuild(batch, 'none').toString('hex')).toBe(batch.hex),
);

golden(
  'compressed batches are built with the same header and records',
  batches.filter(({ codec }) => codec !== 'none'),
  (batch) => {
    const hex = rebuild(batch, batch.codec).toString('hex');
    const same = (text: string) => text.slice(0, 16) + text.slice(24, 34) + text.slice(42, 2 * HEADER_BYTES);
    expect(same(hex)).toBe(same(batch.hex));
    expectDecoded({ ...batch, crc: batchHeader.crc(Buffer.from(hex, 'hex'), 0), hex });
  },
);

golden(
  'batches as a producer sends them are accepted unchanged',
  batches.filter(({ ts }) => ts === 'CreateTime'),
  ({ hex }) => {
    const sent = Buffer.from(hex, 'hex');
    batchHeader.setBaseOffset(sent, 0, 0);
    const before = Buffer.from(sent);
    const outcome = validateProduced(sent, {
      compressionType: 'producer',
      isCompacted: false,
      timestampType: 'CreateTime',
      timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
      timestampAfterMaxMs: 3_600_000,
      maxMessageBytes: LIMIT,
      maxDecompressedBytes: LIMIT,
      isZstdAllowed: true,
      nowMs: 1_700_000_000_000,
      topicPartition: 'orders-0',
    });
    expect(outcome).toMatchObject({ ok: true, isRebuilt: false, logAppendTimeMs: -1 });
    expect(sent.equals(before)).toBe(true);
  },
);

golden('transaction markers are built byte for byte, and read', markers, (marker) => {
  const { type, baseOffset, ts, leaderEpoch, pid, epoch, coordinatorEpoch, hex } = marker;
  const ids = { producerId: pid, producerEpoch: epoch, coordinatorEpoch };
  const built = buildEndTxnMarker({ type, ...ids, timestamp: ts, baseOffset, leaderEpoch });
  expect(built.toString('hex')).toBe(hex);
  const [record] = readRecords(Buffer.from(hex, 'hex'), 0, LIMIT);
  expect(controlRecordType(record?.key ?? null)).toBe(type);
  expect(endTxnCoordinatorEpoch(record?.value ?? null)).toBe(coordinatorEpoch);
});

golden('batches that the cleaner emptied are built byte for byte, and read', emptyBatches, (empty) => {
  const { baseOffset, lastOffset, pid, epoch, baseSeq, leaderEpoch, ts, txn, hex } = empty;
  const built = new BatchBuilder().build({
    baseOffset,
    lastOffsetDelta: lastOffset - baseOffset,
    producerId: pid,
    producerEpoch: epoch,
    baseSequence: baseSeq,
    leaderEpoch,
    maxTimestamp: ts,
    isTransactional: txn,
  });
  expect(built.toString('hex')).toBe(hex);
  expect(batchHeader.lastOffset(built, 0)).toBe(lastOffset);
  expect(readRecords(built, 0, LIMIT)).toEqual([]);
});

function expectDecoded(batch: Batch): void {
  const buffer = Buffer.from(batch.hex, 'hex');
  const cursor = new BatchCursor(buffer);
  expect(cursor.next()).toBe(true);
  expect(cursor.sizeInBytes).toBe(buffer.length);
  expect(batchHeader.isCrcValid(buffer, 0)).toBe(true);
  expect({
    baseOffset: String(batchHeader.baseOffset(buffer, 0)),
    leaderEpoch: batchHeader.leaderEpoch(buffer, 0),
    pid: String(batchHeader.producerId(buffer, 0)),
    epoch: batchHeader.producerEpoch(buffer, 0),
    baseSeq: batchHeader.baseSequence(buffer, 0),
    lastSeq: batchHeader.lastSequence(buffer, 0),
    maxTs: batchHeader.maxTimestamp(buffer, 0),
    crc: batchHeader.crc(buffer, 0),
    ts: batchHeader.timestampType(buffer, 0),
    isTransactional: batchHeader.isTransactional(buffer, 0),
  }).toEqual({ ...headerOf(batch), isTransactional: batch.mode === 'txn' });
  const read = readRecords(buffer, 0, LIMIT);
  expect(read.map(({ offset }) => offset - Number(batch.baseOffset))).toEqual(batch.records.map((_, i) => i));
  expect(
    read.map(({ timestamp, key, value, headers }) => ({
      ts: timestamp,
      key: key?.toString('hex') ?? null,
      value: value?.toString('hex') ?? null,
      headers: headers.map((header) => [header.key, header.value?.toString('hex') ?? null]),
    })),
  ).toEqual(
    batch.records.map((record) => ({ ...record, ts: batch.ts === 'CreateTime' ? record.ts : batch.maxTs })),
  );
}

function headerOf({ baseOffset, leaderEpoch, pid, epoch, baseSeq, lastSeq, maxTs, crc, ts }: Batch): object {
  return { baseOffset, leaderEpoch, pid, epoch, baseSeq, lastSeq, maxTs, crc, ts };
}

function rebuild(batch: Batch, codec: Codec): Buffer {
  const builder = new BatchBuilder();
  for (const { ts, key, value, headers } of batch.records) {
    builder.append(
      ts,
      bytes(key),
      bytes(value),
      headers.map(([name, data]) => ({ key: name, value: bytes(data) })),
    );
  }
  return builder.build({
    codec,
    baseOffset: Number(batch.baseOffset),
    leaderEpoch: batch.leaderEpoch,
    producerId: Number(batch.pid),
    producerEpoch: batch.epoch,
    baseSequence: batch.baseSeq,
    isTransactional: batch.mode === 'txn',
    ...(batch.ts === 'LogAppendTime' ? { logAppendTimeMs: batch.maxTs } : {}),
  });
}
