import { SerializationError } from '../errors.ts';

/** Bytes in front of the payload: a zero and the id, 32 bits, big endian. */
export const prefixBytes = 5;

/** Confluent's prefix for a schema id. */
export function framePrefix(id: number): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeInt32BE(id, 1);
  return prefix;
}

/** The id in front of a payload. Throws {@link SerializationError} when the bytes are not in Confluent's format. */
export function frameId(bytes: Uint8Array): number {
  if (bytes.length < prefixBytes) {
    throw new SerializationError(`${bytes.length} bytes are too few for a schema id and a payload`);
  }
  if (bytes[0] !== 0) {
    throw new SerializationError(
      `Unknown magic byte! The first byte is ${bytes[0]}, not 0: no schema id in front`,
    );
  }
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(1);
}
