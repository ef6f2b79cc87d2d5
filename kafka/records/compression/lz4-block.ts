import { copyLiteral, copyMatch } from './match-copy.ts';

/** {@link decodeLz4Block} and {@link measureLz4Block} answer: the block is malformed. */
export const LZ4_MALFORMED = -1;

const MATCH_BYTES_MIN = 4;

/** Raw LZ4 block `source[start, end)`. */
export interface Lz4Block {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Size of the block's output, found without producing it, or {@link LZ4_MALFORMED}.
 * Source: the LZ4 block format description.
 */
export function measureLz4Block({ source, start, end }: Lz4Block): number {
  let at = start;
  let bytes = 0;
  while (at < end) {
    const token = source[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && at < end) literals += more = source[at++] as number;
      if (more === 255) return LZ4_MALFORMED;
    }
    at += literals;
    bytes += literals;
    // Only the last sequence of a block has no match.
    if (at === end) return bytes;
    at += 2;
    let length = (token & 15) + MATCH_BYTES_MIN;
    if (length === 15 + MATCH_BYTES_MIN) {
      let more = 255;
      while (more === 255 && at < end) length += more = source[at++] as number;
      if (more === 255) return LZ4_MALFORMED;
    }
    bytes += length;
  }
  return LZ4_MALFORMED;
}

/**
 * Decodes a block that {@link measureLz4Block} has found well-formed to `target[to, ...)`, which must have
 * room for the measured size. Matches may reach back to `historyStart`. Returns the position after the
 * output, or {@link LZ4_MALFORMED} when a match reaches further.
 */
export function decodeLz4Block(block: Lz4Block, target: Buffer, start: number, historyStart: number): number {
  const { source, end } = block;
  let at = block.start;
  let to = start;
  for (;;) {
    const token = source[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) literals += more = source[at++] as number;
    }
    copyLiteral(source, at, target, to, literals);
    at += literals;
    to += literals;
    if (at === end) return to;
    const distance = (source[at] as number) | ((source[at + 1] as number) << 8);
    at += 2;
    if (distance === 0 || distance > to - historyStart) return LZ4_MALFORMED;
    let length = (token & 15) + MATCH_BYTES_MIN;
    if (length === 15 + MATCH_BYTES_MIN) {
      let more = 255;
      while (more === 255) length += more = source[at++] as number;
    }
    copyMatch(target, to, distance, length);
    to += length;
  }
}
