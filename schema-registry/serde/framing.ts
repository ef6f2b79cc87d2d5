import { SerializationError } from '../errors.ts';
import type { ChosenSchema, SerializerOptions } from './schema-choice.ts';
import { frameHeader, framePrefix, type RecordHeader } from './wire-format.ts';

/** How a payload says which schema it has. */
export interface Framing {
  /** In front of every payload; empty when a header says it. */
  readonly prefix: Buffer;
  /** To be called for every record: adds the header, or does nothing. Throws `SerializationError` without headers. */
  readonly mark: (headers: RecordHeader[] | undefined) => void;
}

/** The framing that the options ask for; `indexes` are Protobuf's. */
export function framingOf(
  { id, guid }: ChosenSchema,
  { isKey = false, schemaIdLocation = 'prefix' }: Pick<SerializerOptions, 'isKey' | 'schemaIdLocation'>,
  indexes: Uint8Array = Buffer.alloc(0),
): Framing {
  if (schemaIdLocation === 'prefix') {
    return { prefix: Buffer.concat([framePrefix(id), indexes]), mark: () => undefined };
  }
  if (guid === undefined) {
    throw new SerializationError(
      'the registry tells no GUID, which the header needs: put the id in front instead',
    );
  }
  const header = frameHeader(guid, isKey, indexes);
  return {
    prefix: Buffer.alloc(0),
    mark: (headers) => {
      if (headers === undefined)
        throw new SerializationError('the schema goes into a header: hand the headers in');
      headers.push(header);
    },
  };
}
