/**
 * Reads a big-endian int64 as a number. Exact within ±2^53, which offsets, timestamps in milliseconds and
 * producer ids never leave; beyond it the nearest double. Throws RangeError outside the buffer.
 */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4);
}

/** Writes a safe integer as a big-endian int64. Throws RangeError outside the buffer. */
export function writeInt64(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  buffer.writeUInt32BE(value >>> 0, at + 4);
}
