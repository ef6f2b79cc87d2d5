import { FIELD, HEADER_BYTES, LENGTH_PREFIX_BYTES, MAGIC } from './batch-header.ts';

/**
 * Where a walk stands: on a batch, at the exact end, before a batch that is cut off, or before bytes that are
 * none.
 */
export type CursorState = 'batch' | 'end' | 'incomplete' | 'corrupt';

/**
 * Walks consecutive batches in `buffer[start, end)` without allocating and without leaving the range:
 *
 *     while (cursor.next()) use(buffer, cursor.at);
 *     if (cursor.state === 'corrupt') ...
 *
 * It checks that sizes and magic are possible, not the CRC and not the records.
 */
export class BatchCursor {
  readonly buffer: Buffer;
  readonly end: number;
  /** Start of the current batch; after the last one, of the bytes that were not walked. */
  at: number;
  /** Size of the current batch; what the length field asks for when `incomplete`, 0 when it is not known. */
  sizeInBytes = 0;
  state: CursorState = 'batch';

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.buffer = buffer;
    this.at = start;
    this.end = Math.min(end, buffer.length);
  }

  /** Moves to the next whole batch. False at the end of what can be walked: see {@link state}. */
  next(): boolean {
    if (this.state !== 'batch') return false;
    this.at += this.sizeInBytes;
    this.sizeInBytes = 0;
    this.state = this.#classify(this.end - this.at);
    return this.state === 'batch';
  }

  #classify(available: number): CursorState {
    if (available <= 0) return 'end';
    if (available < LENGTH_PREFIX_BYTES) return 'incomplete';
    const size = LENGTH_PREFIX_BYTES + this.buffer.readInt32BE(this.at + FIELD.batchLength);
    if (size < HEADER_BYTES) return 'corrupt';
    if (available > FIELD.magic && this.buffer[this.at + FIELD.magic] !== MAGIC) return 'corrupt';
    this.sizeInBytes = size;
    return size <= available ? 'batch' : 'incomplete';
  }
}
