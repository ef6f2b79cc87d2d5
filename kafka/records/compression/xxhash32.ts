const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/** xxHash32 with seed 0 of `buffer[start, end)`, unsigned: the checksum inside LZ4 frames. */
export function xxHash32(buffer: Buffer, start: number, end: number): number {
  const length = end - start;
  let at = start;
  let hash = PRIME_5;
  if (length >= 16) {
    let a = (PRIME_1 + PRIME_2) | 0;
    let b = PRIME_2;
    let c = 0;
    let d = -PRIME_1;
    for (const stripesEnd = end - 15; at < stripesEnd; at += 16) {
      a = round(a, word(buffer, at));
      b = round(b, word(buffer, at + 4));
      c = round(c, word(buffer, at + 8));
      d = round(d, word(buffer, at + 12));
    }
    hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
  }
  return finish(hash + length, buffer, at, end);
}

function finish(initial: number, buffer: Buffer, start: number, end: number): number {
  let hash = initial | 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(rotate((hash + Math.imul(word(buffer, at), PRIME_3)) | 0, 17), PRIME_4);
  }
  for (; at < end; at += 1) {
    hash = Math.imul(rotate((hash + Math.imul(buffer[at] as number, PRIME_5)) | 0, 11), PRIME_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(lane: number, input: number): number {
  return Math.imul(rotate((lane + Math.imul(input, PRIME_2)) | 0, 13), PRIME_1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Little-endian int32 without the bounds check of Buffer's own reader: the loops above have made it. */
function word(buffer: Buffer, at: number): number {
  return (
    (buffer[at] as number) |
    ((buffer[at + 1] as number) << 8) |
    ((buffer[at + 2] as number) << 16) |
    ((buffer[at + 3] as number) << 24)
  );
}
