import { Decimal } from './decimal.ts';
import type { SchemaAndValue } from './schema.ts';
import { schemas } from './schemas.ts';
import { int64 } from './value.ts';

const int64Max = 2n ** 63n - 1n;

/**
 * Reads a number as Connect infers its type: the smallest integer type that holds it, else FLOAT32 when the text has a
 * fraction or exponent and a float can hold its size, else FLOAT64, else Decimal. Undefined when `text` is no number.
 */
export function parseHeaderNumber(text: string): SchemaAndValue | undefined {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return undefined;
  const whole = wholeNumber(decimal);
  if (whole !== undefined) return { schema: integerSchema(whole), value: int64(whole) };
  const value = decimal.toNumber();
  if (decimal.scale !== 0 && Number.isFinite(Math.fround(value))) {
    return { schema: schemas.float32(), value: Math.fround(value) };
  }
  if (decimal.scale !== 0 && Number.isFinite(value)) return { schema: schemas.float64(), value };
  return { schema: schemas.decimal(decimal.scale), value: decimal };
}

function parseDecimal(text: string): Decimal | undefined {
  try {
    return Decimal.parse(text);
  } catch {
    return undefined;
  }
}

function wholeNumber(decimal: Decimal): bigint | undefined {
  const size = Math.abs(decimal.toNumber());
  if (size > 1e19 || (size < 1 && decimal.unscaled !== 0n)) return undefined;
  const whole = decimal.unscaled === 0n ? 0n : decimal.toBigInt();
  const isExact = decimal.scale <= 0 || whole * 10n ** BigInt(decimal.scale) === decimal.unscaled;
  return isExact && whole >= -int64Max - 1n && whole <= int64Max ? whole : undefined;
}

function integerSchema(value: bigint) {
  if (BigInt.asIntN(8, value) === value) return schemas.int8();
  if (BigInt.asIntN(16, value) === value) return schemas.int16();
  return BigInt.asIntN(32, value) === value ? schemas.int32() : schemas.int64();
}
