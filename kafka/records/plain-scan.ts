/** What the records of a well-formed batch have in common, as far as validation asks. */
export interface PlainScan {
  /** Relative to the base timestamp of the batch, in ms. */
  timestampDeltaMin: number;
  timestampDeltaMax: number;
  hasNullKey: boolean;
}

/** Position after the last number of more than one byte. */
let position = 0;

/**
 * Looks at the records in `bytes[start, end)` in about two thirds of a cursor's time and fills `scan`.
 * False when anything is out of the ordinary, broken or merely rare (numbers of more than three bytes): then
 * a cursor has to look. True means: `count` well-formed records with the offset deltas 0, 1, 2, and so on,
 * which fill the range exactly.
 *
 * The broker's hottest loop, so the reading of numbers is written out: calls would double its time. `bits` is
 * a number in zig-zag form, where even ones stand for 0 and above, and 1 stands for -1. Reading behind the
 * buffer is harmless: `at` never goes back, and so can no longer meet the end of the record.
 */
export function scanPlainRecords(
  bytes: Buffer,
  start: number,
  end: number,
  count: number,
  scan: PlainScan,
): boolean {
  let timestampMin = 0x7fff_ffff;
  let timestampMax = -0x8000_0000;
  let hasNullKey = false;
  let at = start;
  for (let expected = 0; expected < count; expected += 1) {
    let bits = bytes[at++] as number;
    if (bits >= 0x80) {
      bits = wideBits(bytes, at);
      at = position;
    }
    const recordEnd = at + (bits >>> 1);
    if ((bits & 1) === 1 || recordEnd > end) return false;
    at += 1;
    bits = bytes[at++] as number;
    if (bits >= 0x80) {
      bits = wideBits(bytes, at);
      at = position;
    }
    const timestamp = (bits >>> 1) ^ -(bits & 1);
    if (timestamp < timestampMin) timestampMin = timestamp;
    if (timestamp > timestampMax) timestampMax = timestamp;
    bits = bytes[at++] as number;
    if (bits >= 0x80) {
      bits = wideBits(bytes, at);
      at = position;
    }
    if (bits !== expected * 2) return false;
    bits = bytes[at++] as number;
    if (bits >= 0x80) {
      bits = wideBits(bytes, at);
      at = position;
    }
    if ((bits & 1) === 0) at += bits >>> 1;
    else if (bits === 1) hasNullKey = true;
    else return false;
    bits = bytes[at++] as number;
    if (bits >= 0x80) {
      bits = wideBits(bytes, at);
      at = position;
    }
    if ((bits & 1) === 0) at += bits >>> 1;
    else if (bits !== 1) return false;
    bits = bytes[at++] as number;
    if (bits !== 0) at = skipHeaders(bytes, at, bits, recordEnd);
    if (at !== recordEnd) return false;
  }
  scan.timestampDeltaMin = timestampMin;
  scan.timestampDeltaMax = timestampMax;
  scan.hasNullKey = hasNullKey;
  return at === end;
}

/** Position behind the headers, -1 when they are broken, or more than 63 of them. */
function skipHeaders(bytes: Buffer, start: number, countBits: number, end: number): number {
  if (!(countBits < 0x80) || (countBits & 1) === 1) return -1;
  let at = start;
  for (let left = countBits; left > 0 && at <= end; left -= 1) {
    let bits = bytes[at++] as number;
    if (bits >= 0x80) {
      bits = wideBits(bytes, at);
      at = position;
    }
    // Keys and values take turns, and only values may be null.
    if ((bits & 1) === 0) at += bits >>> 1;
    else if (bits !== 1 || (left & 1) === 0) return -1;
  }
  return at;
}

/**
 * The rest of a number whose first byte lies before `at`; far behind the buffer when it has more than three
 * bytes.
 */
function wideBits(bytes: Buffer, at: number): number {
  const low = (bytes[at - 1] as number) & 0x7f;
  const second = bytes[at] as number;
  if (second < 0x80) {
    position = at + 1;
    return low | (second << 7);
  }
  const third = bytes[at + 1] as number;
  if (third < 0x80) {
    position = at + 2;
    return low | ((second & 0x7f) << 7) | (third << 14);
  }
  position = 0x4000_0000;
  return 0;
}
