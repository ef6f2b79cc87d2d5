import { BatchCursor, batchHeader } from '../../kafka/records/index.ts';
import type { File } from '../../platform/files.ts';

const CHUNK_BYTES = 1 << 20;

/** Where to look and how strictly. */
export interface ScanOptions {
  readonly from: number;
  /** Position to stop at. */
  readonly to: number;
  /** Check the CRC of every batch, for recovery. */
  readonly checkCrc?: boolean;
  /** Read at once; 1 MiB when absent. Less where little is looked for. */
  readonly chunkBytes?: number;
  /** The whole file, when it is in memory: then nothing is read. */
  readonly content?: Buffer | undefined;
}

type Visit = (buffer: Buffer, at: number, position: number) => boolean | undefined;

/**
 * Walks the batches of a log file. `visit` gets a buffer, the batch's place in it and its position in the file;
 * the buffer is reused afterwards. Stops when `visit` returns false, at the first batch that is not whole or not valid,
 * and at `to`. Returns the position where it stopped: the end of what is valid when all was visited.
 */
export function scanBatches(file: Pick<File, 'read'>, options: ScanOptions, visit: Visit): number {
  const { to, content } = options;
  if (content !== undefined) return scanContent(content, options, visit);
  let position = options.from;
  const chunkBytes = options.chunkBytes ?? CHUNK_BYTES;
  let buffer = Buffer.allocUnsafe(Math.max(0, Math.min(chunkBytes, to - position)));
  while (position < to) {
    const length = file.read(buffer.subarray(0, Math.min(buffer.length, to - position)), position);
    const cursor = new BatchCursor(buffer, 0, length);
    while (cursor.next()) {
      if (options.checkCrc === true && !batchHeader.isCrcValid(buffer, cursor.at))
        return position + cursor.at;
      if (visit(buffer, cursor.at, position + cursor.at) === false) return position + cursor.at;
    }
    position += cursor.at;
    const isWhole =
      cursor.state === 'incomplete' && cursor.sizeInBytes > 0 && position + cursor.sizeInBytes <= to;
    if (cursor.state === 'corrupt' || (cursor.state === 'incomplete' && !isWhole && cursor.at === 0))
      return position;
    if (isWhole && cursor.sizeInBytes > buffer.length) buffer = Buffer.allocUnsafe(cursor.sizeInBytes);
    else if (cursor.at === 0) return position;
  }
  return position;
}

function scanContent(content: Buffer, { from, to, checkCrc }: ScanOptions, visit: Visit): number {
  const cursor = new BatchCursor(content, from, to);
  while (cursor.next()) {
    if (checkCrc === true && !batchHeader.isCrcValid(content, cursor.at)) break;
    if (visit(content, cursor.at, cursor.at) === false) break;
  }
  return cursor.at;
}
