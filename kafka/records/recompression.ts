import { ATTRIBUTE, FIELD, HEADER_BYTES, LENGTH_PREFIX_BYTES, setCrc } from './batch-header.ts';
import { CODECS, type Codec, compress } from './compression/codec.ts';
import { takeOver } from './compression/native-memory.ts';

/**
 * A new batch with the header of the one at `at` and its `records` (uncompressed bytes, unchanged) under
 * another codec; length, attributes and CRC are made to fit. Throws UnsupportedCodecError when the codec's native
 * package does not load.
 */
export function withCodec(
  buffer: Buffer,
  at: number,
  records: Buffer,
  { codec, level }: { readonly codec: Codec; readonly level?: number | undefined },
): Buffer {
  const packed = compress(codec, records, level);
  const batch = Buffer.allocUnsafe(HEADER_BYTES + packed.length);
  buffer.copy(batch, 0, at, at + HEADER_BYTES);
  if (packed === records) packed.copy(batch, HEADER_BYTES);
  else takeOver(packed, batch, HEADER_BYTES);
  const kept = ATTRIBUTE.logAppendTime | ATTRIBUTE.transactional | ATTRIBUTE.control;
  const attributes = (batch.readInt16BE(FIELD.attributes) & kept) | CODECS.indexOf(codec);
  batch.writeInt16BE(attributes, FIELD.attributes);
  batch.writeInt32BE(batch.length - LENGTH_PREFIX_BYTES, FIELD.batchLength);
  setCrc(batch, 0);
  return batch;
}
