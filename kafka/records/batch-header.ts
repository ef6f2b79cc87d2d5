import { crc32c } from './crc32c.ts';
import { readInt64, writeInt64 } from './int64.ts';

// Accessors of a magic-2 batch header that begins at `at` in `buffer`. They allocate nothing and check
// nothing but the bounds of the buffer: walk untrusted bytes with a BatchCursor first.

/** Size of the fixed batch header, and so of the smallest batch (one that compaction emptied). */
export const HEADER_BYTES = 61;
/** Bytes before and including the length field: a batch takes this many plus `batchLength`. */
export const LENGTH_PREFIX_BYTES = 12;
/** The only record batch format that is read and written (Kafka 0.11 and later). */
export const MAGIC = 2;
/** The CRC covers everything from here to the end of the batch. */
export const CRC_START = 21;
/** Stands for "none" in every producer id, producer epoch, sequence, leader epoch and timestamp field. */
export const NONE = -1;

/** Byte positions of the header fields, relative to the start of the batch. */
export const FIELD = {
  baseOffset: 0,
  batchLength: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const;

/** Bits of the `attributes` field. */
export const ATTRIBUTE = {
  codecMask: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
  /** Those above; what others a producer sets is not kept when the field is written anew. */
  known: 0x7f,
} as const;

/** Who set the timestamps: the producer, or the broker when it appended. */
export type TimestampType = 'CreateTime' | 'LogAppendTime';

/** Identity of an idempotent producer, and the sequence number of the first record. */
export interface ProducerState {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** Offset of the first record, whether or not compaction has removed that record. Not covered by the CRC. */
export function baseOffset(buffer: Buffer, at: number): number {
  return readInt64(buffer, at);
}

/** Length field as it stands: bytes that follow it. */
export function batchLength(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at + FIELD.batchLength);
}

/** Whole size of the batch in bytes, by its length field. */
export function sizeInBytes(buffer: Buffer, at: number): number {
  return LENGTH_PREFIX_BYTES + buffer.readInt32BE(at + FIELD.batchLength);
}

/** Epoch of the leader that appended the batch, -1 from a client. Not covered by the CRC. */
export function leaderEpoch(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at + FIELD.leaderEpoch);
}

export function magic(buffer: Buffer, at: number): number {
  return buffer.readInt8(at + FIELD.magic);
}

/** Stored CRC-32C, unsigned. */
export function crc(buffer: Buffer, at: number): number {
  return buffer.readUInt32BE(at + FIELD.crc);
}

export function attributes(buffer: Buffer, at: number): number {
  return buffer.readInt16BE(at + FIELD.attributes);
}

/** Compression codec id of the record bytes: 0 to 4 are known, 5 to 7 are not assigned. */
export function codecId(buffer: Buffer, at: number): number {
  return lowAttributes(buffer, at) & ATTRIBUTE.codecMask;
}

export function isCompressed(buffer: Buffer, at: number): boolean {
  return codecId(buffer, at) !== 0;
}

export function timestampType(buffer: Buffer, at: number): TimestampType {
  return (lowAttributes(buffer, at) & ATTRIBUTE.logAppendTime) === 0 ? 'CreateTime' : 'LogAppendTime';
}

export function isTransactional(buffer: Buffer, at: number): boolean {
  return (lowAttributes(buffer, at) & ATTRIBUTE.transactional) !== 0;
}

/** Whether the one record is a marker for brokers and consumers, never delivered to applications. */
export function isControl(buffer: Buffer, at: number): boolean {
  return (lowAttributes(buffer, at) & ATTRIBUTE.control) !== 0;
}

/** Whether {@link baseTimestamp} holds the delete horizon of the batch instead of a timestamp (KIP-534). */
function hasDeleteHorizon(buffer: Buffer, at: number): boolean {
  return (lowAttributes(buffer, at) & ATTRIBUTE.deleteHorizon) !== 0;
}

/** Time from which tombstones and markers of the batch may be removed, in ms; undefined when not set. */
export function deleteHorizonMs(buffer: Buffer, at: number): number | undefined {
  return hasDeleteHorizon(buffer, at) ? baseTimestamp(buffer, at) : undefined;
}

export function lastOffsetDelta(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at + FIELD.lastOffsetDelta);
}

/** Last offset that the batch occupies, whether or not a record is left there. */
export function lastOffset(buffer: Buffer, at: number): number {
  return readInt64(buffer, at) + buffer.readInt32BE(at + FIELD.lastOffsetDelta);
}

/** What the timestamp deltas of the records count from, in ms. */
export function baseTimestamp(buffer: Buffer, at: number): number {
  return readInt64(buffer, at + FIELD.baseTimestamp);
}

/**
 * Largest timestamp of the records in ms; the append time of all of them under LogAppendTime; -1 for none.
 */
export function maxTimestamp(buffer: Buffer, at: number): number {
  return readInt64(buffer, at + FIELD.maxTimestamp);
}

export function producerId(buffer: Buffer, at: number): number {
  return readInt64(buffer, at + FIELD.producerId);
}

export function producerEpoch(buffer: Buffer, at: number): number {
  return buffer.readInt16BE(at + FIELD.producerEpoch);
}

/** Sequence number of the first record, -1 without idempotence and in markers. */
export function baseSequence(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at + FIELD.baseSequence);
}

/** Sequence number at `lastOffset`: sequences go from 2^31-1 to 0. -1 without idempotence. */
export function lastSequence(buffer: Buffer, at: number): number {
  const base = baseSequence(buffer, at);
  return base === NONE ? NONE : incrementSequence(base, lastOffsetDelta(buffer, at));
}

/** `sequence + count`, wrapped as Kafka does: after 2^31-1 comes 0. */
export function incrementSequence(sequence: number, count: number): number {
  return (sequence + count) % 0x8000_0000;
}

/** Number of records in the batch; below `lastOffsetDelta + 1` after compaction, even 0. */
export function recordCount(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at + FIELD.recordCount);
}

/** Writes the base offset in place. The CRC does not cover it. */
export function setBaseOffset(buffer: Buffer, at: number, offset: number): void {
  writeInt64(buffer, offset, at);
}

/** Writes the leader epoch in place. The CRC does not cover it. */
export function setLeaderEpoch(buffer: Buffer, at: number, epoch: number): void {
  buffer.writeInt32BE(epoch, at + FIELD.leaderEpoch);
}

/**
 * Makes all records of the batch carry the broker's append time (ms): sets the type bit, `maxTimestamp` and
 * the CRC.
 */
export function setLogAppendTime(buffer: Buffer, at: number, timestampMs: number): void {
  const known = attributes(buffer, at) & ATTRIBUTE.known;
  buffer.writeInt16BE(known | ATTRIBUTE.logAppendTime, at + FIELD.attributes);
  setMaxTimestamp(buffer, at, timestampMs);
}

/**
 * Makes the records of the batch carry the producer's times, of which `maxTimestampMs` is the largest; sets
 * the CRC.
 */
export function setCreateTime(buffer: Buffer, at: number, maxTimestampMs: number): void {
  const known = attributes(buffer, at) & ATTRIBUTE.known;
  buffer.writeInt16BE(known & ~ATTRIBUTE.logAppendTime, at + FIELD.attributes);
  setMaxTimestamp(buffer, at, maxTimestampMs);
}

/** Writes `maxTimestamp` (ms) and the CRC that follows from it. */
export function setMaxTimestamp(buffer: Buffer, at: number, timestampMs: number): void {
  writeInt64(buffer, timestampMs, at + FIELD.maxTimestamp);
  setCrc(buffer, at);
}

/** Writes who sent the batch, and from which sequence number, and the CRC that follows from it. */
export function setProducerState(buffer: Buffer, at: number, state: ProducerState): void {
  writeInt64(buffer, state.producerId, at + FIELD.producerId);
  buffer.writeInt16BE(state.producerEpoch, at + FIELD.producerEpoch);
  buffer.writeInt32BE(state.baseSequence, at + FIELD.baseSequence);
  setCrc(buffer, at);
}

/** Writes the CRC that the bytes of the batch ask for. */
export function setCrc(buffer: Buffer, at: number): void {
  buffer.writeUInt32BE(computeCrc(buffer, at), at + FIELD.crc);
}

/** CRC-32C that the bytes of the batch ask for. Throws RangeError when the batch leaves the buffer. */
export function computeCrc(buffer: Buffer, at: number): number {
  return crc32c(buffer, at + CRC_START, at + sizeInBytes(buffer, at));
}

/** Whether the stored CRC is right. Throws RangeError when the batch leaves the buffer. */
export function isCrcValid(buffer: Buffer, at: number): boolean {
  return crc(buffer, at) === computeCrc(buffer, at);
}

/** All attribute bits in use lie in the low byte. */
function lowAttributes(buffer: Buffer, at: number): number {
  return buffer.readUInt8(at + FIELD.attributes + 1);
}
