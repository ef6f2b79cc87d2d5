import { ATTRIBUTE, FIELD, HEADER_BYTES, LENGTH_PREFIX_BYTES, MAGIC, NONE, setCrc } from './batch-header.ts';
import { CODECS, type Codec, compress } from './compression/codec.ts';
import { takeOver } from './compression/native-memory.ts';
import { writeInt64 } from './int64.ts';
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from './varint.ts';

const BATCH_BYTES_MAX = 0x7fff_ffff;
const INITIAL_BYTES = 1024;
const NO_HEADERS: readonly HeaderInput[] = [];
/** From this many bytes on, the engine's memory copy is faster than a loop. */
const BULK_BYTES_MIN = 24;
/**
 * Widest record prefix: length, attributes, timestamp and offset deltas, key and value lengths, header count.
 */
const RECORD_OVERHEAD_BYTES = 5 + 1 + 10 + 5 + 5 + 5 + 5;

/** Text up to this length is written into the batch at once; longer text is turned into bytes first. */
const TEXT_LENGTH_MAX = 2048;
/** Most bytes that UTF-8 takes for one unit of a string. */
const UNIT_BYTES_MAX = 3;

/** A key or value to write: bytes, or text, which is written as UTF-8. */
export type RecordContent = Uint8Array | string | null;

/** One header of a record to write. */
export interface HeaderInput {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/**
 * What a batch says about itself, besides what follows from its records. All have Kafka's "none" as default.
 */
export interface BatchFields {
  /** `none` when absent. An empty batch is never compressed. */
  readonly codec?: Codec | undefined;
  /** Compression level: see `compress`. */
  readonly level?: number | undefined;
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  /** Makes it a LogAppendTime batch whose records all carry this time, in ms. */
  readonly logAppendTimeMs?: number;
  /** Instead of the delta of the last record: compaction keeps it when that record is gone. */
  readonly lastOffsetDelta?: number;
  /** Instead of the largest timestamp of the records, in ms. */
  readonly maxTimestamp?: number;
}

export interface BatchBuilderOptions {
  /** Size of the first buffer; it doubles when it is full. */
  readonly initialBytes?: number;
  /** Memory to build in, instead of new memory. The builder writes to it, and the batch may be a part of it. */
  readonly memory?: Buffer | undefined;
  /**
   * Delete horizon of the batch in ms (KIP-534); the timestamps of the records are written relative to it.
   */
  readonly deleteHorizonMs?: number | undefined;
}

/**
 * Builds one batch of magic 2. Records go straight into the buffer that becomes the batch: no object is kept
 * per record, and keys and values are copied, so the caller may reuse them.
 */
export class BatchBuilder {
  #buffer: Buffer;
  #length = HEADER_BYTES;
  #count = 0;
  #lastOffsetDelta = -1;
  #baseTimestamp: number;
  #maxTimestamp = NONE;
  readonly #hasDeleteHorizon: boolean;

  constructor({ initialBytes = INITIAL_BYTES, memory, deleteHorizonMs }: BatchBuilderOptions = {}) {
    const isUsable = memory !== undefined && memory.length >= HEADER_BYTES;
    this.#buffer = isUsable ? memory : Buffer.allocUnsafe(Math.max(initialBytes, HEADER_BYTES));
    this.#hasDeleteHorizon = deleteHorizonMs !== undefined;
    this.#baseTimestamp = deleteHorizonMs ?? NONE;
  }

  get recordCount(): number {
    return this.#count;
  }

  /** Size that the batch has with the records so far when it is not compressed, header included. */
  get estimatedSizeInBytes(): number {
    return this.#length;
  }

  /**
   * Appends a record. `timestamp` is in ms, -1 for none; `offsetDelta` counts from the base offset and
   * follows the last record when absent (compaction leaves holes). Throws RangeError for an offset that does
   * not rise, a timestamp that is no safe integer, and above 2 GiB.
   */
  append(
    timestamp: number,
    key: RecordContent,
    value: RecordContent,
    headers: readonly HeaderInput[] = NO_HEADERS,
    offsetDelta: number = this.#lastOffsetDelta + 1,
  ): void {
    if (offsetDelta <= this.#lastOffsetDelta) throw new RangeError('offsets of a batch have to rise');
    if (!Number.isSafeInteger(timestamp))
      throw new RangeError(`${timestamp} is not a timestamp in milliseconds`);
    if (this.#count === 0 && !this.#hasDeleteHorizon) this.#baseTimestamp = timestamp;
    const timestampDelta = timestamp - this.#baseTimestamp;
    if (isLongText(key) || isLongText(value)) {
      this.append(timestamp, contentBytes(key), contentBytes(value), headers, offsetDelta);
      return;
    }
    const body =
      1 +
      varlongBytes(timestampDelta) +
      varintBytes(offsetDelta) +
      nullableBytes(key) +
      nullableBytes(value) +
      headersBytes(headers);
    this.#makeRoom(5 + body + spareBytes(key) + spareBytes(value));
    const buffer = this.#buffer;
    let at = writeVarint(buffer, body, this.#length);
    buffer[at] = 0;
    at = writeVarlong(buffer, timestampDelta, at + 1);
    at = writeVarint(buffer, offsetDelta, at);
    at = writeNullable(buffer, key, at);
    if (at >= 0) at = writeNullable(buffer, value, at);
    if (at < 0) {
      this.append(timestamp, contentBytes(key), contentBytes(value), headers, offsetDelta);
      return;
    }
    this.#length = writeHeaders(buffer, headers, at);
    this.#count += 1;
    this.#lastOffsetDelta = offsetDelta;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
  }

  /**
   * The batch, with its CRC. Uncompressed, it is the builder's own buffer, which then belongs to the caller:
   * the builder is used up. Throws UnsupportedCodecError when the codec's native package does not load.
   */
  build(fields: BatchFields = {}): Buffer {
    const codec = this.#count === 0 ? 'none' : (fields.codec ?? 'none');
    const batch = this.#pack(codec, fields.level);
    const { logAppendTimeMs } = fields;
    writeInt64(batch, fields.baseOffset ?? 0, FIELD.baseOffset);
    batch.writeInt32BE(batch.length - LENGTH_PREFIX_BYTES, FIELD.batchLength);
    batch.writeInt32BE(fields.leaderEpoch ?? NONE, FIELD.leaderEpoch);
    batch.writeInt8(MAGIC, FIELD.magic);
    batch.writeInt16BE(this.#attributes(codec, fields), FIELD.attributes);
    batch.writeInt32BE(fields.lastOffsetDelta ?? this.#lastOffsetDelta, FIELD.lastOffsetDelta);
    writeInt64(batch, this.#baseTimestamp, FIELD.baseTimestamp);
    writeInt64(batch, logAppendTimeMs ?? fields.maxTimestamp ?? this.#maxTimestamp, FIELD.maxTimestamp);
    writeInt64(batch, fields.producerId ?? NONE, FIELD.producerId);
    batch.writeInt16BE(fields.producerEpoch ?? NONE, FIELD.producerEpoch);
    batch.writeInt32BE(fields.baseSequence ?? NONE, FIELD.baseSequence);
    batch.writeInt32BE(this.#count, FIELD.recordCount);
    setCrc(batch, 0);
    return batch;
  }

  /** The record bytes behind room for the header. */
  #pack(codec: Codec, level: number | undefined): Buffer {
    const batch = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.alloc(0);
    this.#length = HEADER_BYTES;
    if (codec === 'none') return batch;
    const records = compress(codec, batch.subarray(HEADER_BYTES), level);
    const packed = Buffer.allocUnsafe(HEADER_BYTES + records.length);
    takeOver(records, packed, HEADER_BYTES);
    return packed;
  }

  #attributes(codec: Codec, fields: BatchFields): number {
    return (
      CODECS.indexOf(codec) |
      (fields.logAppendTimeMs === undefined ? 0 : ATTRIBUTE.logAppendTime) |
      (fields.isTransactional === true ? ATTRIBUTE.transactional : 0) |
      (fields.isControl === true ? ATTRIBUTE.control : 0) |
      (this.#hasDeleteHorizon ? ATTRIBUTE.deleteHorizon : 0)
    );
  }

  #makeRoom(bytes: number): void {
    const end = this.#length + bytes;
    if (end <= this.#buffer.length) return;
    if (this.#buffer.length === 0)
      throw new RangeError('the batch is built: take a new builder for more records');
    if (end > BATCH_BYTES_MAX) throw new RangeError('a batch has no room for more than 2 GiB');
    const grown = Buffer.allocUnsafe(Math.min(Math.max(end, this.#buffer.length * 2), BATCH_BYTES_MAX));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

/** Most bytes that a record can add to a batch, before compression. */
export function recordBytesMax(
  key: RecordContent,
  value: RecordContent,
  headers: readonly HeaderInput[] = NO_HEADERS,
): number {
  return RECORD_OVERHEAD_BYTES + contentBytesMax(key) + contentBytesMax(value) + headersBytes(headers);
}

/** The bytes of a key or value; text as UTF-8. */
export function contentBytes(content: RecordContent): Uint8Array | null {
  return typeof content === 'string' ? Buffer.from(content) : content;
}

function contentBytesMax(content: RecordContent): number {
  if (content === null) return 0;
  if (typeof content !== 'string') return content.length;
  return isLongText(content) ? Buffer.byteLength(content) : content.length * UNIT_BYTES_MAX;
}

function isLongText(content: RecordContent): boolean {
  return typeof content === 'string' && content.length > TEXT_LENGTH_MAX;
}

/** What text may take beyond a byte per unit. */
function spareBytes(content: RecordContent): number {
  return typeof content === 'string' ? content.length * (UNIT_BYTES_MAX - 1) : 0;
}

/** Of text as if it were ASCII, as most is: {@link writeNullable} finds out. */
function nullableBytes(content: RecordContent): number {
  return content === null ? 1 : varintBytes(content.length) + content.length;
}

/** Returns where the content ends; -1 for text that is not ASCII. */
function writeNullable(buffer: Buffer, bytes: RecordContent, at: number): number {
  if (bytes === null) return writeVarint(buffer, -1, at);
  if (typeof bytes === 'string') return writeText(buffer, bytes, at);
  const { length } = bytes;
  const start = writeVarint(buffer, length, at);
  if (length >= BULK_BYTES_MIN) buffer.set(bytes, start);
  else for (let i = 0; i < length; i += 1) buffer[start + i] = bytes[i] as number;
  return start + length;
}

function writeText(buffer: Buffer, text: string, at: number): number {
  const { length } = text;
  const start = writeVarint(buffer, length, at);
  if (length >= BULK_BYTES_MIN) return buffer.write(text, start) === length ? start + length : -1;
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return -1;
    buffer[start + i] = code;
  }
  return start + length;
}

function headersBytes(headers: readonly HeaderInput[]): number {
  let bytes = varintBytes(headers.length);
  for (const { key, value } of headers) {
    const keyBytes = Buffer.byteLength(key);
    bytes += varintBytes(keyBytes) + keyBytes + nullableBytes(value);
  }
  return bytes;
}

function writeHeaders(buffer: Buffer, headers: readonly HeaderInput[], start: number): number {
  let at = writeVarint(buffer, headers.length, start);
  for (const { key, value } of headers) {
    at = writeVarint(buffer, Buffer.byteLength(key), at);
    at += buffer.write(key, at);
    at = writeNullable(buffer, value, at);
  }
  return at;
}
