import { UnsupportedCodecError } from '../errors.ts';
import type { Scratch } from './bounded-output.ts';
import { compressLz4, decompressLz4 } from './lz4-frame.ts';
import { compressSnappy, decompressSnappy } from './snappy.ts';
import { compressGzip, compressZstd, decompressGzip, decompressZstd } from './zlib.ts';

/** Codecs of record batches; the position in the list is the id in the batch's attributes. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** Compression codec by its name in Kafka's configs. */
export type Codec = (typeof CODECS)[number];

/** Name of a codec id. Throws {@link UnsupportedCodecError} for the ids 5 to 7, which are not assigned. */
export function codecOf(id: number): Codec {
  const codec = CODECS[id];
  if (codec === undefined) throw new UnsupportedCodecError(`there is no compression codec with the id ${id}`);
  return codec;
}

/**
 * Compresses the record bytes of a batch. `level` counts for gzip (1 to 9, -1 default) and zstd (up to 22,
 * default 3); snappy and lz4 have one level. `none` returns the bytes themselves.
 * Throws {@link UnsupportedCodecError} when the native package of snappy or lz4 does not load.
 */
export function compress(codec: Codec, bytes: Buffer, level?: number): Buffer {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return compressGzip(bytes, level);
    case 'snappy':
      return compressSnappy(bytes);
    case 'lz4':
      return compressLz4(bytes);
    case 'zstd':
      return compressZstd(bytes, level);
  }
}

/**
 * Expands the record bytes of a batch. `none` returns the bytes themselves. Throws CorruptRecordError for
 * malformed input, and DecompressionLimitError before it allocates noticeably more than `maxOutputBytes`. With a `scratch`
 * the result may lie in it, and is good until its next use.
 */
export function decompress(codec: Codec, bytes: Buffer, maxOutputBytes: number, scratch?: Scratch): Buffer {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return decompressGzip(bytes, maxOutputBytes, scratch);
    case 'snappy':
      return decompressSnappy(bytes, maxOutputBytes, scratch);
    case 'lz4':
      return decompressLz4(bytes, maxOutputBytes, scratch);
    case 'zstd':
      return decompressZstd(bytes, maxOutputBytes, scratch);
  }
}
