import { CorruptRecordError } from './errors.ts';
import { readVarint, type Varint } from './varint.ts';

/** One header of a record. Keys may repeat, and their order is kept. */
export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** Where the parts of a record lie in `bytes`. Lengths are -1 for null. */
export interface RecordPosition {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly timestamp: number;
  readonly keyAt: number;
  readonly keyLength: number;
  readonly valueAt: number;
  readonly valueLength: number;
  readonly headersAt: number;
  readonly headerCount: number;
}

/**
 * A record that reads its parts when they are asked for. `key`, `value` and header values are slices of the
 * batch (or of its expanded bytes) and keep all of it in memory: copy what has to outlive the batch.
 */
export class RecordView {
  readonly offset: number;
  /** In ms: the append time of the batch under LogAppendTime, -1 for none. */
  readonly timestamp: number;
  /** Length in bytes, -1 for null. */
  readonly keyLength: number;
  /** Length in bytes, -1 for null. */
  readonly valueLength: number;
  readonly headerCount: number;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  readonly #valueAt: number;
  readonly #headersAt: number;

  constructor(position: RecordPosition) {
    this.offset = position.offset;
    this.timestamp = position.timestamp;
    this.keyLength = position.keyLength;
    this.valueLength = position.valueLength;
    this.headerCount = position.headerCount;
    this.#bytes = position.bytes;
    this.#keyAt = position.keyAt;
    this.#valueAt = position.valueAt;
    this.#headersAt = position.headersAt;
  }

  get key(): Buffer | null {
    return slice(this.#bytes, this.#keyAt, this.keyLength);
  }

  get value(): Buffer | null {
    return slice(this.#bytes, this.#valueAt, this.valueLength);
  }

  /** Parsed anew at each call. */
  get headers(): RecordHeader[] {
    const headers: RecordHeader[] = [];
    const varint: Varint = { value: 0, end: this.#headersAt };
    for (let left = this.headerCount; left > 0; left -= 1) {
      const keyLength = readLength(this.#bytes, varint);
      const keyAt = varint.end;
      varint.end += keyLength;
      const valueLength = readLength(this.#bytes, varint);
      const value = slice(this.#bytes, varint.end, valueLength);
      if (valueLength > 0) varint.end += valueLength;
      headers.push({ key: this.#bytes.toString('utf8', keyAt, keyAt + keyLength), value });
    }
    return headers;
  }
}

function slice(bytes: Buffer, at: number, length: number): Buffer | null {
  return length < 0 ? null : bytes.subarray(at, at + length);
}

function readLength(bytes: Buffer, varint: Varint): number {
  readVarint(bytes, varint.end, bytes.length, 5, varint);
  // The cursor has checked the headers: only someone who wrote to the buffer since can have broken them.
  if (varint.end < 0) throw new CorruptRecordError('the bytes of a record changed after it was read');
  return varint.value;
}
