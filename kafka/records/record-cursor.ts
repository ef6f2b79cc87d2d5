import * as header from './batch-header.ts';
import { codecOf, decompress } from './compression/codec.ts';
import { CorruptRecordError } from './errors.ts';
import { type RecordPosition, RecordView } from './record.ts';
import { readVarint, type Varint } from './varint.ts';

/**
 * Opens the records of the batch at `at`, which must lie in `buffer` as a whole. Compressed records are expanded, to
 * `maxOutputBytes` at most. The CRC is not looked at: see `batchHeader.isCrcValid`.
 * Throws CorruptRecordError, DecompressionLimitError or UnsupportedCodecError.
 */
export function openRecords(buffer: Buffer, at: number, maxOutputBytes: number): RecordCursor {
  if (at + header.HEADER_BYTES > buffer.length) throw new CorruptRecordError('the batch is cut off');
  const end = at + header.sizeInBytes(buffer, at);
  if (end < at + header.HEADER_BYTES || end > buffer.length || header.magic(buffer, at) !== header.MAGIC) {
    throw new CorruptRecordError('the batch is cut off, or not a batch of magic 2');
  }
  const codec = codecOf(header.codecId(buffer, at));
  const start = at + header.HEADER_BYTES;
  // Compaction may leave a batch that names a codec and holds nothing.
  if (codec === 'none' || start === end) return new RecordCursor(buffer, at, buffer, start, end);
  const expanded = decompress(codec, buffer.subarray(start, end), maxOutputBytes);
  return new RecordCursor(buffer, at, expanded, 0, expanded.length);
}

/**
 * All records of the batch at `at`, checked: what {@link openRecords} opens, as objects. Throws what it throws, and
 * CorruptRecordError for malformed records.
 */
export function readRecords(buffer: Buffer, at: number, maxOutputBytes: number): RecordView[] {
  const cursor = openRecords(buffer, at, maxOutputBytes);
  const records: RecordView[] = [];
  while (cursor.next()) records.push(cursor.view());
  return records;
}

/**
 * Walks the records of one batch and checks that each is well-formed, without an object per record. The fields
 * describe the current record: lengths are -1 for null, positions are in {@link bytes}.
 */
export class RecordCursor implements RecordPosition {
  /** Holds the records uncompressed, in `[recordsStart, recordsEnd)`: the batch's own buffer when it was not compressed. */
  readonly bytes: Buffer;
  readonly recordsStart: number;
  readonly recordsEnd: number;
  readonly recordCount: number;
  /** Offset relative to the batch's base offset. */
  offsetDelta = 0;
  keyAt = 0;
  keyLength = 0;
  valueAt = 0;
  valueLength = 0;
  headersAt = 0;
  headerCount = 0;
  readonly #baseOffset: number;
  readonly #lastOffsetDelta: number;
  readonly #baseTimestamp: number;
  readonly #hasAppendTime: boolean;
  readonly #appendTime: number;
  #timestampDelta = 0;
  #at: number;
  #read = 0;

  constructor(batch: Buffer, batchAt: number, bytes: Buffer, recordsStart: number, recordsEnd: number) {
    this.bytes = bytes;
    this.recordsStart = recordsStart;
    this.recordsEnd = recordsEnd;
    this.recordCount = header.recordCount(batch, batchAt);
    this.#baseOffset = header.baseOffset(batch, batchAt);
    this.#lastOffsetDelta = header.lastOffsetDelta(batch, batchAt);
    this.#baseTimestamp = header.baseTimestamp(batch, batchAt);
    this.#hasAppendTime = header.timestampType(batch, batchAt) === 'LogAppendTime';
    this.#appendTime = header.maxTimestamp(batch, batchAt);
    this.#at = recordsStart;
  }

  /**
   * Moves to the next record; false after the last. Throws {@link CorruptRecordError} for a malformed record, a
   * record count that is not true, and an offset outside the batch.
   */
  next(): boolean {
    const { bytes, recordsEnd } = this;
    if (this.#read >= this.recordCount) {
      if (this.#at !== recordsEnd) throw this.#corrupt('bytes are left after the last record');
      return false;
    }
    const length = varint(bytes, this.#at, 5);
    const end = position + length;
    if (length < 0 || end > recordsEnd) throw this.#corrupt('its length leaves the batch');
    // One byte of attributes, of which no bit has a meaning yet.
    const timestampDelta = varint(bytes, position + 1, 10);
    const offsetDelta = varint(bytes, position, 5);
    if (offsetDelta < 0 || offsetDelta > this.#lastOffsetDelta)
      throw this.#corrupt('its offset leaves the batch');
    this.offsetDelta = offsetDelta;
    this.#timestampDelta = timestampDelta;
    const keyLength = varint(bytes, position, 5);
    this.keyAt = position;
    this.keyLength = keyLength;
    const valueLength = varint(bytes, keyLength > 0 ? position + keyLength : position, 5);
    this.valueAt = position;
    this.valueLength = valueLength;
    this.headerCount = varint(bytes, valueLength > 0 ? position + valueLength : position, 5);
    this.headersAt = position;
    if (keyLength < -1 || valueLength < -1) throw this.#corrupt('a length is negative');
    if (this.headerCount !== 0) this.#skipHeaders(end);
    if (position !== end) throw this.#corrupt('its fields do not fill its length');
    this.#at = end;
    this.#read += 1;
    return true;
  }

  get offset(): number {
    return this.#baseOffset + this.offsetDelta;
  }

  /** In ms: the append time of the batch under LogAppendTime, -1 for none. */
  get timestamp(): number {
    return this.#hasAppendTime ? this.#appendTime : this.#baseTimestamp + this.#timestampDelta;
  }

  /** The current record as an object that stays valid when the cursor moves on; it refers to {@link bytes}. */
  view(): RecordView {
    return new RecordView(this);
  }

  #skipHeaders(end: number): void {
    // Each header takes two bytes at least: a count that cannot be is refused before the loop.
    if (this.headerCount < 0 || this.headerCount > (end - position) / 2) {
      throw this.#corrupt('its header count is not possible');
    }
    for (let left = this.headerCount; left > 0 && position <= end; left -= 1) {
      const keyLength = varint(this.bytes, position, 5);
      if (keyLength < 0) throw this.#corrupt('a header has no key');
      const valueLength = varint(this.bytes, position + keyLength, 5);
      if (valueLength < -1) throw this.#corrupt('a length is negative');
      if (valueLength > 0) position += valueLength;
    }
  }

  #corrupt(problem: string): CorruptRecordError {
    return new CorruptRecordError(`record ${this.#read} of ${this.recordCount} is malformed: ${problem}`);
  }
}

/** Position after the number that {@link varint} has read: a variable, because a result object would cost more than the reading. */
let position = 0;
const wide: Varint = { value: 0, end: 0 };

/**
 * Reads a zig-zag number and moves {@link position} behind it; behind the whole buffer when the number is cut off or too
 * wide. It may look behind the record: whoever calls compares positions in the end.
 */
function varint(bytes: Buffer, at: number, widthMax: 5 | 10): number {
  const first = bytes[at] as number;
  if (first < 0x80) {
    position = at + 1;
    return (first >>> 1) ^ -(first & 1);
  }
  const second = bytes[at + 1] as number;
  if (second < 0x80) {
    position = at + 2;
    const bits = (first & 0x7f) | (second << 7);
    return (bits >>> 1) ^ -(bits & 1);
  }
  readVarint(bytes, at, bytes.length, widthMax, wide);
  position = wide.end < 0 ? bytes.length + 1 : wide.end;
  return wide.end < 0 ? 0 : wide.value;
}
