import {
  DataError,
  Decimal,
  dateOf,
  logicalNames,
  momentNumber,
  requireTime,
  type Schema,
  type Value,
} from '../data/index.ts';

const dayMs = 86_400_000;

/**
 * The value that a logical type has on the wire: unscaled bytes, days, or milliseconds. Undefined when the schema is not
 * one of Connect's logical types, or the value not of its kind. Throws {@link DataError} when it does not fit.
 */
export function fromLogical(schema: Schema, value: Value): Buffer | number | bigint | undefined {
  if (schema.name === logicalNames.decimal) {
    return value instanceof Decimal ? checkedScale(schema, value).toBytes() : undefined;
  }
  if (!(value instanceof Date) && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  return momentNumber(schema, value);
}

/**
 * The Date of a Date's days, or a Time's or Timestamp's milliseconds. Undefined for other schemas. Throws {@link DataError}
 * for a Time that is not within a day.
 */
export function toLogicalDate(schema: Schema, raw: number | bigint): Value | undefined {
  if (schema.name === logicalNames.date) return dateOf(Number(raw) * dayMs);
  if (schema.name === logicalNames.time) return dateOf(requireTime(Number(raw)));
  return schema.name === logicalNames.timestamp ? dateOf(raw) : undefined;
}

/** The Decimal with the schema's scale. Throws {@link DataError} when the schema has no readable scale. */
export function toLogicalDecimal(schema: Schema, bytes: Uint8Array): Decimal {
  return Decimal.fromBytes(bytes, scaleOf(schema));
}

function scaleOf({ parameters }: Schema): number {
  const scale = Number(parameters?.['scale'] ?? Number.NaN);
  if (!Number.isInteger(scale)) throw new DataError('Invalid Decimal schema: scale parameter not found.');
  return scale;
}

function checkedScale(schema: Schema, value: Decimal): Decimal {
  const scale = scaleOf(schema);
  if (value.scale === scale) return value;
  throw new DataError(
    `Decimal value has mismatching scale for given Decimal schema. Schema has scale ${scale}, value has scale ${value.scale}.`,
  );
}
