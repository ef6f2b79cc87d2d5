import { SerializationError } from '../../errors.ts';

const initialBytes = 256;
const bytesMax = 0x7fff_ffff;

/** Writes Protobuf's primitives into a buffer that grows. */
export class ProtoWriter {
  #buffer = Buffer.allocUnsafe(initialBytes);
  #position = 0;

  /** The bytes so far, in a buffer of their own, behind `prefix`. */
  finish(prefix: Uint8Array): Buffer {
    const bytes = Buffer.allocUnsafe(prefix.length + this.#position);
    bytes.set(prefix, 0);
    this.#buffer.copy(bytes, prefix.length, 0, this.#position);
    return bytes;
  }

  tag(field: number, wireType: number): void {
    this.uint32(field * 8 + wireType);
  }

  /** 0 to 2^32-1. */
  uint32(value: number): void {
    this.#reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#position++] = rest;
  }

  /** 64 bits, negative ones in two's complement: what `int32` is too. */
  int64(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value <= 0xffff_ffff) this.uint32(value);
    else this.#wide(BigInt.asUintN(64, BigInt(value)));
  }

  #wide(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 0x7fn) {
      this.#buffer[this.#position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#position++] = Number(rest);
  }

  sint32(value: number): void {
    this.uint32(((value << 1) ^ (value >> 31)) >>> 0);
  }

  sint64(value: number | bigint): void {
    if (typeof value === 'number' && value === (value | 0)) {
      this.sint32(value);
      return;
    }
    const wide = BigInt(value);
    this.#wide(BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n)));
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#position = this.#buffer.writeInt32LE(value | 0, this.#position);
  }

  fixed64(value: number | bigint): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), this.#position);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#position = this.#buffer.writeFloatLE(value, this.#position);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleLE(value, this.#position);
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.raw(value);
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.uint32(length);
    this.#reserve(length);
    this.#position += this.#buffer.write(value, this.#position);
  }

  /** Runs `write` and puts the length of what it wrote in front. */
  measured(write: () => void): void {
    this.#reserve(1);
    const first = this.#position;
    this.#position += 1;
    write();
    const length = this.#position - first - 1;
    if (length < 0x80) {
      this.#buffer[first] = length;
      return;
    }
    const extra = Math.ceil((32 - Math.clz32(length)) / 7) - 1;
    this.#reserve(extra);
    this.#buffer.copyWithin(first + 1 + extra, first + 1, this.#position);
    for (let index = 0; index < extra; index += 1) {
      this.#buffer[first + index] = ((length >>> (7 * index)) & 0x7f) | 0x80;
    }
    this.#buffer[first + extra] = length >>> (7 * extra);
    this.#position += extra;
  }

  #reserve(bytes: number): void {
    const needed = this.#position + bytes;
    if (needed <= this.#buffer.length) return;
    if (needed > bytesMax) throw new SerializationError('the value takes more than 2 GiB');
    const grown = Buffer.allocUnsafe(Math.min(bytesMax, Math.max(needed, this.#buffer.length * 2)));
    this.#buffer.copy(grown, 0, 0, this.#position);
    this.#buffer = grown;
  }
}
