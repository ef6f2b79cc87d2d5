import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CorruptRecordError, DecompressionLimitError } from '../errors.ts';
import { readZstdFrame } from './zstd-frame.ts';

/** Output is collected in pieces of this size; a small batch takes one. */
const CHUNK_BYTES_MIN = 4 * 1024;
const CHUNK_BYTES_MAX = 256 * 1024;

/** Compresses into one gzip member. `level` is 1 to 9; -1, or nothing, is zlib's default. */
export function compressGzip(bytes: Buffer, level = -1): Buffer {
  return gzipSync(bytes, { level });
}

/** Expands one gzip member or several. Throws like every `decompress`: see the codec table. */
export function decompressGzip(bytes: Buffer, maxOutputBytes: number): Buffer {
  return bounded('gzip', maxOutputBytes, maxOutputBytes, () =>
    gunzipSync(bytes, expansion(bytes, maxOutputBytes)),
  );
}

/** Compresses into one zstd frame. `level` is up to 22 and may be negative; 3 when nothing is given. */
export function compressZstd(bytes: Buffer, level = 3): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

/** Expands one zstd frame or several, with or without content size. Throws like every `decompress`. */
export function decompressZstd(bytes: Buffer, maxOutputBytes: number): Buffer {
  const parts: Buffer[] = [];
  let room = maxOutputBytes;
  let at = 0;
  // The library stops after the first frame and says nothing about the rest.
  do {
    const { isSkippable, contentBytes = 0, end } = readZstdFrame(bytes, at);
    if (contentBytes > room) throw new DecompressionLimitError(maxOutputBytes);
    if (!isSkippable) {
      const part = expandZstdFrame(bytes.subarray(at, end), room, maxOutputBytes);
      room -= part.length;
      parts.push(part);
    }
    at = end;
  } while (at < bytes.length);
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
}

function expandZstdFrame(frame: Buffer, room: number, limitBytes: number): Buffer {
  return bounded('zstd', room, limitBytes, () => zstdDecompressSync(frame, expansion(frame, room)));
}

function expansion(bytes: Buffer, room: number): { maxOutputLength: number; chunkSize: number } {
  const expected = Math.max(CHUNK_BYTES_MIN, bytes.length * 4);
  // zlib takes no limit of 0: the length is looked at again afterwards.
  return { maxOutputLength: Math.max(1, room), chunkSize: Math.min(expected, CHUNK_BYTES_MAX) };
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
