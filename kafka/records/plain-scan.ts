/** What the records of a well-formed batch have in common, as far as validation asks. */
export interface PlainScan {
  /** Relative to the base timestamp of the batch, in ms. */
  timestampDeltaMin: number;
  timestampDeltaMax: number;
  hasNullKey: boolean;
}

/** Position after the last number read: a variable, because this loop is the broker's hottest. */
let position = 0;

/**
 * Looks at the records in `bytes[start, end)` in about a third of the time of a RecordCursor and fills `scan`. False when
 * anything is out of the ordinary, broken or merely rare (numbers of more than three bytes): then a cursor has to look.
 * True means: `count` well-formed records with the offset deltas 0, 1, 2, and so on, which fill the range exactly.
 */
export function scanPlainRecords(
  bytes: Buffer,
  start: number,
  end: number,
  count: number,
  scan: PlainScan,
): boolean {
  let timestampMin = 0;
  let timestampMax = 0;
  let hasNullKey = false;
  position = start;
  for (let expected = 0; expected < count; expected += 1) {
    const length = number(bytes, position);
    const recordEnd = position + length;
    if (length <= 0 || recordEnd > end) return false;
    const timestamp = number(bytes, position + 1);
    if (expected === 0 || timestamp < timestampMin) timestampMin = timestamp;
    if (expected === 0 || timestamp > timestampMax) timestampMax = timestamp;
    if (number(bytes, position) !== expected) return false;
    const keyLength = number(bytes, position);
    if (keyLength >= 0) position += keyLength;
    else if (keyLength === -1) hasNullKey = true;
    else return false;
    const valueLength = number(bytes, position);
    if (valueLength >= 0) position += valueLength;
    else if (valueLength !== -1) return false;
    const headerCount = number(bytes, position);
    if (headerCount !== 0 && !skipHeaders(bytes, headerCount, recordEnd)) return false;
    if (position !== recordEnd) return false;
  }
  scan.timestampDeltaMin = timestampMin;
  scan.timestampDeltaMax = timestampMax;
  scan.hasNullKey = hasNullKey;
  return position === end;
}

function skipHeaders(bytes: Buffer, count: number, end: number): boolean {
  if (count < 0) return false;
  for (let left = count; left > 0; left -= 1) {
    const keyLength = number(bytes, position);
    if (keyLength < 0) return false;
    const valueLength = number(bytes, position + keyLength);
    if (valueLength > 0) position += valueLength;
    else if (valueLength < -1) return false;
    if (position > end) return false;
  }
  return true;
}

/** Reads a zig-zag number of up to three bytes; a longer one, or the end of the buffer, moves far behind it. */
function number(bytes: Buffer, at: number): number {
  let bits = bytes[at] as number;
  if (bits < 0x80) {
    position = at + 1;
    return (bits >>> 1) ^ -(bits & 1);
  }
  const second = bytes[at + 1] as number;
  if (second < 0x80) {
    position = at + 2;
    bits = (bits & 0x7f) | (second << 7);
    return (bits >>> 1) ^ -(bits & 1);
  }
  const third = bytes[at + 2] as number;
  if (third < 0x80) {
    position = at + 3;
    bits = (bits & 0x7f) | ((second & 0x7f) << 7) | (third << 14);
    return (bits >>> 1) ^ -(bits & 1);
  }
  position = 0x4000_0000;
  return 0;
}
