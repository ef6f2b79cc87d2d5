import * as header from './batch-header.ts';
import type { Scratch } from './compression/bounded-output.ts';
import { codecOf, decompress } from './compression/codec.ts';
import { CorruptRecordError } from './errors.ts';
import { type RecordPosition, RecordView } from './record.ts';
import { readVarint, type Varint } from './varint.ts';

/** The uncompressed records of a batch: `bytes[start, end)`. */
export interface RecordBytes {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * The record bytes of the batch at `at`, which must lie in `buffer` as a whole: in place when they are not
 * compressed, otherwise expanded to `maxOutputBytes` at most, into `scratch` when there is one: then good until its next
 * use. Throws CorruptRecordError,
 * DecompressionLimitError or UnsupportedCodecError.
 */
export function expandRecords(
  buffer: Buffer,
  at: number,
  maxOutputBytes: number,
  scratch?: Scratch,
): RecordBytes {
  if (at + header.HEADER_BYTES > buffer.length) throw new CorruptRecordError('the batch is cut off');
  const end = at + header.sizeInBytes(buffer, at);
  if (end < at + header.HEADER_BYTES || end > buffer.length || header.magic(buffer, at) !== header.MAGIC) {
    throw new CorruptRecordError('the batch is cut off, or not a batch of magic 2');
  }
  const codec = codecOf(header.codecId(buffer, at));
  const start = at + header.HEADER_BYTES;
  // Compaction may leave a batch that names a codec and holds nothing.
  if (codec === 'none' || start === end) return { bytes: buffer, start, end };
  const bytes = decompress(codec, buffer.subarray(start, end), maxOutputBytes, scratch);
  return { bytes, start: 0, end: bytes.length };
}

/**
 * Opens the records of the batch at `at` for a walk: see {@link expandRecords} for the limits and what it
 * throws. The CRC is not looked at: see `batchHeader.isCrcValid`.
 */
export function openRecords(buffer: Buffer, at: number, maxOutputBytes: number): RecordCursor {
  return new RecordCursor(buffer, at, expandRecords(buffer, at, maxOutputBytes));
}

/**
 * All records of the batch at `at`, checked: what {@link openRecords} opens, as objects. Throws what it
 * throws, and CorruptRecordError for malformed records.
 */
export function readRecords(buffer: Buffer, at: number, maxOutputBytes: number): RecordView[] {
  const cursor = openRecords(buffer, at, maxOutputBytes);
  const records: RecordView[] = [];
  while (cursor.next()) records.push(cursor.view());
  return records;
}

/**
 * Walks the records of one batch and checks that each is well-formed, without an object per record. The
 * fields describe the current record: lengths are -1 for null, positions are in {@link bytes}.
 */
export class RecordCursor implements RecordPosition {
  /**
   * Holds the records uncompressed, in `[recordsStart, recordsEnd)`: the batch's own buffer when it was not
   * compressed.
   */
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

  constructor(batch: Buffer, batchAt: number, { bytes, start, end }: RecordBytes) {
    this.bytes = bytes;
    this.recordsStart = start;
    this.recordsEnd = end;
    this.recordCount = header.recordCount(batch, batchAt);
    this.#baseOffset = header.baseOffset(batch, batchAt);
    this.#lastOffsetDelta = header.lastOffsetDelta(batch, batchAt);
    this.#baseTimestamp = header.baseTimestamp(batch, batchAt);
    this.#hasAppendTime = header.timestampType(batch, batchAt) === 'LogAppendTime';
    this.#appendTime = header.maxTimestamp(batch, batchAt);
    this.#at = start;
  }

  /**
   * Moves to the next record; false after the last. Throws {@link CorruptRecordError} for a malformed record,
   * a record count that is not true, and an offset outside the batch.
   *
   * Numbers of one byte are read in place: a call for each would cost as much as all the rest. `bits` is a
   * number in zig-zag form. Reading behind the record is harmless, since `at` never goes back: it cannot meet
   * the end again.
   */
  next(): boolean {
    const { bytes, recordsEnd } = this;
    let at = this.#at;
    if (this.#read >= this.recordCount) {
      if (at !== recordsEnd) throw this.#corrupt('bytes are left after the last record');
      return false;
    }
    let number = 0;
    let bits = bytes[at++] as number;
    if (bits < 0x80) number = (bits >>> 1) ^ -(bits & 1);
    else {
      number = wideNumber(bytes, at, 5);
      at = position;
    }
    const end = at + number;
    if (number < 0 || end > recordsEnd) throw this.#corrupt('its length leaves the batch');
    // One byte of attributes, of which no bit has a meaning yet.
    at += 1;
    bits = bytes[at++] as number;
    if (bits < 0x80) number = (bits >>> 1) ^ -(bits & 1);
    else {
      number = wideNumber(bytes, at, 10);
      at = position;
    }
    this.#timestampDelta = number;
    bits = bytes[at++] as number;
    if (bits < 0x80) number = (bits >>> 1) ^ -(bits & 1);
    else {
      number = wideNumber(bytes, at, 5);
      at = position;
    }
    if (number < 0 || number > this.#lastOffsetDelta) throw this.#corrupt('its offset leaves the batch');
    this.offsetDelta = number;
    bits = bytes[at++] as number;
    if (bits < 0x80) number = (bits >>> 1) ^ -(bits & 1);
    else {
      number = wideNumber(bytes, at, 5);
      at = position;
    }
    if (number < -1) throw this.#corrupt('the length of its key is negative');
    this.keyAt = at;
    this.keyLength = number;
    if (number > 0) at += number;
    bits = bytes[at++] as number;
    if (bits < 0x80) number = (bits >>> 1) ^ -(bits & 1);
    else {
      number = wideNumber(bytes, at, 5);
      at = position;
    }
    if (number < -1) throw this.#corrupt('the length of its value is negative');
    this.valueAt = at;
    this.valueLength = number;
    if (number > 0) at += number;
    bits = bytes[at++] as number;
    if (bits < 0x80) number = (bits >>> 1) ^ -(bits & 1);
    else {
      number = wideNumber(bytes, at, 5);
      at = position;
    }
    this.headersAt = at;
    this.headerCount = number;
    if (number !== 0) at = this.#skipHeaders(at, end);
    if (at !== end) throw this.#corrupt('its fields do not fill its length');
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

  /**
   * The current record as an object that stays valid when the cursor moves on; it refers to {@link bytes}.
   */
  view(): RecordView {
    return new RecordView(this);
  }

  #skipHeaders(start: number, end: number): number {
    // Each header takes two bytes at least: a count that cannot be is refused before the loop.
    if (this.headerCount < 0 || this.headerCount > (end - start) / 2) {
      throw this.#corrupt('its header count is not possible');
    }
    let at = start;
    for (let left = this.headerCount; left > 0; left -= 1) {
      if (at >= end) throw this.#corrupt('its headers leave the record');
      const keyLength = wideNumber(this.bytes, at + 1, 5);
      if (keyLength < 0) throw this.#corrupt('a header has no key');
      const valueLength = wideNumber(this.bytes, position + keyLength + 1, 5);
      if (valueLength < -1) throw this.#corrupt('the length of a header is negative');
      at = valueLength > 0 ? position + valueLength : position;
    }
    return at;
  }

  #corrupt(problem: string): CorruptRecordError {
    return new CorruptRecordError(`record ${this.#read} of ${this.recordCount} is malformed: ${problem}`);
  }
}

/**
 * Position after the number that {@link wideNumber} has read: a result object would cost more than the
 * reading.
 */
let position = 0;
const wide: Varint = { value: 0, end: 0 };

/**
 * Reads a zig-zag number whose first byte lies before `at` and moves {@link position} behind it; behind the
 * whole buffer when the number is cut off or too wide.
 */
function wideNumber(bytes: Buffer, at: number, widthMax: 5 | 10): number {
  const first = bytes[at - 1] as number;
  if (first < 0x80) {
    position = at;
    return (first >>> 1) ^ -(first & 1);
  }
  const second = bytes[at] as number;
  if (second < 0x80) {
    position = at + 1;
    return (((first & 0x7f) | (second << 7)) >>> 1) ^ -(first & 1);
  }
  readVarint(bytes, at - 1, bytes.length, widthMax, wide);
  position = wide.end < 0 ? bytes.length + 1 : wide.end;
  return wide.end < 0 ? 0 : wide.value;
}
