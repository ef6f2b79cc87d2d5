import { SerializationError } from '../../errors.ts';

/** Most items without bytes of their own (`null`, empty records) in one payload. */
const emptyItemsMax = 1_000_000;

/** Deepest nesting of records inside records of the same type. */
const depthMax = 500;

/**
 * Reads Avro's binary primitives. Every length is checked against what is left before anything is allocated, so a
 * hostile payload costs no more than its size. All methods throw {@link SerializationError}.
 */
export class BinaryReader {
  readonly #buffer: Buffer;
  #position: number;
  #emptyItems = 0;
  #depth = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  boolean(): boolean {
    return this.#byte() !== 0;
  }

  int(): number {
    const value = this.#varint();
    if (typeof value === 'number' && value === (value | 0)) return value;
    throw new SerializationError('an int has more than 32 bits');
  }

  /** A number when it is safe, else a bigint. */
  long(): number | bigint {
    return this.#varint();
  }

  /** A long that counts or chooses something. */
  count(): number {
    const value = this.#varint();
    if (typeof value === 'number') return value;
    throw new SerializationError('a length or index is out of range');
  }

  float(): number {
    return this.#buffer.readFloatLE(this.#advance(4));
  }

  double(): number {
    return this.#buffer.readDoubleLE(this.#advance(8));
  }

  /** A copy: the payload may be reused. */
  fixed(size: number): Buffer {
    const first = this.#advance(size);
    return Buffer.from(this.#buffer.subarray(first, first + size));
  }

  bytes(): Buffer {
    return this.fixed(this.count());
  }

  string(): string {
    const length = this.count();
    const first = this.#advance(length);
    return length < 12
      ? this.#shortText(first, length)
      : this.#buffer.toString('utf8', first, first + length);
  }

  skip(bytes: number): void {
    this.#advance(bytes);
  }

  /**
   * The number of items of the next block of an array or map, 0 at its end. `itemBytesMin` is the least that one item
   * takes: a count that cannot fit what is left is refused.
   */
  block(itemBytesMin: number): number {
    const count = this.count();
    if (count < 0) this.#varint();
    const items = Math.abs(count);
    if (itemBytesMin === 0) this.#emptyItems += items;
    const isTooMany = items * itemBytesMin > this.#buffer.length - this.#position;
    if (isTooMany || this.#emptyItems > emptyItemsMax) {
      throw new SerializationError(`a block of ${items} items does not fit into the payload`);
    }
    return items;
  }

  /** To be called around everything that may contain itself. */
  enter(): void {
    this.#depth += 1;
    if (this.#depth > depthMax) throw new SerializationError(`records are nested deeper than ${depthMax}`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  #advance(bytes: number): number {
    const first = this.#position;
    if (!(bytes >= 0 && bytes <= this.#buffer.length - first)) throw truncated();
    this.#position = first + bytes;
    return first;
  }

  #byte(): number {
    const byte = this.#buffer[this.#position];
    if (byte === undefined) throw truncated();
    this.#position += 1;
    return byte;
  }

  #varint(): number | bigint {
    let byte = this.#byte();
    let low = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
      byte = this.#byte();
      low |= (byte & 0x7f) << shift;
    }
    if (byte <= 0x7f) return (low >>> 1) ^ -(low & 1);
    let wide = low;
    for (let unit = 2 ** 28; byte > 0x7f && unit < 2 ** 49; unit *= 0x80) {
      byte = this.#byte();
      wide += (byte & 0x7f) * unit;
    }
    if (byte <= 0x7f) return wide % 2 === 0 ? wide / 2 : -(wide + 1) / 2;
    return this.#bigVarint(BigInt(wide));
  }

  #bigVarint(low: bigint): number | bigint {
    let bits = low;
    let byte = 0x80;
    for (let shift = 49n; byte > 0x7f; shift += 7n) {
      if (shift > 63n) throw new SerializationError('an integer has more than 64 bits');
      byte = this.#byte();
      bits |= BigInt(byte & 0x7f) << shift;
    }
    const value = BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  #shortText(first: number, length: number): string {
    let text = '';
    for (let index = first; index < first + length; index += 1) {
      const code = this.#buffer[index] ?? 0;
      if (code > 0x7f) return this.#buffer.toString('utf8', first, first + length);
      text += String.fromCharCode(code);
    }
    return text;
  }
}

function truncated(): SerializationError {
  return new SerializationError('the payload ends before its value, or has a length that does not fit');
}
