import {
  decode,
  type Encodable,
  encodeToBuffer,
  type MessageDefinition,
  type MessageOf,
  ProtocolDecodeError,
} from '../../kafka/protocol/index.ts';

/** A record of a coordinator topic: key and value begin with an int16 type and version. A null value is a tombstone. */
export interface CoordinatorRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/** The bytes of a key of this record type, or of a value of this version: an int16 and the message. */
export function encodePrefixed<D extends MessageDefinition>(
  definition: D,
  prefix: number,
  message: Encodable<D>,
  version = prefix,
): Buffer {
  return prefixed(prefix, encodeToBuffer(definition, version, message));
}

/** An int16 type or version, and the message that is encoded already. */
export function prefixed(prefix: number, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(2 + body.length);
  bytes.writeInt16BE(prefix, 0);
  body.copy(bytes, 2);
  return bytes;
}

/** Reads a value whose version comes first. Throws ProtocolDecodeError or UnsupportedVersionError. */
export function decodeVersioned<D extends MessageDefinition>(definition: D, value: Buffer): MessageOf<D> {
  if (value.length < 2) {
    const reason = 'the value has no version';
    throw new ProtocolDecodeError({ reason, offset: 0, message: definition.name, version: -1 });
  }
  return decode(definition, value.readInt16BE(0), value, 2);
}
