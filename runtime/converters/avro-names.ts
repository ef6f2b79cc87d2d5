/** JSON of an Avro schema: a name, a union, or an object. */
export type AvroJson = string | readonly AvroJson[] | AvroObject;

/** A type in JSON with its properties. */
export interface AvroObject {
  readonly type: AvroJson;
  readonly [property: string]: unknown;
}

/** Names and properties by which Confluent's AvroConverter keeps Connect's types in Avro schemas. */
export const avroNames = {
  namespace: 'io.confluent.connect.avro',
  record: 'ConnectDefault',
  mapEntry: 'MapEntry',
  union: 'io.confluent.connect.avro.Union',
  enumParameter: 'io.confluent.connect.avro.Enum',
  fixedSize: 'connect.fixed.size',
  precision: 'connect.decimal.precision',
  internalType: 'connect.internal.type',
} as const;

/** What the precision of a decimal is when nothing says it. */
export const defaultPrecision = 64;

/** A full name cut at its last dot. */
export function splitName(full: string): { readonly name: string; readonly namespace: string | undefined } {
  const dot = full.lastIndexOf('.');
  return dot < 0
    ? { name: full, namespace: undefined }
    : { name: full.slice(dot + 1), namespace: full.slice(0, dot) };
}
