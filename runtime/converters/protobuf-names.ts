import { DataError } from '../data/index.ts';
import { isPlainName, scrubbedName } from './scrubbed-name.ts';

/** Names and parameters by which Confluent's ProtobufConverter keeps Protobuf's types in Connect schemas. */
export const protobufNames = {
  /** The number of a field. */
  tag: 'io.confluent.connect.protobuf.Tag',
  /** The name of an enum; `<this>.<symbol>` is the number of each symbol. */
  enum: 'io.confluent.connect.protobuf.Enum',
  /** A struct of which one field is set; `<this>.<oneof>` where the oneof has a name. */
  union: 'io.confluent.connect.protobuf.Union',
  record: 'ConnectDefault',
} as const;

/** Keys of the parameters that types have in a Protobuf schema's own meta data. */
export const metaKeys = {
  type: 'connect.type',
  version: 'connect.version',
  precision: 'precision',
  scale: 'scale',
} as const;

/** Messages that stand for Connect's logical types, and the files they are in. */
export const logicalMessages = {
  decimal: { name: 'confluent.type.Decimal', path: 'confluent/type/decimal.proto' },
  date: { name: 'google.type.Date', path: 'google/type/date.proto' },
  time: { name: 'google.type.TimeOfDay', path: 'google/type/timeofday.proto' },
  timestamp: { name: 'google.protobuf.Timestamp', path: 'google/protobuf/timestamp.proto' },
} as const;

/** The file of the messages that hold one primitive value. */
export const wrappersPath = 'google/protobuf/wrappers.proto';

/** The wrapper of each scalar that a Connect primitive becomes. */
export const wrappers: ReadonlyMap<string, string> = new Map([
  ['double', 'google.protobuf.DoubleValue'],
  ['float', 'google.protobuf.FloatValue'],
  ['int64', 'google.protobuf.Int64Value'],
  ['int32', 'google.protobuf.Int32Value'],
  ['bool', 'google.protobuf.BoolValue'],
  ['string', 'google.protobuf.StringValue'],
  ['bytes', 'google.protobuf.BytesValue'],
]);

/**
 * A name as Protobuf takes it: as it is, or with `_` and an `x` in front where it has to change. Throws {@link DataError} for
 * one that would have to and may not.
 */
export function protobufName(name: string, mayScrub: boolean): string {
  if (!isPlainName(name) && !mayScrub) {
    throw new DataError(
      `Protobuf cannot hold the name '${name}': rename it with a transform, or set scrub.invalid.names=true.`,
    );
  }
  return scrubbedName(name);
}

/** A oneof's name from its union schema's, else from the field that the union is in. */
export function oneofName(schemaName: string, fieldName: string): string {
  const prefix = `${protobufNames.union}.`;
  return schemaName.startsWith(prefix) ? schemaName.slice(prefix.length) : fieldName.replace(/_\d+$/, '');
}

/** Whether a struct of this name stands for a oneof. */
export function isUnionName(name: string | undefined): name is string {
  return name === protobufNames.union || name?.startsWith(`${protobufNames.union}.`) === true;
}
