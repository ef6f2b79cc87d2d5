import {
  civilDayOf,
  DataError,
  Decimal,
  dateOf,
  epochDayOf,
  type Schema,
  type Value,
} from '../data/index.ts';
import { fromLogical, toLogicalDate } from './logical-types.ts';
import { mismatch } from './value-parts.ts';

/** A message as the codec takes and gives it. */
export type ProtoMessageValue = Readonly<Record<string, unknown>>;

export const protobufLogicals = {
  decimal: {
    write: (schema: Schema, value: Value): ProtoMessageValue => {
      const bytes = raw(schema, value);
      const precision = Number(schema.parameters?.['connect.decimal.precision'] ?? 0);
      const scale = Number(schema.parameters?.['scale'] ?? 0);
      return { value: bytes, ...(precision > 0 && { precision }), scale };
    },
    read: (schema: Schema, message: ProtoMessageValue): Value => {
      const wanted = Number(schema.parameters?.['scale'] ?? 0);
      const decimal = Decimal.fromBytes(message['value'] as Uint8Array, Number(message['scale'] ?? 0));
      return rescaled(decimal, wanted);
    },
  },
  date: {
    write: (schema: Schema, value: Value): ProtoMessageValue => ({
      ...civilDayOf(Number(raw(schema, value))),
    }),
    read: (schema: Schema, { year, month, day }: ProtoMessageValue): Value =>
      toLogicalDate(schema, epochDayOf({ year: Number(year), month: Number(month), day: Number(day) })),
  },
  time: {
    write: (schema: Schema, value: Value): ProtoMessageValue => {
      const ms = Number(raw(schema, value));
      const seconds = Math.floor(ms / 1000);
      return {
        hours: Math.floor(seconds / 3600),
        minutes: Math.floor(seconds / 60) % 60,
        seconds: seconds % 60,
        nanos: (ms % 1000) * 1_000_000,
      };
    },
    read: (schema: Schema, { hours, minutes, seconds, nanos }: ProtoMessageValue): Value => {
      const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
      return toLogicalDate(schema, whole * 1000 + Math.floor(Number(nanos) / 1_000_000));
    },
  },
  timestamp: {
    write: (schema: Schema, value: Value): ProtoMessageValue => {
      const ms = BigInt(raw(schema, value) as number | bigint);
      const rest = ((ms % 1000n) + 1000n) % 1000n;
      return { seconds: (ms - rest) / 1000n, nanos: Number(rest) * 1_000_000 };
    },
    read: (_schema: Schema, { seconds, nanos }: ProtoMessageValue): Value =>
      dateOf(Number(seconds) * 1000 + Math.floor(Number(nanos) / 1_000_000)),
  },
} as const;

function raw(schema: Schema, value: Value): Buffer | number | bigint {
  const found = fromLogical(schema, value);
  if (found === undefined) throw mismatch(schema, value);
  return found;
}

/** With more digits behind the point, never with fewer. */
function rescaled(decimal: Decimal, scale: number): Decimal {
  if (decimal.scale === scale) return decimal;
  if (decimal.scale < scale)
    return new Decimal(decimal.unscaled * 10n ** BigInt(scale - decimal.scale), scale);
  const divisor = 10n ** BigInt(decimal.scale - scale);
  if (decimal.unscaled % divisor === 0n) return new Decimal(decimal.unscaled / divisor, scale);
  throw new DataError(`A decimal has the scale ${decimal.scale}, but its schema says ${scale}.`);
}
