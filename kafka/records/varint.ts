/** Bytes that `value`, an int32, takes as a zig-zag varint: 1 to 5. */
export function varintBytes(value: number): number {
  const bits = ((value << 1) ^ (value >> 31)) >>> 0;
  if (bits < 0x80) return 1;
  if (bits < 0x4000) return 2;
  if (bits < 0x20_0000) return 3;
  return bits < 0x1000_0000 ? 4 : 5;
}

/** Bytes that `value`, a safe integer, takes as a zig-zag varlong: 1 to 8. */
export function varlongBytes(value: number): number {
  if ((value | 0) === value) return varintBytes(value);
  let bytes = 0;
  for (let bits = zigZag64(value); bits > 0n; bits >>= 7n) bytes += 1;
  return bytes;
}

/** Writes an int32 as a zig-zag varint and returns the position after it. The caller has made room. */
export function writeVarint(buffer: Buffer, value: number, at: number): number {
  let bits = ((value << 1) ^ (value >> 31)) >>> 0;
  let to = at;
  while (bits > 0x7f) {
    buffer[to++] = (bits & 0x7f) | 0x80;
    bits >>>= 7;
  }
  buffer[to++] = bits;
  return to;
}

/** Writes a safe integer as a zig-zag varlong and returns the position after it. The caller has made room. */
export function writeVarlong(buffer: Buffer, value: number, at: number): number {
  if ((value | 0) === value) return writeVarint(buffer, value, at);
  let bits = zigZag64(value);
  let to = at;
  for (; bits > 0x7fn; bits >>= 7n) buffer[to++] = Number(bits & 0x7fn) | 0x80;
  buffer[to++] = Number(bits);
  return to;
}

/** Position after a varint and its value, or `end: -1` when it is cut off or wider than its type. */
export interface Varint {
  value: number;
  end: number;
}

/**
 * Reads a zig-zag varint of an int32 (`widthMax` 5) or int64 (`widthMax` 10) in `buffer[at, limit)` into
 * `result`. An int64 beyond ±2^53 becomes the nearest double.
 */
export function readVarint(
  buffer: Buffer,
  at: number,
  limit: number,
  widthMax: 5 | 10,
  result: Varint,
): void {
  const end = Math.min(limit, at + widthMax);
  let bits = 0;
  let scale = 1;
  result.end = -1;
  for (let from = at; from < end; from += 1) {
    const byte = buffer[from] as number;
    // 2^53 is where doubles end to be exact: such a varlong is rare enough for the slow way.
    if (from - at === 7) {
      readWideVarlong(buffer, at, end, result);
      return;
    }
    bits += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    if (widthMax === 5 && bits > 0xffff_ffff) return;
    result.value = bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2;
    result.end = from + 1;
    return;
  }
}

function readWideVarlong(buffer: Buffer, at: number, end: number, result: Varint): void {
  let bits = 0n;
  for (let from = at; from < end; from += 1) {
    const byte = buffer[from] as number;
    bits |= BigInt(byte & 0x7f) << BigInt(7 * (from - at));
    if (byte >= 0x80) continue;
    if (bits > 0xffff_ffff_ffff_ffffn) return;
    result.value = Number((bits >> 1n) ^ -(bits & 1n));
    result.end = from + 1;
    return;
  }
}

function zigZag64(value: number): bigint {
  const wide = BigInt(value);
  return BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
}
