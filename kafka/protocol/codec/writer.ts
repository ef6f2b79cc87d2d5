import { ProtocolEncodeError } from './errors.ts';

/** Room handed out to messages one after the other; never reused, so a chunk stays valid as long as it is held. */
const slabBytes = 65_536;

/** Byte fields from this size on become a chunk of their own instead of being copied. */
const chunkBytesMin = 4096;

const stringBytesMax = 32_767;
const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

let slab = Buffer.alloc(0);
let slabUsed = 0;

/**
 * Writes Kafka's primitive types into a shared slab. Byte fields of 4 KiB and more are not copied: they
 * become chunks of {@link finish}. Throws {@link ProtocolEncodeError}, without path: see `encode`.
 */
export class Writer {
  /** The field being written, by depth. Kept only by encoders compiled for tracing. */
  readonly trace: string[] | undefined;
  readonly #chunks: Buffer[] = [];
  #chunkBytes = 0;
  #buffer = slab;
  #start = slabUsed;
  #offset = slabUsed;
  #openTags = 0;

  constructor(trace?: string[]) {
    this.trace = trace;
  }

  /** The message so far. The caller owns the array; the chunks must not be written to. */
  finish(): Buffer[] {
    this.#cut();
    if (this.#buffer.length === slabBytes) {
      slab = this.#buffer;
      slabUsed = this.#offset;
    }
    return this.#chunks;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#chunkBytes + this.#offset - this.#start;
  }

  fail(reason: string): never {
    throw new ProtocolEncodeError(reason);
  }

  at(depth: number, name: string): void {
    if (this.trace === undefined) return;
    this.trace.length = depth;
    this.trace.push(name);
  }

  #cut(): void {
    if (this.#offset === this.#start) return;
    this.#push(this.#buffer.subarray(this.#start, this.#offset));
    this.#start = this.#offset;
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
  }

  #take(size: number): number {
    if (size > this.#buffer.length - this.#offset) this.#grow(size);
    const at = this.#offset;
    this.#offset = at + size;
    return at;
  }

  #grow(size: number): void {
    const used = this.#offset - this.#start;
    const grown = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * used + size));
    this.#buffer.copy(grown, 0, this.#start, this.#offset);
    this.#buffer = grown;
    this.#start = 0;
    this.#offset = used;
  }

  bool(value: boolean): void {
    if (typeof value !== 'boolean') this.fail('a boolean is required');
    this.#byte(value ? 1 : 0);
  }

  int8(value: number): void {
    if (value !== (value << 24) >> 24) this.#outOfRange('int8', value);
    this.#byte(value);
  }

  // Not `this.#buffer[this.#take(1)] = …`: taking may replace the buffer after it was looked up.
  #byte(value: number): void {
    const at = this.#take(1);
    this.#buffer[at] = value;
  }

  int16(value: number): void {
    if (value !== (value << 16) >> 16) this.#outOfRange('int16', value);
    const at = this.#take(2);
    this.#buffer[at] = value >> 8;
    this.#buffer[at + 1] = value;
  }

  uint16(value: number): void {
    if (value !== (value & 0xffff)) this.#outOfRange('uint16', value);
    const at = this.#take(2);
    this.#buffer[at] = value >> 8;
    this.#buffer[at + 1] = value;
  }

  int32(value: number): void {
    if (value !== (value | 0)) this.#outOfRange('int32', value);
    this.#word(value);
  }

  uint32(value: number): void {
    if (value !== value >>> 0) this.#outOfRange('uint32', value);
    this.#word(value);
  }

  #word(value: number): void {
    const at = this.#take(4);
    const buffer = this.#buffer;
    buffer[at] = value >> 24;
    buffer[at + 1] = value >> 16;
    buffer[at + 2] = value >> 8;
    buffer[at + 3] = value;
  }

  /** Doubles beyond 2^53 are clamped to what an int64 can hold. */
  int64(value: number): void {
    if (Number.isSafeInteger(value)) {
      const high = Math.floor(value / 4_294_967_296);
      this.#word(high);
      this.#word(value - high * 4_294_967_296);
    } else {
      this.#hugeInt64(value);
    }
  }

  #hugeInt64(value: number): void {
    if (!Number.isInteger(value)) this.#outOfRange('int64', value);
    const exact = BigInt(value);
    this.bigint64(exact > int64Max ? int64Max : exact < int64Min ? int64Min : exact);
  }

  bigint64(value: bigint): void {
    if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) this.#outOfRange('int64', value);
    const at = this.#take(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  float64(value: number): void {
    if (typeof value !== 'number') this.#outOfRange('float64', value);
    const at = this.#take(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  #outOfRange(type: string, value: unknown): never {
    return this.fail(`${String(value)} is not an ${type}`);
  }

  uuid(value: string): void {
    if (typeof value !== 'string' || value.length !== 22)
      this.fail(`"${value}" is not a uuid of 22 characters`);
    const at = this.#take(16);
    if (this.#buffer.write(value, at, 16, 'base64url') !== 16) this.fail(`"${value}" is not a uuid`);
  }

  uvarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#byte(rest);
  }

  string(value: string): void {
    const length = this.#textLength(value);
    this.int16(length);
    this.#text(value, length);
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1);
    else this.string(value);
  }

  compactString(value: string): void {
    const length = this.#textLength(value);
    this.uvarint(length + 1);
    this.#text(value, length);
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.uvarint(0);
    else this.compactString(value);
  }

  #textLength(value: string): number {
    if (typeof value !== 'string') this.fail('a string is required');
    const length = Buffer.byteLength(value);
    if (length > stringBytesMax) this.fail(`a string of ${length} bytes is above ${stringBytesMax}`);
    return length;
  }

  #text(value: string, length: number): void {
    const at = this.#take(length);
    const buffer = this.#buffer;
    if (length === value.length && length < 32) {
      for (let i = 0; i < length; i++) buffer[at + i] = value.charCodeAt(i);
    } else {
      buffer.write(value, at, length, 'utf8');
    }
  }

  bytes(value: Buffer): void {
    this.#requireBytes(value);
    this.int32(value.length);
    this.#raw(value);
  }

  nullableBytes(value: Buffer | null): void {
    if (value === null) this.int32(-1);
    else this.bytes(value);
  }

  compactBytes(value: Buffer): void {
    this.#requireBytes(value);
    this.uvarint(value.length + 1);
    this.#raw(value);
  }

  compactNullableBytes(value: Buffer | null): void {
    if (value === null) this.uvarint(0);
    else this.compactBytes(value);
  }

  #requireBytes(value: Buffer): void {
    if (!Buffer.isBuffer(value)) this.fail('a Buffer is required');
  }

  #raw(value: Buffer): void {
    if (value.length >= chunkBytesMin && this.#openTags === 0) {
      this.#cut();
      this.#push(value);
      return;
    }
    const at = this.#take(value.length);
    value.copy(this.#buffer, at);
  }

  /** `elements` as it is, or an error when it is not an array. */
  array<T>(elements: readonly T[]): readonly T[] {
    return Array.isArray(elements) ? elements : this.fail('an array is required');
  }

  /** Starts a tagged field; gives what {@link leaveTag} needs to put the size in front. */
  enterTag(tag: number): number {
    this.uvarint(tag);
    this.#openTags++;
    return this.#offset - this.#start;
  }

  /** Ends a tagged field. Its bytes move up by the size of their length, which is known only now. */
  leaveTag(from: number): void {
    const size = this.#offset - this.#start - from;
    this.uvarint(size);
    const prefix = this.#offset - this.#start - from - size;
    const start = this.#start + from;
    const length = Buffer.from(this.#buffer.subarray(start + size, this.#offset));
    this.#buffer.copyWithin(start + prefix, start, start + size);
    length.copy(this.#buffer, start);
    this.#openTags--;
  }
}
