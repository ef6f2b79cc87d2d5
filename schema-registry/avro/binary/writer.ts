import { SerializationError } from '../../errors.ts';

/** Bytes a writer starts with. */
const initialBytes = 1024;

/** A buffer above this size is not kept for the next value. */
const keptBytesMax = 1024 * 1024;

/** Writes Avro's binary primitives into one buffer that grows and is used again for the next value. */
export class BinaryWriter {
  #buffer = Buffer.allocUnsafeSlow(initialBytes);
  #position = 0;

  /** Begins a value behind `reserved` bytes that the caller fills in. */
  begin(reserved: number): void {
    if (this.#buffer.length > keptBytesMax) this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
    this.#position = 0;
    this.#reserve(reserved);
    this.#position = reserved;
  }

  /** The bytes since {@link begin}, in a buffer of their own. */
  finish(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#position);
    this.#buffer.copy(bytes, 0, 0, this.#position);
    return bytes;
  }

  boolean(value: boolean): void {
    this.#reserve(1);
    this.#buffer[this.#position++] = value ? 1 : 0;
  }

  /** A 32-bit integer, or any number within 2^30 either way. */
  int(value: number): void {
    this.#reserve(5);
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#position++] = rest;
  }

  /** A safe integer. */
  long(value: number): void {
    if (value === (value | 0)) this.int(value);
    else if (value >= -0xf_ffff_ffff_ffff && value <= 0xf_ffff_ffff_ffff) this.#wide(value);
    else this.bigLong(BigInt(value));
  }

  /** A 64-bit integer. */
  bigLong(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    while (rest > 0x7fn) {
      this.#buffer[this.#position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#position++] = Number(rest);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#position = this.#buffer.writeFloatLE(value, this.#position);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleLE(value, this.#position);
  }

  /** Bytes without their length, as `fixed` has them. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  bytes(value: Uint8Array): void {
    this.long(value.length);
    this.raw(value);
  }

  /** UTF-8; what is no text (half a surrogate pair) becomes U+FFFD. */
  string(value: string): void {
    if (value.length < 64 && this.#ascii(value)) return;
    const length = Buffer.byteLength(value);
    this.long(length);
    this.#reserve(length);
    this.#position += this.#buffer.write(value, this.#position);
  }

  /** Short plain text in one pass; false, with nothing written, when it is not plain. */
  #ascii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const buffer = this.#buffer;
    const first = this.#position + 1;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[first + index] = code;
    }
    buffer[first - 1] = length << 1;
    this.#position = first + length;
    return true;
  }

  /** Zigzag without 32-bit operators, exact within 2^52. */
  #wide(value: number): void {
    this.#reserve(10);
    let rest = value >= 0 ? value * 2 : -value * 2 - 1;
    while (rest > 0x7f) {
      this.#buffer[this.#position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#position++] = rest;
  }

  #reserve(bytes: number): void {
    const needed = this.#position + bytes;
    if (needed <= this.#buffer.length) return;
    if (needed > 0x7fff_ffff) throw new SerializationError('the value takes more than 2 GiB');
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#position);
    this.#buffer = grown;
  }
}
