import { isUtf8 } from 'node:buffer';
import { ProtocolDecodeError } from './errors.ts';

/** More array elements than any real message has; keeps a hostile frame from growing a hundredfold in memory. */
const elementsMax = 8_388_608;

/** Kafka bounds strings by an int16 in all versions. */
const stringBytesMax = 32_767;

/**
 * Reads Kafka's primitive types from a buffer, checking every length against what is left.
 * Byte fields are slices of the buffer. Throws {@link ProtocolDecodeError}, without path: see `decode`.
 */
export class Reader {
  readonly buffer: Buffer;
  offset: number;
  end: number;
  /** The field being read, by depth. Kept only by decoders compiled for tracing. */
  readonly trace: string[] | undefined;
  #elements = 0;

  constructor(buffer: Buffer, offset: number, trace?: string[]) {
    this.buffer = buffer;
    this.offset = offset;
    this.end = buffer.length;
    this.trace = trace;
  }

  fail(reason: string): never {
    throw new ProtocolDecodeError({ reason, offset: this.offset });
  }

  at(depth: number, name: string): void {
    if (this.trace === undefined) return;
    this.trace.length = depth;
    this.trace.push(name);
  }

  #take(size: number): number {
    const { offset } = this;
    if (size > this.end - offset) this.fail(`${size} bytes are needed and ${this.end - offset} are left`);
    this.offset = offset + size;
    return offset;
  }

  bool(): boolean {
    return this.buffer[this.#take(1)] !== 0;
  }

  int8(): number {
    return this.buffer.readInt8(this.#take(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#take(2));
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.#take(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.#take(4));
  }

  /** The nearest double, exact up to 2^53. */
  int64(): number {
    const at = this.#take(8);
    return this.buffer.readInt32BE(at) * 4_294_967_296 + this.buffer.readUInt32BE(at + 4);
  }

  bigint64(): bigint {
    return this.buffer.readBigInt64BE(this.#take(8));
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.#take(8));
  }

  uuid(): string {
    const at = this.#take(16);
    return this.buffer.toString('base64url', at, at + 16);
  }

  /** An unsigned varint of at most five bytes and 32 bits. */
  uvarint(): number {
    const first = this.buffer[this.#take(1)] ?? 0;
    return first < 0x80 ? first : this.#longUvarint(first & 0x7f);
  }

  #longUvarint(first: number): number {
    let value = first;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.buffer[this.#take(1)] ?? 0;
      if (shift === 28 && byte > 0x0f) this.fail('a varint has more than 32 bits');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail('a varint has more than five bytes');
  }

  string(): string {
    const length = this.int16();
    return length < 0 ? this.fail('null where a string is required') : this.#text(length);
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.#text(length);
  }

  compactString(): string {
    const length = this.uvarint() - 1;
    return length < 0 ? this.fail('null where a string is required') : this.#text(length);
  }

  compactNullableString(): string | null {
    const length = this.uvarint() - 1;
    return length < 0 ? null : this.#text(length);
  }

  #text(length: number): string {
    if (length > stringBytesMax) this.fail(`a string of ${length} bytes is above ${stringBytesMax}`);
    const start = this.#take(length);
    const { buffer, offset: end } = this;
    for (let i = start; i < end; i++) {
      if ((buffer[i] ?? 0) >= 0x80) return this.#unicode(start, end);
    }
    return buffer.toString('latin1', start, end);
  }

  #unicode(start: number, end: number): string {
    if (!isUtf8(this.buffer.subarray(start, end))) this.fail('a string is not valid UTF-8');
    return this.buffer.toString('utf8', start, end);
  }

  bytes(): Buffer {
    const length = this.int32();
    return length < 0 ? this.fail('null where bytes are required') : this.#slice(length);
  }

  nullableBytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.#slice(length);
  }

  compactBytes(): Buffer {
    const length = this.uvarint() - 1;
    return length < 0 ? this.fail('null where bytes are required') : this.#slice(length);
  }

  compactNullableBytes(): Buffer | null {
    const length = this.uvarint() - 1;
    return length < 0 ? null : this.#slice(length);
  }

  #slice(length: number): Buffer {
    const start = this.#take(length);
    return this.buffer.subarray(start, this.offset);
  }

  /** The element count of an array whose elements take at least `elementBytes` each. */
  arrayLength(elementBytes: number): number {
    const length = this.int32();
    return length < 0 ? this.fail('null where an array is required') : this.#count(length, elementBytes);
  }

  /** As {@link arrayLength}; -1 for null. */
  nullableArrayLength(elementBytes: number): number {
    const length = this.int32();
    return length < 0 ? -1 : this.#count(length, elementBytes);
  }

  compactArrayLength(elementBytes: number): number {
    const length = this.uvarint() - 1;
    return length < 0 ? this.fail('null where an array is required') : this.#count(length, elementBytes);
  }

  compactNullableArrayLength(elementBytes: number): number {
    const length = this.uvarint() - 1;
    return length < 0 ? -1 : this.#count(length, elementBytes);
  }

  #count(length: number, elementBytes: number): number {
    if (length * elementBytes > this.end - this.offset) {
      this.fail(`an array of ${length} does not fit in the ${this.end - this.offset} bytes left`);
    }
    this.#elements += length;
    if (this.#elements > elementsMax) this.fail(`a message has more than ${elementsMax} array elements`);
    return length;
  }

  /** The number of tagged fields that follow; each takes two bytes or more. */
  tagCount(): number {
    const count = this.uvarint();
    if (count * 2 > this.end - this.offset) this.fail(`${count} tagged fields do not fit in what is left`);
    return count;
  }

  /** The next tag, which must be above the one before. */
  tag(previous: number): number {
    const tag = this.uvarint();
    if (tag <= previous) this.fail(`tag ${tag} follows tag ${previous}`);
    return tag;
  }

  /** Narrows the reader to the tagged field that starts here; gives the end to restore. */
  enterTag(): number {
    const size = this.uvarint();
    if (size > this.end - this.offset) this.fail(`a tagged field of ${size} bytes is cut off`);
    const outer = this.end;
    this.end = this.offset + size;
    return outer;
  }

  leaveTag(outer: number): void {
    if (this.offset !== this.end) this.fail(`a tagged field has ${this.end - this.offset} bytes too many`);
    this.end = outer;
  }

  skipTag(): void {
    this.offset = this.end;
  }

  /** Skips a section of tagged fields of which none is known. */
  skipTags(): void {
    const count = this.uvarint();
    if (count !== 0) this.#skipTags(count);
  }

  #skipTags(count: number): void {
    let previous = -1;
    for (let i = 0; i < count; i++) {
      previous = this.tag(previous);
      this.#take(this.uvarint());
    }
  }
}
