import { decode, encode, includesVersion, type MessageDefinition } from '../../kafka/protocol/index.ts';
import { StreamError } from '../../platform/errors.ts';
import { MetadataRecordError } from './errors.ts';
import {
  type MetadataRecord,
  type MetadataRecordType,
  recordDefinitions,
  type UnknownRecord,
} from './record.ts';

const frameVersion = 1;

/**
 * The value of a record in `__cluster_metadata`: uvarint frame version, uvarint api key, uvarint version, body. Written
 * at the newest version of the record. The buffer is the caller's.
 */
export function encodeMetadataRecord({ type, value }: MetadataRecord): Buffer {
  const definition: MessageDefinition = recordDefinitions[type];
  const version = definition.versions.last;
  // Each is a uvarint of one byte: none reaches 128.
  const prefix = Buffer.from([frameVersion, definition.apiKey, version]);
  return Buffer.concat([prefix, ...encode(definition, version, value)]);
}

/**
 * Reads what {@link encodeMetadataRecord} or Kafka wrote. Byte fields are slices of `buffer`. A record or version from
 * the future is {@link UnknownRecord}. Throws {@link MetadataRecordError} for damaged bytes.
 */
export function decodeMetadataRecord(buffer: Buffer): MetadataRecord | UnknownRecord {
  const frame = readUvarint(buffer, 0);
  if (frame.value !== frameVersion) throw new MetadataRecordError(`frame version ${frame.value} is unknown`);
  const apiKey = readUvarint(buffer, frame.end);
  const version = readUvarint(buffer, apiKey.end);
  const type = typesByApiKey.get(apiKey.value);
  if (type === undefined || !includesVersion(recordDefinitions[type].versions, version.value)) {
    return { type: 'unknown', apiKey: apiKey.value, version: version.value };
  }
  try {
    const definition: MessageDefinition = recordDefinitions[type];
    const value = decode(definition, version.value, buffer, version.end);
    // The type names the definition, and the definition decides the shape of the value.
    return { type, value } as unknown as MetadataRecord;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    throw new MetadataRecordError(`${type} version ${version.value} is damaged`, { cause: error });
  }
}

const typesByApiKey: ReadonlyMap<number, MetadataRecordType> = new Map(
  Object.entries(recordDefinitions).map(([type, definition]) => [
    definition.apiKey,
    type as MetadataRecordType,
  ]),
);

function readUvarint(buffer: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < start + 5; at++) {
    const byte = buffer[at];
    if (byte === undefined) throw new MetadataRecordError('it ends inside its frame');
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new MetadataRecordError('a number in its frame is longer than five bytes');
}
