import { StreamError } from '../../platform/errors.ts';
import type { FrameMemory } from './frame-memory.ts';

const SIZE_BYTES = 4;
const FIRST_ALLOCATION_BYTES = 64 << 10;

/** The peer announced a frame that is longer than allowed, or of negative length. The connection must be closed. */
export class FrameSizeError extends StreamError {
  constructor(size: number, maxBytes: number) {
    super('PROTOCOL_FRAME_SIZE', `a frame of ${size} bytes was announced, 0 to ${maxBytes} are allowed`);
  }
}

/**
 * Receives one frame. `isOwned` tells that `frame` is the receiver's to keep; otherwise it is valid only during the
 * call.
 */
export type FrameReceiver = (frame: Buffer, isOwned: boolean) => void;

/**
 * Cuts a byte stream into Kafka's frames (int32 size, then that many bytes). A frame that lies whole in a chunk is
 * handed over as a slice of it; one that spans chunks is gathered in memory that grows with what has arrived, never
 * with what was announced.
 */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #receive: FrameReceiver;
  readonly #trustedBytes: number;
  readonly #memory: FrameMemory | undefined;
  #size: number | undefined;
  readonly #sizeBytes = Buffer.alloc(SIZE_BYTES);
  #sizeBytesRead = 0;
  #frame: Buffer = Buffer.alloc(0);
  #frameBytesRead = 0;

  /**
   * Memory for a frame of at most `trustedBytes` is allocated at once when it is announced: for peers that may be
   * trusted. What `memory` has free is used first.
   */
  constructor(
    maxBytes: number,
    receive: FrameReceiver,
    { trustedBytes = FIRST_ALLOCATION_BYTES, memory }: { trustedBytes?: number; memory?: FrameMemory } = {},
  ) {
    this.#maxBytes = maxBytes;
    this.#receive = receive;
    this.#trustedBytes = trustedBytes;
    this.#memory = memory;
  }

  /** Bytes of the frame that is being gathered. */
  get partialBytes(): number {
    return this.#frameBytesRead;
  }

  /** Takes the next bytes of the stream. Throws {@link FrameSizeError}; nothing may be pushed after that. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length)
      at = this.#size === undefined ? this.#readSize(chunk, at) : this.#readBody(chunk, at);
  }

  #readSize(chunk: Buffer, at: number): number {
    if (this.#sizeBytesRead === 0 && chunk.length - at >= SIZE_BYTES) {
      const size = this.#checkedSize(chunk.readInt32BE(at));
      const start = at + SIZE_BYTES;
      if (chunk.length - start < size) {
        this.#beginFrame(size);
        return start;
      }
      this.#receive(chunk.subarray(start, start + size), false);
      return start + size;
    }
    const end = Math.min(chunk.length, at + SIZE_BYTES - this.#sizeBytesRead);
    this.#sizeBytesRead += chunk.copy(this.#sizeBytes, this.#sizeBytesRead, at, end);
    if (this.#sizeBytesRead === SIZE_BYTES)
      this.#beginFrame(this.#checkedSize(this.#sizeBytes.readInt32BE(0)));
    return end;
  }

  #beginFrame(size: number): void {
    this.#sizeBytesRead = 0;
    this.#size = size;
    this.#frameBytesRead = 0;
    this.#frame = this.#memory?.take(size) ?? Buffer.allocUnsafeSlow(Math.min(size, this.#trustedBytes));
    if (size === 0) this.#endFrame();
  }

  #readBody(chunk: Buffer, at: number): number {
    const size = this.#size ?? 0;
    const end = Math.min(chunk.length, at + size - this.#frameBytesRead);
    this.#reserve(this.#frameBytesRead + end - at, size);
    this.#frameBytesRead += chunk.copy(this.#frame, this.#frameBytesRead, at, end);
    if (this.#frameBytesRead === size) this.#endFrame();
    return end;
  }

  #endFrame(): void {
    const frame = this.#frame.subarray(0, this.#size);
    this.#size = undefined;
    this.#frame = Buffer.alloc(0);
    this.#frameBytesRead = 0;
    this.#receive(frame, true);
  }

  #reserve(bytes: number, size: number): void {
    if (bytes <= this.#frame.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(size, Math.max(bytes, this.#frame.length * 4)));
    this.#frame.copy(larger, 0, 0, this.#frameBytesRead);
    this.#frame = larger;
  }

  #checkedSize(size: number): number {
    if (size < 0 || size > this.#maxBytes) throw new FrameSizeError(size, this.#maxBytes);
    return size;
  }
}
