export { asciiDigits } from './ascii-digits.ts';
export { civilDayOf, epochDayOf } from './civil-calendar.ts';
export { Decimal } from './decimal.ts';
export { DataError, SchemaBuilderError, SchemaProjectorError, UnknownNameError } from './errors.ts';
export { dateToText, numberToText, valueToText } from './header-text.ts';
export { parseHeaderValue } from './header-value.ts';
export { javaDouble, javaFloat, truncateToInt32, truncateToInt64, wrapInteger } from './java-number.ts';
export { javaHashOrder } from './java-order.ts';
export { javaTrim } from './java-text.ts';
export { isPlainText, quoted, toJsonText } from './json-text.ts';
export { requireTime } from './logical-conversion.ts';
export { momentNumber } from './logical-moment.ts';
export { projectValue } from './projection.ts';
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
  withKey,
  withValue,
} from './record.ts';
export {
  describeSchema,
  type Field,
  fieldEntries,
  fieldOf,
  makeSchema,
  type PrimitiveType,
  type Schema,
  type SchemaAndValue,
  type SchemaOptions,
  type SchemaType,
  withOptions,
} from './schema.ts';
export { schemasEqual, valuesEqual } from './schema-equality.ts';
export { logicalNames, schemas } from './schemas.ts';
export { type SimpleDateFormat, simpleDateFormat } from './simple-date-format.ts';
export { structField, withDefault } from './struct.ts';
export { type StructShape, structShape } from './struct-shape.ts';
export { describeValue, validateValue } from './validation.ts';
export {
  bufferOf,
  dateOf,
  epochMsOf,
  type Fields,
  getField,
  int64,
  isPlainObject,
  setField,
  type Value,
} from './value.ts';
export { convertValue } from './value-conversion.ts';
