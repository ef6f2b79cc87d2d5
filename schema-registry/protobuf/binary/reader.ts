import { isUtf8 } from 'node:buffer';
import { SerializationError } from '../../errors.ts';

/** The wire types of Protobuf. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** Deepest nesting of messages, as in Google's own parsers. */
const depthMax = 100;

/**
 * Reads Protobuf's primitives between two positions of a payload. Lengths are checked against what is left before
 * anything is allocated. All methods throw {@link SerializationError}.
 */
export class ProtoReader {
  readonly #buffer: Buffer;
  #position: number;
  #end: number;
  #depth = 0;
  /** The low and high half of the last varint. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array, position: number, end: number = bytes.length) {
    this.#buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#end;
  }

  /** A tag: field number and wire type. */
  tag(): { readonly field: number; readonly wireType: number } {
    this.#varint();
    const field = this.#low >>> 3;
    if (this.#high !== 0 || field === 0) throw new SerializationError('a field has no valid number');
    return { field, wireType: this.#low & 7 };
  }

  boolean(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  int32(): number {
    this.#varint();
    return this.#low | 0;
  }

  uint32(): number {
    this.#varint();
    return this.#low >>> 0;
  }

  sint32(): number {
    this.#varint();
    return (this.#low >>> 1) ^ -(this.#low & 1);
  }

  /** 64-bit integers are numbers when they are safe, else bigints. */
  int64(): number | bigint {
    this.#varint();
    return signed64(this.#low, this.#high);
  }

  uint64(): number | bigint {
    this.#varint();
    return unsigned64(this.#low, this.#high);
  }

  sint64(): number | bigint {
    this.#varint();
    const sign = -(this.#low & 1);
    const low = ((this.#low >>> 1) | (this.#high << 31)) ^ sign;
    return signed64(low, (this.#high >>> 1) ^ sign);
  }

  fixed32(): number {
    return this.#buffer.readUInt32LE(this.#advance(4));
  }

  sfixed32(): number {
    return this.#buffer.readInt32LE(this.#advance(4));
  }

  fixed64(): number | bigint {
    const first = this.#advance(8);
    return unsigned64(this.#buffer.readInt32LE(first), this.#buffer.readInt32LE(first + 4));
  }

  sfixed64(): number | bigint {
    const first = this.#advance(8);
    return signed64(this.#buffer.readInt32LE(first), this.#buffer.readInt32LE(first + 4));
  }

  float(): number {
    return this.#buffer.readFloatLE(this.#advance(4));
  }

  double(): number {
    return this.#buffer.readDoubleLE(this.#advance(8));
  }

  /** A copy: the payload may be reused. */
  bytes(): Buffer {
    const length = this.#length();
    const first = this.#advance(length);
    return Buffer.from(this.#buffer.subarray(first, first + length));
  }

  string(isChecked: boolean): string {
    const length = this.#length();
    const first = this.#advance(length);
    const bytes = this.#buffer.subarray(first, first + length);
    if (isChecked && !isUtf8(bytes)) throw new SerializationError('a string is not UTF-8');
    return bytes.toString('utf8');
  }

  /** Reads what has its length in front; `read` sees the end there. */
  within<T>(read: () => T): T {
    const length = this.#length();
    const end = this.#position + length;
    const outer = this.#end;
    this.#end = end;
    const result = this.nested(read);
    if (this.#position !== end) throw new SerializationError('a message ends inside of a value');
    this.#end = outer;
    return result;
  }

  /** To be called around every message. */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > depthMax) throw new SerializationError(`messages are nested deeper than ${depthMax}`);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** Passes over a value of no interest, a group with all that is in it. */
  skip(wireType: number, field: number): void {
    switch (wireType) {
      case wireTypes.varint:
        this.#varint();
        break;
      case wireTypes.fixed64:
        this.#advance(8);
        break;
      case wireTypes.bytes:
        this.#advance(this.#length());
        break;
      case wireTypes.groupStart:
        this.nested(() => this.#skipGroup(field));
        break;
      case wireTypes.fixed32:
        this.#advance(4);
        break;
      default:
        throw new SerializationError(`field ${field} has the wire type ${wireType}, which is not known here`);
    }
  }

  #skipGroup(group: number): void {
    for (;;) {
      const { field, wireType } = this.tag();
      if (wireType !== wireTypes.groupEnd) this.skip(wireType, field);
      else if (field === group) return;
      else throw new SerializationError(`the group ${group} ends as ${field}`);
    }
  }

  #length(): number {
    this.#varint();
    const length = this.#low >>> 0;
    if (this.#high !== 0 || length > this.#end - this.#position) throw truncated();
    return length;
  }

  #advance(bytes: number): number {
    const first = this.#position;
    if (bytes > this.#end - first) throw truncated();
    this.#position = first + bytes;
    return first;
  }

  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#buffer[this.#position];
      if (byte === undefined || this.#position >= this.#end) throw truncated();
      this.#position += 1;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x7f) << 28;
        high = (byte & 0x7f) >> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) {
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw new SerializationError('an integer has more than 64 bits');
  }
}

function signed64(low: number, high: number): number | bigint {
  const value = (high | 0) * 0x1_0000_0000 + (low >>> 0);
  if (Number.isSafeInteger(value)) return value;
  return (BigInt(high | 0) << 32n) | BigInt(low >>> 0);
}

function unsigned64(low: number, high: number): number | bigint {
  const value = (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
  if (Number.isSafeInteger(value)) return value;
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function truncated(): SerializationError {
  return new SerializationError('the payload ends before its value, or has a length that does not fit');
}
