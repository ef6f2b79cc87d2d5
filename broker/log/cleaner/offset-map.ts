import { hash } from 'node:crypto';

const KEY_WORDS = 4;
const FIRST_SLOTS = 1 << 14;
const LOAD_FACTOR = 0.75;
/** Bytes of a slot: a 16-byte digest of the key and its offset. */
const SLOT_BYTES = 24;

/** An {@link OffsetMap} in memory that threads share. */
export interface SharedOffsetMap {
  readonly keys: Int32Array<SharedArrayBuffer>;
  readonly offsets: Float64Array<SharedArrayBuffer>;
  readonly size: number;
}

/**
 * The latest offset of each key in a stretch of a log. Keys are kept as their MD5, as Kafka does: 24 bytes a key,
 * whatever its length. Grows up to `bytesMax`.
 */
export class OffsetMap {
  readonly #slotsMax: number;
  #keys = sharedKeys(FIRST_SLOTS);
  #offsets = sharedOffsets(FIRST_SLOTS);
  #size = 0;
  readonly #digest = Buffer.alloc(16);

  constructor(bytesMax: number) {
    const slots = Math.max(FIRST_SLOTS, Math.floor(bytesMax / SLOT_BYTES));
    this.#slotsMax = 2 ** Math.floor(Math.log2(slots));
  }

  /** The map that {@link share} gave, in the same memory. To read only. */
  static from({ keys, offsets, size }: SharedOffsetMap): OffsetMap {
    const map = new OffsetMap(offsets.length * SLOT_BYTES);
    map.#keys = keys;
    map.#offsets = offsets;
    map.#size = size;
    return map;
  }

  /** The map in a form that can be given to another thread without a copy. */
  share(): SharedOffsetMap {
    return { keys: this.#keys, offsets: this.#offsets, size: this.#size };
  }

  get size(): number {
    return this.#size;
  }

  /** Whether one more key may not fit. */
  get isFull(): boolean {
    return this.#size >= this.#slotsMax * LOAD_FACTOR;
  }

  /** Notes the offset of a key; later calls win. */
  put(key: Buffer, offset: number): void {
    if (this.#size >= this.#offsets.length * LOAD_FACTOR) this.#grow();
    this.#read(key);
    const slot = this.#find(this.#keys, this.#offsets, this.#digestWords());
    if (this.#offsets[slot] === -1) {
      this.#size += 1;
      this.#keys.set(this.#digestWords(), slot * KEY_WORDS);
    }
    this.#offsets[slot] = offset;
  }

  /** The latest offset of a key, -1 when it was not seen. */
  get(key: Buffer): number {
    this.#read(key);
    return this.#offsets[this.#find(this.#keys, this.#offsets, this.#digestWords())] ?? -1;
  }

  #read(key: Buffer): void {
    hash('md5', key, 'buffer').copy(this.#digest);
  }

  #digestWords(): Int32Array {
    return new Int32Array(this.#digest.buffer, this.#digest.byteOffset, KEY_WORDS);
  }

  #find(keys: Int32Array, offsets: Float64Array, digest: Int32Array): number {
    const mask = offsets.length - 1;
    let slot = (digest[0] ?? 0) & mask;
    while (offsets[slot] !== -1 && !isEqual(keys, slot * KEY_WORDS, digest)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = sharedKeys(this.#offsets.length * 2);
    const offsets = sharedOffsets(this.#offsets.length * 2);
    for (const [slot, offset] of this.#offsets.entries()) {
      if (offset === -1) continue;
      const digest = this.#keys.subarray(slot * KEY_WORDS, (slot + 1) * KEY_WORDS);
      const target = this.#find(keys, offsets, digest);
      keys.set(digest, target * KEY_WORDS);
      offsets[target] = offset;
    }
    this.#keys = keys;
    this.#offsets = offsets;
  }
}

function isEqual(keys: Int32Array, at: number, digest: Int32Array): boolean {
  return (
    keys[at] === digest[0] &&
    keys[at + 1] === digest[1] &&
    keys[at + 2] === digest[2] &&
    keys[at + 3] === digest[3]
  );
}

function sharedKeys(slots: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(slots * KEY_WORDS * Int32Array.BYTES_PER_ELEMENT));
}

function sharedOffsets(slots: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(slots * Float64Array.BYTES_PER_ELEMENT)).fill(-1);
}
