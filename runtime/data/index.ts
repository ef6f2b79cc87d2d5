export { Decimal } from './decimal.ts';
export { DataError, SchemaBuilderError, SchemaProjectorError, UnknownNameError } from './errors.ts';
export {
  type ConnectRecord,
  connectRecord,
  type Header,
  lastHeader,
  makeHeader,
  newRecord,
  type RecordChange,
  type SinkRecord,
  type SourceRecord,
} from './record.ts';
export {
  describeSchema,
  type Field,
  fieldEntries,
  fieldOf,
  makeSchema,
  type PrimitiveType,
  type Schema,
  type SchemaOptions,
  type SchemaType,
  withOptions,
} from './schema.ts';
export { logicalNames, schemas } from './schemas.ts';
export {
  dateOf,
  epochMsOf,
  type Fields,
  getField,
  int64,
  isPlainObject,
  type SchemaAndValue,
  setField,
  type Value,
} from './value.ts';
