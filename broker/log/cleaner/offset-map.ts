import { hash } from 'node:crypto';

const KEY_WORDS = 4;
const FIRST_SLOTS = 1 << 14;
const LOAD_FACTOR = 0.75;
/** Bytes of a slot: a 16-byte digest of the key and its offset. */
const SLOT_BYTES = 24;

/**
 * The latest offset of each key in a stretch of a log. Keys are kept as their MD5, as Kafka does: 24 bytes a key,
 * whatever its length. Grows up to `bytesMax`.
 */
export class OffsetMap {
  readonly #slotsMax: number;
  #keys = new Int32Array(FIRST_SLOTS * KEY_WORDS);
  #offsets = new Float64Array(FIRST_SLOTS).fill(-1);
  #size = 0;
  readonly #digest = Buffer.alloc(16);

  constructor(bytesMax: number) {
    const slots = Math.max(FIRST_SLOTS, Math.floor(bytesMax / SLOT_BYTES));
    this.#slotsMax = 2 ** Math.floor(Math.log2(slots));
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
    const keys = new Int32Array(this.#keys.length * 2);
    const offsets = new Float64Array(this.#offsets.length * 2).fill(-1);
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
