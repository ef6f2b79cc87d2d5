import { StreamError } from '../../platform/errors.ts';
import { BatchBuilder } from './batch-builder.ts';
import { readRecords } from './record-cursor.ts';

/** Types of control records; the position in the list is the type id in the record's key. */
export const CONTROL_RECORD_TYPES = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const;

export type ControlRecordType = (typeof CONTROL_RECORD_TYPES)[number];

const KEY_VERSION = 0;
const KEY_BYTES = 4;
const END_TXN_VERSION = 0;
const END_TXN_BYTES = 6;
/** Markers are not compressed; were one, no more than this would be expanded. */
const MARKER_BYTES_MAX = 1 << 16;

/** Key of a control record: version 0 and the type id. */
export function controlRecordKey(type: ControlRecordType): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeInt16BE(KEY_VERSION, 0);
  key.writeInt16BE(CONTROL_RECORD_TYPES.indexOf(type), 2);
  return key;
}

/** Type of the control record with this key; undefined for types that later versions of Kafka may add. */
export function controlRecordType(key: Buffer | null): ControlRecordType | undefined {
  if (key === null || key.length < KEY_BYTES || key.readInt16BE(0) < KEY_VERSION) return undefined;
  return CONTROL_RECORD_TYPES[key.readInt16BE(2)];
}

/** The end of a transaction on one partition. */
export interface EndTxnMarker {
  readonly type: 'ABORT' | 'COMMIT';
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  /** In ms. */
  readonly timestamp: number;
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
}

/** A batch of one record that ends a transaction; it takes one offset and has no sequence. */
export function buildEndTxnMarker(marker: EndTxnMarker): Buffer {
  const {
    type,
    producerId,
    producerEpoch,
    coordinatorEpoch,
    timestamp,
    baseOffset = 0,
    leaderEpoch = -1,
  } = marker;
  const value = Buffer.allocUnsafe(END_TXN_BYTES);
  value.writeInt16BE(END_TXN_VERSION, 0);
  value.writeInt32BE(coordinatorEpoch, 2);
  const builder = new BatchBuilder({ initialBytes: 128 });
  builder.append(timestamp, controlRecordKey(type), value);
  const isTransactional = true;
  return builder.build({
    baseOffset,
    leaderEpoch,
    producerId,
    producerEpoch,
    isTransactional,
    isControl: true,
  });
}

/** Coordinator epoch in the value of an ABORT or COMMIT record; undefined when the value is none. */
export function endTxnCoordinatorEpoch(value: Buffer | null): number | undefined {
  if (value === null || value.length < END_TXN_BYTES || value.readInt16BE(0) < END_TXN_VERSION)
    return undefined;
  return value.readInt32BE(2);
}

/**
 * The ABORT or COMMIT record of the control batch at `at`; undefined for other control batches, for an empty one, and
 * when its bytes are no record.
 */
export function readEndTxnMarker(
  buffer: Buffer,
  at: number,
): { readonly type: 'ABORT' | 'COMMIT'; readonly coordinatorEpoch: number } | undefined {
  try {
    for (const { key, value } of readRecords(buffer, at, MARKER_BYTES_MAX)) {
      const type = controlRecordType(key);
      if (type !== 'ABORT' && type !== 'COMMIT') return undefined;
      return { type, coordinatorEpoch: endTxnCoordinatorEpoch(value) ?? -1 };
    }
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
  }
  return undefined;
}
