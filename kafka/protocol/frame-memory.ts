/** Smaller frames are not worth keeping memory for. */
const KEPT_BYTES_MIN = 64 << 10;

/**
 * Memory of large frames that nobody looks at any more, for those that come next: new memory has to be paged in by the
 * system, which costs more than filling it. What is free never exceeds `freeBytesMax`.
 */
export class FrameMemory {
  readonly #freeBytesMax: number;
  #free: Buffer[] = [];
  #freeBytes = 0;

  constructor(freeBytesMax: number) {
    this.#freeBytesMax = freeBytesMax;
  }

  /** A free buffer of at least `bytes`, if there is one. Nothing is allocated, so a peer may only have announced them. */
  take(bytes: number): Buffer | undefined {
    if (bytes < KEPT_BYTES_MIN) return undefined;
    const index = this.#free.findLastIndex((buffer) => buffer.length >= bytes);
    const [buffer] = index < 0 ? [] : this.#free.splice(index, 1);
    this.#freeBytes -= buffer?.length ?? 0;
    return buffer;
  }

  /**
   * Takes the memory of a frame that a `FrameReader` handed over as owned, or a buffer that was taken here. Nobody may
   * look at it after that. What has been free for longest makes room.
   */
  give(frame: Buffer): void {
    const { byteLength } = frame.buffer;
    if (byteLength < KEPT_BYTES_MIN || byteLength > this.#freeBytesMax) return;
    this.#free.push(Buffer.from(frame.buffer));
    this.#freeBytes += byteLength;
    while (this.#freeBytes > this.#freeBytesMax) this.#freeBytes -= this.#free.shift()?.length ?? 0;
  }
}
