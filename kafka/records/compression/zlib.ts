import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CorruptRecordError, DecompressionLimitError } from '../errors.ts';
import type { Scratch } from './bounded-output.ts';
import { readZstdFrame } from './zstd-frame.ts';

/** Output is collected in pieces: one, when the input tells how much it will be, otherwise as many as it takes. */
const CHUNK_BYTES_MIN = 4 * 1024;
const CHUNK_BYTES_MAX = 256 * 1024;
/** What the input says is believed up to here, and up to so many times its size. */
const TOLD_BYTES_MAX = 4 << 20;
const TOLD_EXPANSION_MAX = 1024;
/** A gzip member ends with the size of what it holds, modulo 2^32. */
const GZIP_SIZE_BYTES = 4;

/** Compresses into one gzip member. `level` is 1 to 9; -1, or nothing, is zlib's default. */
export function compressGzip(bytes: Buffer, level = -1): Buffer {
  return gzipSync(bytes, { level });
}

/** Expands one gzip member or several. Throws like every `decompress`: see the codec table. */
export function decompressGzip(bytes: Buffer, maxOutputBytes: number, scratch?: Scratch): Buffer {
  const expanded = bounded('gzip', maxOutputBytes, maxOutputBytes, () =>
    gunzipSync(bytes, expansion(bytes, maxOutputBytes, gzipContentBytes(bytes))),
  );
  return scratch?.lend(expanded) ?? expanded;
}

/** Compresses into one zstd frame. `level` is up to 22 and may be negative; 3 when nothing is given. */
export function compressZstd(bytes: Buffer, level = 3): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

/** Expands one zstd frame or several, with or without content size. Throws like every `decompress`. */
export function decompressZstd(bytes: Buffer, maxOutputBytes: number, scratch?: Scratch): Buffer {
  const parts: Buffer[] = [];
  let room = maxOutputBytes;
  let at = 0;
  // The library stops after the first frame and says nothing about the rest.
  do {
    const { isSkippable, contentBytes, end } = readZstdFrame(bytes, at);
    if (contentBytes !== undefined && contentBytes > room) throw new DecompressionLimitError(maxOutputBytes);
    if (!isSkippable) {
      const options = expansion(bytes.subarray(at, end), room, contentBytes);
      const part = bounded('zstd', room, maxOutputBytes, () =>
        zstdDecompressSync(bytes.subarray(at, end), options),
      );
      room -= part.length;
      parts.push(part);
    }
    at = end;
  } while (at < bytes.length);
  const [first] = parts;
  const expanded = first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
  return scratch?.lend(expanded) ?? expanded;
}

/** `contentBytes` is what the input says that it expands to. */
function expansion(
  bytes: Buffer,
  room: number,
  contentBytes: number | undefined,
): { maxOutputLength: number; chunkSize: number } {
  const guess = Math.min(Math.max(CHUNK_BYTES_MIN, bytes.length * 4), CHUNK_BYTES_MAX);
  // A piece that is filled to its end is followed by another, be it empty.
  const believedMax = Math.min(TOLD_BYTES_MAX, bytes.length * TOLD_EXPANSION_MAX);
  const told = contentBytes === undefined || contentBytes > believedMax ? guess : contentBytes + 1;
  // zlib takes no limit of 0: the length is looked at again afterwards.
  return { maxOutputLength: Math.max(1, room), chunkSize: Math.max(told, CHUNK_BYTES_MIN) };
}

function gzipContentBytes(bytes: Buffer): number | undefined {
  return bytes.length < GZIP_SIZE_BYTES ? undefined : bytes.readUInt32LE(bytes.length - GZIP_SIZE_BYTES);
}

function bounded(codec: string, room: number, limitBytes: number, expand: () => Buffer): Buffer {
  let output: Buffer;
  try {
    output = expand();
  } catch (cause) {
    if (cause instanceof RangeError) throw new DecompressionLimitError(limitBytes, { cause });
    throw new CorruptRecordError(`${codec}: the compressed records are malformed or cut off`, { cause });
  }
  if (output.length > room) throw new DecompressionLimitError(limitBytes);
  return output;
}
