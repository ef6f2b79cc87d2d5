import {
  BatchBuilder,
  batchHeader,
  codecOf,
  openRecords,
  type RecordView,
  readRecords,
} from '../../../kafka/records/index.ts';
import type { CleanedTransactions } from './cleaned-transactions.ts';
import type { OffsetMap } from './offset-map.ts';

const OUTPUT_BYTES_MAX = 1 << 30;

/** What decides which records of a batch stay. */
export interface FilterRules {
  /** Latest offset of each key in the stretch that was indexed. */
  readonly latest: OffsetMap;
  /** End of that stretch: what lies beyond stays. */
  readonly endOffset: number;
  /** Shown every batch, in order. */
  readonly transactions: CleanedTransactions;
  readonly nowMs: number;
  /** `delete.retention.ms`: how long a tombstone, or a marker with nothing left to end, stays after it is first cleaned. */
  readonly deleteRetentionMs: number;
  /** Whether the batch must stay, if need be without records: it holds its producer's last sequence, or ends the log. */
  mustStay(buffer: Buffer, at: number): boolean;
}

/**
 * What compaction makes of the batch at `at`: itself (a slice) when all of it stays, a rebuilt one, one without records,
 * or `undefined`. Offsets, sequences and epochs are kept as they were. B37: records of aborted transactions go, a marker
 * stays until no record of its transaction is left and `delete.retention.ms` has passed after that.
 */
export function filterBatch(buffer: Buffer, at: number, rules: FilterRules): Buffer | undefined {
  const whole = buffer.subarray(at, at + batchHeader.sizeInBytes(buffer, at));
  if (batchHeader.isControl(buffer, at)) return filterControlBatch(whole, rules);
  if (rules.transactions.onBatch(buffer, at)) return withoutRecords(whole, rules);
  const horizonMs = batchHeader.deleteHorizonMs(buffer, at);
  const areTombstonesOver = horizonMs !== undefined && rules.nowMs >= horizonMs;
  const kept: RecordView[] = [];
  let hasTombstones = false;
  const cursor = openRecords(buffer, at, OUTPUT_BYTES_MAX);
  while (cursor.next()) {
    const record = cursor.view();
    const isBeyond = record.offset >= rules.endOffset;
    if (!isBeyond && !isLatest(record, rules.latest)) continue;
    const isTombstone = record.value === null;
    if (isTombstone && areTombstonesOver && !isBeyond) continue;
    hasTombstones ||= isTombstone;
    kept.push(record);
  }
  if (kept.length === 0 && !rules.mustStay(buffer, at)) return undefined;
  const newHorizonMs = hasTombstones ? (horizonMs ?? rules.nowMs + rules.deleteRetentionMs) : undefined;
  const isUnchanged = kept.length === batchHeader.recordCount(buffer, at) && newHorizonMs === horizonMs;
  return isUnchanged ? whole : rebuild(whole, kept, newHorizonMs);
}

function filterControlBatch(batch: Buffer, rules: FilterRules): Buffer | undefined {
  const isOver = rules.transactions.onControlBatch(batch, 0);
  const horizonMs = batchHeader.deleteHorizonMs(batch, 0);
  if (!isOver) return batch;
  if (horizonMs === undefined) {
    const kept = [...readRecords(batch, 0, OUTPUT_BYTES_MAX)];
    return rebuild(batch, kept, rules.nowMs + rules.deleteRetentionMs);
  }
  return rules.nowMs >= horizonMs ? withoutRecords(batch, rules) : batch;
}

function withoutRecords(batch: Buffer, rules: FilterRules): Buffer | undefined {
  if (!rules.mustStay(batch, 0)) return undefined;
  const isEmpty = batchHeader.recordCount(batch, 0) === 0;
  return isEmpty ? batch : rebuild(batch, [], batchHeader.deleteHorizonMs(batch, 0));
}

/** A record without a key cannot be compacted and goes, as in Kafka. */
function isLatest(record: RecordView, latest: OffsetMap): boolean {
  return record.key !== null && record.offset >= latest.get(record.key);
}

function rebuild(batch: Buffer, kept: readonly RecordView[], deleteHorizonMs: number | undefined): Buffer {
  const baseOffset = batchHeader.baseOffset(batch, 0);
  const builder = new BatchBuilder({ initialBytes: batch.length, deleteHorizonMs });
  for (const { timestamp, key, value, headers, offset } of kept) {
    builder.append(timestamp, key, value, headers, offset - baseOffset);
  }
  const hasAppendTime = batchHeader.timestampType(batch, 0) === 'LogAppendTime';
  return builder.build({
    codec: codecOf(batchHeader.codecId(batch, 0)),
    baseOffset,
    leaderEpoch: batchHeader.leaderEpoch(batch, 0),
    producerId: batchHeader.producerId(batch, 0),
    producerEpoch: batchHeader.producerEpoch(batch, 0),
    baseSequence: batchHeader.baseSequence(batch, 0),
    isTransactional: batchHeader.isTransactional(batch, 0),
    isControl: batchHeader.isControl(batch, 0),
    lastOffsetDelta: batchHeader.lastOffsetDelta(batch, 0),
    ...(hasAppendTime && { logAppendTimeMs: batchHeader.maxTimestamp(batch, 0) }),
    // The age of a producer is that of its last batch, with or without records.
    ...(kept.length === 0 && { maxTimestamp: batchHeader.maxTimestamp(batch, 0) }),
  });
}
