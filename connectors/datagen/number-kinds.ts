import { Decimal, schemas } from '../../runtime/plugin/index.ts';
import { type Generator, isRange, type Kind, kind } from './generator.ts';

const int32 = { low: -2147483648, high: 2147483647 };

const wholeRange = {
  type: 'object',
  properties: {
    min: { type: 'integer', configType: 'LONG', default: 0 },
    max: { type: 'integer', configType: 'LONG', default: 100 },
  },
} as const;

const fractionRange = {
  type: 'object',
  properties: {
    min: { type: 'number', default: 0 },
    max: { type: 'number', default: 1 },
    decimals: { type: 'integer', minimum: 0, maximum: 15 },
  },
} as const;

const int = kind(wholeRange, ({ min, max }, building) => {
  if (!isRange(min, max, building)) return undefined;
  if (min < int32.low || max > int32.high) {
    building.problem('max', 'min and max of an int have 32 bits: use the type long.');
    return undefined;
  }
  return { schema: schemas.int32(), make: (random) => random.between(min, max) };
});

const long = kind(wholeRange, ({ min, max }, building) => {
  if (!isRange(min, max, building)) return undefined;
  return { schema: schemas.int64(), make: (random) => random.between(min, max) };
});

const fraction = kind(fractionRange, ({ min, max, decimals }, building): Generator | undefined => {
  if (!Number.isFinite(min) || !Number.isFinite(max) || !isRange(min, max, building)) return undefined;
  const isFloat = building.type === 'float';
  const round = (value: number): number => (decimals === undefined ? value : Number(value.toFixed(decimals)));
  return {
    schema: isFloat ? schemas.float32() : schemas.float64(),
    make: (random) => {
      const value = round(min + random.unit() * (max - min));
      return isFloat ? Math.fround(value) : value;
    },
  };
});

const decimal = kind(
  {
    type: 'object',
    properties: {
      min: { type: 'string', default: '0' },
      max: { type: 'string', default: '100' },
      scale: { type: 'integer', minimum: 0, maximum: 15, default: 2 },
    },
  },
  ({ min, max, scale }, building) => {
    const low = unscaled(min, scale);
    const high = unscaled(max, scale);
    if (low === undefined) building.problem('min', `min is a number with at most ${scale} decimals.`);
    if (high === undefined) building.problem('max', `max is a number with at most ${scale} decimals.`);
    if (low === undefined || high === undefined || !isRange(low, high, building)) return undefined;
    return {
      schema: schemas.decimal(scale),
      make: (random) => new Decimal(BigInt(random.between(low, high)), scale),
    };
  },
);

/** A decimal's digits as a safe integer; undefined when it is none. */
function unscaled(text: string, scale: number): number | undefined {
  try {
    const value = Number(Decimal.parse(text).withScale(scale).unscaled);
    return Number.isSafeInteger(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const boolean = kind(
  {
    type: 'object',
    properties: { odds: { type: 'number', minimum: 0, maximum: 1, default: 0.5 } },
  },
  ({ odds }) => ({ schema: schemas.boolean(), make: (random) => random.unit() < odds }),
);

const sequence = kind(
  {
    type: 'object',
    properties: {
      start: { type: 'integer', configType: 'LONG', default: 1 },
      step: { type: 'integer', configType: 'LONG', default: 1 },
      count: { type: 'integer', configType: 'LONG', minimum: 1 },
      of: { enum: ['int', 'long'], default: 'long' },
    },
  },
  ({ start, step, count, of }, building) => {
    const last = start + step * ((count ?? 1) - 1);
    const isInt = of === 'int';
    if (isInt && [start, last].some((end) => end < int32.low || end > int32.high)) {
      building.problem('start', 'A sequence of int has 32 bits: use of: long.');
      return undefined;
    }
    // Beyond the type's range a sequence starts again.
    const room = isInt ? roomFor(start, step) : Number.POSITIVE_INFINITY;
    const length = Math.min(count ?? Number.POSITIVE_INFINITY, room);
    return {
      schema: isInt ? schemas.int32() : schemas.int64(),
      make: (_random, { index }) =>
        start + step * (length === Number.POSITIVE_INFINITY ? index : index % length),
    };
  },
);

function roomFor(start: number, step: number): number {
  if (step === 0) return 1;
  return Math.floor((step > 0 ? int32.high - start : start - int32.low) / Math.abs(step)) + 1;
}

/** Fields that are numbers or truth values. */
export const numberKinds: Readonly<Record<string, Kind>> = {
  int,
  long,
  float: fraction,
  double: fraction,
  decimal,
  boolean,
  sequence,
};
