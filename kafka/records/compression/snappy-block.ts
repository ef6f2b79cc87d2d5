import { CorruptRecordError } from '../errors.ts';
import type { BoundedOutput } from './bounded-output.ts';
import { copyLiteral, copyMatch } from './match-copy.ts';

/** No snappy element turns its bytes into more than this many times as many (a 3-byte copy makes 64). */
const EXPANSION_MAX = 22;

export interface SnappyPreamble {
  readonly outputBytes: number;
  readonly end: number;
}

/**
 * Reads the size that the raw block `source[start, end)` declares, and where its elements begin. Throws
 * CorruptRecordError when the input cannot possibly make that much, so that it is safe to allocate up to a
 * limit.
 */
export function readSnappyPreamble(source: Buffer, start: number, end: number): SnappyPreamble {
  let at = start;
  let outputBytes = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= end || shift > 28) throw malformed();
    const byte = source[at++] as number;
    outputBytes += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (outputBytes > (end - at) * EXPANSION_MAX) throw malformed();
  return { outputBytes, end: at };
}

/**
 * Appends the expansion of the snappy elements `source[start, end)` to `output`, which has room for the
 * `outputBytes` that they must make. Throws CorruptRecordError. Source: snappy's format description.
 */
export function decodeSnappyBlock(
  source: Buffer,
  start: number,
  end: number,
  output: BoundedOutput,
  outputBytes: number,
): void {
  const { buffer: target, length: targetStart } = output;
  const targetEnd = targetStart + outputBytes;
  let at = start;
  let to = targetStart;
  while (at < end) {
    const tag = source[at++] as number;
    let length = (tag >>> 2) + 1;
    if ((tag & 3) === 0) {
      if (length > 60) {
        const lengthBytes = length - 60;
        if (at + lengthBytes > end) throw malformed();
        length = source.readUIntLE(at, lengthBytes) + 1;
        at += lengthBytes;
      }
      if (at + length > end || to + length > targetEnd) throw malformed();
      copyLiteral(source, at, target, to, length);
      at += length;
    } else {
      let distance: number;
      if ((tag & 3) === 1) {
        length = ((tag >>> 2) & 7) + 4;
        distance = ((tag & 0xe0) << 3) | (source[at++] as number);
      } else if ((tag & 3) === 2) {
        distance = (source[at] as number) | ((source[at + 1] as number) << 8);
        at += 2;
      } else {
        distance = at + 4 > end ? 0 : source.readUInt32LE(at);
        at += 4;
      }
      if (at > end || distance === 0 || distance > to - targetStart || to + length > targetEnd)
        throw malformed();
      copyMatch(target, to, distance, length);
    }
    to += length;
  }
  if (to !== targetEnd) throw malformed();
  output.length = to;
}

function malformed(): CorruptRecordError {
  return new CorruptRecordError('snappy: a block is malformed');
}
