import { logicalNames } from '../../../runtime/data/index.ts';
import type { Dice } from '../dice.ts';
import type { RecordJson, SchemaJson, ValueJson } from './description.ts';
import { anyText } from './header-texts.ts';

const primitives = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string'] as const;

/** Names of fields and of map keys; none looks like an index, which JavaScript would move to the front. */
export const fieldNames = ['a', 'b', 'c', 'ts', 'a.b', 'x y', 'é', '__proto__', 'm', 'n'] as const;

/** What a schema of a case may be. */
export interface SchemaShape {
  readonly depth: number;
  /** Defaults of arrays and maps too; those of structs are a riddle to Kafka itself. */
  readonly hasDefaults?: boolean;
}

/** Any schema, with every option that there is. */
export function anySchema(dice: Dice, shape: SchemaShape): SchemaJson {
  const kind = dice.below(100);
  if (shape.depth === 0 || kind < 55) return withOptions(dice, { type: dice.pick(primitives) }, shape);
  if (kind < 60) return withOptions(dice, { type: 'bytes' }, shape);
  if (kind < 74) return withOptions(dice, logicalSchema(dice), shape);
  const inner = { ...shape, depth: shape.depth - 1 };
  if (kind < 82) return withOptions(dice, { type: 'array', values: anySchema(dice, inner) }, shape);
  if (kind < 90) {
    const keys = anyKeySchema(dice);
    return withOptions(dice, { type: 'map', keys, values: anySchema(dice, inner) }, shape);
  }
  return anyStructSchema(dice, inner);
}

/** A struct schema; its fields are at most `shape.depth` deep. */
export function anyStructSchema(dice: Dice, shape: SchemaShape): SchemaJson {
  const names = dice.some(fieldNames, 35);
  const fields = names.map((name) => ({ name, schema: anySchema(dice, shape) }));
  return withOptions(dice, { type: 'struct', fields }, { ...shape, hasDefaults: false });
}

/** Keys that JavaScript can tell apart by their value. */
function anyKeySchema(dice: Dice): SchemaJson {
  return { type: dice.pick(['string', 'string', 'string', 'int32', 'int64', 'boolean']) };
}

function logicalSchema(dice: Dice): SchemaJson {
  const type = dice.pick(['decimal', 'date', 'time', 'timestamp'] as const);
  if (type === 'decimal') {
    const scale = dice.pick(['0', '2', '2', '-2', '10']);
    return { type: 'bytes', name: logicalNames.decimal, version: 1, parameters: { scale } };
  }
  return { type: type === 'timestamp' ? 'int64' : 'int32', name: logicalNames[type], version: 1 };
}

function withOptions(dice: Dice, bare: SchemaJson, { hasDefaults = true }: SchemaShape): SchemaJson {
  const schema: SchemaJson = {
    ...bare,
    ...(dice.chance(40) && { optional: true }),
    ...(bare.name === undefined && dice.chance(12) && { name: dice.pick(['com.acme.Thing', 'n', 'Ü']) }),
    ...(bare.version === undefined && dice.chance(12) && { version: dice.pick([0, 1, 7, -3]) }),
    ...(dice.chance(12) && { doc: dice.pick(['some words', '', 'a "quote"\n']) }),
    ...(dice.chance(12) && { parameters: { ...bare.parameters, p: dice.pick(['1', 'x']), 'a.b': '' } }),
  };
  if (!hasDefaults || !dice.chance(18)) return schema;
  return { ...schema, default: presentValue(dice, { ...schema, optional: false }) };
}

/** A value of the schema: null where it may be. */
export function anyValueOf(dice: Dice, schema: SchemaJson): ValueJson {
  const canBeNull = schema.optional === true || schema.default !== undefined;
  return canBeNull && dice.chance(25) ? null : presentValue(dice, schema);
}

function presentValue(dice: Dice, schema: SchemaJson): ValueJson {
  const logical = logicalValue(dice, schema);
  if (logical !== undefined) return logical;
  switch (schema.type) {
    case 'int8':
      return { int8: String(BigInt.asIntN(8, anyInteger(dice))) };
    case 'int16':
      return { int16: String(BigInt.asIntN(16, anyInteger(dice))) };
    case 'int32':
      return { int32: String(BigInt.asIntN(32, anyInteger(dice))) };
    case 'int64':
      return { int64: String(anyInteger(dice)) };
    case 'float32':
      return { float32: floatText(Math.fround(anyFloat(dice))) };
    case 'float64':
      return { float64: floatText(anyFloat(dice)) };
    case 'boolean':
      return { boolean: dice.chance(50) };
    case 'string':
      return { string: anyText(dice) };
    case 'bytes':
      return { bytes: dice.bytes(12).toString('base64') };
    case 'array':
      return { array: dice.list(0, 3, () => itemOf(dice, schema.values)) };
    case 'map':
      return { map: anyEntries(dice, schema) };
    case 'struct':
      return { struct: (schema.fields ?? []).map((field) => [field.name, anyValueOf(dice, field.schema)]) };
  }
}

/** In arrays and maps a default does not stand for null. */
function itemOf(dice: Dice, schema: SchemaJson | undefined): ValueJson {
  if (schema === undefined) return null;
  return schema.optional === true && dice.chance(25) ? null : presentValue(dice, schema);
}

function anyEntries(dice: Dice, { keys, values }: SchemaJson): [ValueJson, ValueJson][] {
  const entries = new Map<string, [ValueJson, ValueJson]>();
  for (let count = dice.below(4); count > 0; count--) {
    const key =
      keys?.type === 'string' || keys === undefined
        ? { string: dice.pick(fieldNames) }
        : anyValueOf(dice, keys);
    entries.set(JSON.stringify(key), [key, itemOf(dice, values)]);
  }
  return [...entries.values()];
}

function logicalValue(dice: Dice, schema: SchemaJson): ValueJson | undefined {
  switch (schema.name) {
    case logicalNames.decimal:
      return anyDecimal(dice, dice.chance(92) ? Number(schema.parameters?.['scale']) : 1);
    case logicalNames.date:
      return { date: String(anyDay(dice) * 86_400_000n + (dice.chance(95) ? 0n : 5n)) };
    case logicalNames.time:
      return { date: String(BigInt(dice.below(86_400_000)) + (dice.chance(95) ? 0n : 86_400_000n)) };
    case logicalNames.timestamp:
      return { date: String(anyMoment(dice)) };
    default:
      return undefined;
  }
}

function anyDecimal(dice: Dice, scale: number): ValueJson {
  const unscaled = dice.pick([0n, 1n, -1n, 127n, 128n, -128n, -129n, 1_000_000n, anyInteger(dice)]);
  const wide = dice.chance(10) ? unscaled * dice.int64() * 10n ** 9n : unscaled;
  return { decimal: String(wide), scale };
}

function anyDay(dice: Dice): bigint {
  const days = [0, 1, -1, 19_782, -141_428, -141_427, -719_162, -719_163, 2_932_896, 2_932_897];
  return BigInt(dice.chance(50) ? dice.pick(days) : dice.below(60_000) - 20_000);
}

const DATE_MAX = 8_640_000_000_000_000n;

/** Milliseconds that a Date can hold. */
export function anyMoment(dice: Dice): bigint {
  if (dice.chance(30)) return anyDay(dice) * 86_400_000n;
  if (dice.chance(20)) return BigInt(dice.below(86_400_000));
  if (dice.chance(10))
    return dice.pick([DATE_MAX, -DATE_MAX, -1n, -62_135_769_600_001n, 253_402_300_800_000n]);
  return anyDay(dice) * 86_400_000n + BigInt(dice.below(86_400_000));
}

const edges = [0n, 1n, -1n, 127n, 128n, -128n, -129n, 255n, 32_767n, 32_768n, -32_769n, 2n ** 31n - 1n]
  .concat([2n ** 31n, -(2n ** 31n) - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n])
  .concat([-(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 1_700_000_000_000n, 1_700_000_000n]);

/** 64 bits, often at an edge of some type, often small. */
function anyInteger(dice: Dice): bigint {
  const kind = dice.below(10);
  if (kind < 4) return dice.pick(edges);
  return kind < 8 ? BigInt(dice.below(200) - 100) : dice.int64() >> BigInt(dice.below(64));
}

const floats = [0, -0, 1, -1, 0.1, 1.5, -2.5, 0.001, 0.000999, 1e7, 9_999_999, 123_456.789, 1e10, 1e20, 1e21]
  .concat([2 ** 31, 2 ** 63, -(2 ** 63), 2 ** 53, 3.4e38, 3.5e38, 1e-45, 4.9e-324, 1.7976931348623157e308])
  .concat([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2.2250738585072014e-308,
    2e23,
    1e23,
  ]);

function anyFloat(dice: Dice): number {
  if (dice.chance(50)) return dice.pick(floats);
  if (dice.chance(50)) return (dice.below(2_000_001) - 1_000_000) / 10 ** dice.below(7);
  const bits = Buffer.alloc(8);
  bits.writeBigInt64BE(dice.int64());
  return bits.readDoubleBE();
}

function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A value without a schema, of the types that one can have here; numbers with a fraction are FLOAT64. */
export function schemalessValue(dice: Dice, depth: number): ValueJson {
  const kind = dice.below(depth === 0 ? 10 : 14);
  if (kind === 0) return null;
  if (kind === 1) return { boolean: dice.chance(50) };
  if (kind < 5) return { int64: String(anyInteger(dice)) };
  if (kind < 7) {
    const float = anyFloat(dice);
    return Number.isSafeInteger(float) ? { int64: String(float) } : { float64: floatText(float) };
  }
  if (kind < 10) return { string: anyText(dice) };
  if (kind === 10) return { array: dice.list(0, 3, () => schemalessValue(dice, depth - 1)) };
  return schemalessMap(dice, depth - 1);
}

function schemalessMap(dice: Dice, depth: number): ValueJson {
  return {
    map: dice.some(fieldNames, 35).map((name) => [{ string: name }, schemalessValue(dice, depth)]),
  };
}

/** One side of a record: mostly a struct or a map, as transforms want it. */
function anySide(dice: Dice): { readonly schema: SchemaJson | null; readonly value: ValueJson } {
  const kind = dice.below(100);
  if (kind < 5) return { schema: null, value: null };
  if (kind < 30) return { schema: null, value: schemalessMap(dice, 2) };
  if (kind < 38) return { schema: null, value: schemalessValue(dice, 1) };
  const schema = kind < 55 ? anySchema(dice, { depth: 2 }) : anyStructSchema(dice, { depth: 2 });
  return { schema, value: anyValueOf(dice, schema) };
}

const topics = ['t', 'orders', 'orders-eu', 'a.b', 'ORDERS_1', 'x1y2'] as const;
export const headerKeys = ['h', 'trace', 'a', 'H', ''] as const;

export function anyRecord(dice: Dice): RecordJson {
  const [key, value] = [anySide(dice), anySide(dice)];
  const isSink = dice.chance(50);
  const timestamp = anyMoment(dice);
  return {
    topic: dice.pick(topics),
    ...((isSink || dice.chance(70)) && { partition: dice.below(20) }),
    ...(dice.chance(85) && { timestamp: String(timestamp < 0n ? -timestamp : timestamp) }),
    keySchema: key.schema,
    key: key.value,
    valueSchema: value.schema,
    value: value.value,
    headers: dice.list(0, 3, () => {
      const schema = dice.chance(50) ? anySchema(dice, { depth: 1 }) : null;
      const content = schema === null ? schemalessValue(dice, 1) : itemOf(dice, schema);
      return { key: dice.pick(headerKeys), schema, value: content };
    }),
    ...(isSink && { offset: String(dice.below(1_000_000)) }),
  };
}
