import { Decimal, type Schema, schemas, type Value } from '../../runtime/plugin/index.ts';
import type { Random } from './random.ts';

/** What a generator may use besides chance. */
export interface Moment {
  /** Number of the record, from 0. */
  readonly iteration: number;
  /** Milliseconds since the epoch, of the record. */
  readonly timeMs: number;
}

/** Makes the values of one field. */
export interface Generator {
  readonly schema: Schema;
  readonly generate: (random: Random, moment: Moment) => Value;
}

/** What can be written for a field. */
export const generatorForms =
  'sequence(start, step), int(low, high), long(low, high), double(low, high), decimal(low, high, scale), boolean(chance), ' +
  'choice(a|b|c), pattern(User_###), timestamp, uuid, constant(text); with a chance of null behind it: int(1, 9) ?0.1';

/** Reads what a user wrote for a field. Returns a sentence when it is not right. */
export function readGenerator(text: string): Generator | string {
  const match = /^\s*([a-z]+)\s*(?:\((.*)\))?\s*(?:\?\s*([\d.]+))?\s*$/s.exec(text);
  const [, name = '', list = '', chance] = match ?? [];
  const make = makers.get(name);
  if (make === undefined) return `Not a generator. There are ${generatorForms}.`;
  const made = make(list);
  if (typeof made === 'string' || chance === undefined) return made;
  const share = Number(chance);
  return share >= 0 && share <= 1 ? sometimesNull(made, share) : 'The chance of null must be from 0 to 1.';
}

type Make = (list: string) => Generator | string;

const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['sequence', makeSequence],
  ['int', (list) => makeInteger(list, schemas.int32(), 2 ** 31 - 1)],
  ['long', (list) => makeInteger(list, schemas.int64(), Number.MAX_SAFE_INTEGER)],
  ['double', makeDouble],
  ['decimal', makeDecimal],
  ['boolean', makeBoolean],
  ['choice', makeChoice],
  ['pattern', makePattern],
  ['timestamp', () => ({ schema: schemas.timestamp(), generate: (_random, { timeMs }) => new Date(timeMs) })],
  ['uuid', () => ({ schema: schemas.string(), generate: uuid })],
  ['constant', (list) => ({ schema: schemas.string(), generate: () => list })],
]);

function makeSequence(list: string): Generator | string {
  const [start = 0, step = 1, ...more] = numbersOf(list);
  if (more.length > 0 || !Number.isInteger(start) || !Number.isInteger(step)) {
    return 'sequence takes a whole number to start with and one to add: sequence(1, 1).';
  }
  return { schema: schemas.int64(), generate: (_random, { iteration }) => start + iteration * step };
}

function makeInteger(list: string, schema: Schema, max: number): Generator | string {
  const [low = 0, high = max, ...more] = numbersOf(list);
  const isRange = Number.isInteger(low) && Number.isInteger(high) && low <= high;
  if (!isRange || more.length > 0 || high > max || low < -max - 1) {
    return `Expected two whole numbers, the lower first, within ${-max - 1} and ${max}: int(1, 100).`;
  }
  return { schema, generate: (random) => random.integer(low, high) };
}

function makeDouble(list: string): Generator | string {
  const [low = 0, high = 1, ...more] = numbersOf(list);
  if (!(low <= high) || more.length > 0) return 'double takes two numbers, the lower first: double(0, 1).';
  return { schema: schemas.float64(), generate: (random) => low + random.fraction() * (high - low) };
}

function makeDecimal(list: string): Generator | string {
  const [low = 0, high = 100, scale = 2, ...more] = numbersOf(list);
  const unit = 10 ** scale;
  const isRange =
    low <= high && Number.isInteger(scale) && scale >= 0 && Math.max(-low, high) * unit < 2 ** 53;
  if (!isRange || more.length > 0)
    return 'decimal takes two numbers, the lower first, and digits: decimal(0, 100, 2).';
  const [first, last] = [Math.ceil(low * unit), Math.floor(high * unit)];
  return {
    schema: schemas.decimal(scale),
    generate: (random) => new Decimal(BigInt(random.integer(first, last)), scale),
  };
}

function makeBoolean(list: string): Generator | string {
  const [chance = 0.5, ...more] = numbersOf(list);
  if (!(chance >= 0 && chance <= 1) || more.length > 0)
    return 'boolean takes the chance of true, from 0 to 1: boolean(0.5).';
  return { schema: schemas.boolean(), generate: (random) => random.fraction() < chance };
}

function makeChoice(list: string): Generator | string {
  const options = list.split('|').map((option) => option.trim());
  if (list.trim() === '') return 'choice takes texts between bars: choice(new|paid|shipped).';
  return { schema: schemas.string(), generate: (random) => options[random.integer(0, options.length - 1)] };
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** `#` stands for a digit, `?` for a small letter. */
function makePattern(list: string): Generator | string {
  if (list === '') return 'pattern takes text in which # is a digit and ? a letter: pattern(User_###).';
  return {
    schema: schemas.string(),
    generate: (random) =>
      list.replaceAll(/[#?]/g, (sign) =>
        sign === '#' ? String(random.integer(0, 9)) : (letters[random.integer(0, 25)] ?? ''),
      ),
  };
}

function uuid(random: Random): string {
  const bytes = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) bytes.writeInt32BE(random.bits(), at);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function sometimesNull({ schema, generate }: Generator, share: number): Generator {
  return {
    schema: schemas.optional(schema),
    generate: (random, moment) => (random.fraction() < share ? null : generate(random, moment)),
  };
}

/** The numbers in a list; NaN where something else stands. */
function numbersOf(list: string): number[] {
  if (list.trim() === '') return [];
  return list.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
}
