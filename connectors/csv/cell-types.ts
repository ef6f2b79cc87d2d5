import { Decimal, int64, type Schema, schemas, type Value } from '../../runtime/plugin/index.ts';

/** Turns a cell's text into a value of one type; undefined when it is not one. */
export type ParseCell = (text: string) => Exclude<Value, null>;

/** A column type: how cells are read and what schema the values have. */
export interface CellType {
  readonly schema: Schema;
  readonly parse: ParseCell;
}

/** Which texts mean true and false, in lower case. */
export interface BooleanTexts {
  readonly trueTexts: ReadonlySet<string>;
  readonly falseTexts: ReadonlySet<string>;
}

/** All types, as users write them. */
export const cellTypeNames =
  'string, int, long, float, double, boolean, decimal(scale), date, time, timestamp, timestamp(s), timestamp(ms)';

/** The type that `text` names: `int`, `decimal(2)`; undefined when there is none. */
export function cellTypeOf(text: string, booleans: BooleanTexts): CellType | undefined {
  const decimal = /^decimal\((\d{1,3})\)$/.exec(text);
  if (decimal !== null) return decimalType(Number(decimal[1]));
  if (text === 'boolean') return { schema: schemas.boolean(), parse: (cell) => parseBoolean(booleans, cell) };
  return types.get(text);
}

const int32Max = 2 ** 31 - 1;

const types: ReadonlyMap<string, CellType> = new Map([
  ['string', { schema: schemas.string(), parse: (text) => text }],
  ['int', { schema: schemas.int32(), parse: parseInt32 }],
  ['long', { schema: schemas.int64(), parse: parseInt64 }],
  ['float', { schema: schemas.float32(), parse: parseDouble }],
  ['double', { schema: schemas.float64(), parse: parseDouble }],
  ['date', { schema: schemas.date(), parse: parseDate }],
  ['time', { schema: schemas.time(), parse: parseTime }],
  ['timestamp', { schema: schemas.timestamp(), parse: parseTimestamp }],
  ['timestamp(s)', { schema: schemas.timestamp(), parse: (text) => parseEpoch(text, 1000) }],
  ['timestamp(ms)', { schema: schemas.timestamp(), parse: (text) => parseEpoch(text, 1) }],
] satisfies [string, CellType][]);

function parseInt32(text: string): number | undefined {
  const value = parseInteger(text);
  return value !== undefined && value <= int32Max && value >= -int32Max - 1 ? value : undefined;
}

function parseInt64(text: string): number | bigint | undefined {
  const value = parseInteger(text);
  if (value !== undefined || !/^[+-]?\d{15,40}$/.test(text)) return value;
  const long = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, long) === long ? int64(long) : undefined;
}

/** A sign and at most 15 digits. A loop over the characters is several times faster than a regular expression. */
function parseInteger(text: string): number | undefined {
  const sign = text.charCodeAt(0);
  const first = sign === 45 || sign === 43 ? 1 : 0;
  if (text.length === first || text.length > 15) return undefined;
  let value = 0;
  for (let at = first; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return sign === 45 && value !== 0 ? -value : value;
}

function parseDouble(text: string): number | undefined {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  return /^(?:NaN|[+-]?Infinity)$/.test(text) ? Number(text) : undefined;
}

function decimalType(scale: number): CellType {
  return {
    schema: schemas.decimal(scale),
    parse(text) {
      try {
        return Decimal.parse(text).withScale(scale);
      } catch {
        return undefined;
      }
    },
  };
}

function parseBoolean({ trueTexts, falseTexts }: BooleanTexts, text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (trueTexts.has(word)) return true;
  return falseTexts.has(word) ? false : undefined;
}

const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/;
const timePattern = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?$/;
const zonePattern = /(?:Z|([+-])(\d\d):?(\d\d))$/i;

function parseDate(text: string): Date | undefined {
  const match = datePattern.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = ''] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isReal ? date : undefined;
}

function parseTime(text: string): Date | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, hours = '', minutes = '', seconds = '0', fraction = '0'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const ms = Math.floor(Number(`0.${fraction}`) * 1000 + 1e-6);
  return new Date((Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000 + ms);
}

/** ISO 8601 with `T` or a blank between date and time; a date alone is its midnight; without zone it is UTC. */
function parseTimestamp(text: string): Date | undefined {
  const date = parseDate(text.slice(0, 10));
  if (date === undefined || text.length === 10) return date;
  const separator = text[10];
  if (separator !== 'T' && separator !== ' ' && separator !== 't') return undefined;
  const zone = zonePattern.exec(text);
  const time = parseTime(text.slice(11, zone === null ? undefined : zone.index));
  if (time === undefined) return undefined;
  const [, sign, hours = '0', minutes = '0'] = zone ?? [];
  if (Number(hours) > 18 || Number(minutes) > 59) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  return new Date(date.getTime() + time.getTime() - offsetMs);
}

function parseEpoch(text: string, unitMs: number): Date | undefined {
  const value = parseInteger(text);
  const date = value === undefined ? undefined : new Date(value * unitMs);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
