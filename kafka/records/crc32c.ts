import { createRequire } from 'node:module';

type NativeCrc = (input: Uint8Array, initial?: number) => number;

/** Below this many bytes the call into native code costs more than it saves. */
const NATIVE_BYTES_MIN = 160;

let native: NativeCrc | null | undefined;

/**
 * CRC-32C (Castagnoli, the one of record batches) of `buffer[start, end)`, unsigned.
 * Allocates nothing below 160 bytes. Throws RangeError when the range leaves the buffer.
 */
export function crc32c(buffer: Buffer, start = 0, end = buffer.length): number {
  if (start < 0 || end > buffer.length || start > end) {
    throw new RangeError(`CRC range [${start}, ${end}) leaves a buffer of ${buffer.length} bytes`);
  }
  if (end - start < NATIVE_BYTES_MIN) return crc32cInJavaScript(buffer, start, end);
  if (native === undefined) native = loadNative();
  return native === null ? crc32cInJavaScript(buffer, start, end) : native(buffer.subarray(start, end));
}

/**
 * The same in plain JavaScript, four bytes a step: for short ranges and platforms without the native package.
 */
export function crc32cInJavaScript(buffer: Buffer, start: number, end: number): number {
  let crc = -1;
  let at = start;
  for (const wordsEnd = end - 3; at < wordsEnd; at += 4) {
    crc ^=
      (buffer[at] as number) |
      ((buffer[at + 1] as number) << 8) |
      ((buffer[at + 2] as number) << 16) |
      ((buffer[at + 3] as number) << 24);
    crc =
      (TABLES[768 + (crc & 0xff)] as number) ^
      (TABLES[512 + ((crc >>> 8) & 0xff)] as number) ^
      (TABLES[256 + ((crc >>> 16) & 0xff)] as number) ^
      (TABLES[crc >>> 24] as number);
  }
  for (; at < end; at += 1) {
    crc = (TABLES[(crc ^ (buffer[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

const TABLES = buildTables();

/** Four tables of 256: entry `n * 256 + b` is the CRC of byte `b` followed by `n` zero bytes. */
function buildTables(): Int32Array {
  const tables = new Int32Array(1024);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < 1024; at += 1) {
    const before = tables[at - 256] as number;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] as number);
  }
  return tables;
}

function loadNative(): NativeCrc | null {
  try {
    const loaded: typeof import('@node-rs/crc32') = createRequire(import.meta.url)('@node-rs/crc32');
    return loaded.crc32c;
  } catch {
    // No prebuilt binary for this platform: the table is slower and always right.
    return null;
  }
}
