import { SerializationError } from '../errors.ts';

/** Bytes in front of the payload: a zero and the id, 32 bits, big endian. */
export const prefixBytes = 5;

/** A header of a record, as Kafka has it. */
export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Where a payload's schema is named: its id or GUID, and where what follows begins in which bytes. */
export interface Frame {
  readonly schema: number | string;
  /** Where the message indexes of Protobuf are, and behind them the payload, when they are in the same bytes. */
  readonly bytes: Uint8Array;
  readonly position: number;
  /** True when `bytes` is the header and the payload is bare. */
  readonly isHeader: boolean;
}

/** Confluent's prefix for a schema id. */
export function framePrefix(id: number): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeInt32BE(id, 1);
  return prefix;
}

/** The header that names a schema by its GUID, followed by `indexes`: the newer form, with the payload left bare. */
export function frameHeader(
  guid: string,
  isKey: boolean,
  indexes: Uint8Array = Buffer.alloc(0),
): RecordHeader {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return { key: headerKey(isKey), value: Buffer.concat([Buffer.of(1), bytes, indexes]) };
}

/**
 * The frame of a payload: a header comes first when there is one, else the bytes in front. Throws
 * {@link SerializationError} when neither is in Confluent's format.
 */
export function readFrame(payload: Uint8Array, isKey: boolean, headers: readonly RecordHeader[] = []): Frame {
  const header = headers.findLast(({ key }) => key === headerKey(isKey))?.value;
  return header === null || header === undefined ? frameIn(payload, false) : frameIn(header, true);
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

/** A magic byte and a GUID. */
const guidBytes = 17;

function frameIn(bytes: Uint8Array, isHeader: boolean): Frame {
  if (bytes[0] !== 1) return { schema: frameId(bytes), bytes, position: prefixBytes, isHeader };
  if (bytes.length < guidBytes) {
    throw new SerializationError(`${bytes.length} bytes are too few for a schema GUID`);
  }
  const guid = Buffer.from(bytes.subarray(1, guidBytes)).toString('hex');
  const schema = guid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { schema, bytes, position: guidBytes, isHeader };
}

function headerKey(isKey: boolean): string {
  return isKey ? '__key_schema_id' : '__value_schema_id';
}
