import { asciiDigits } from './ascii-digits.ts';
import { epochDayOfFields } from './date-fields.ts';
import { monthNames, weekdayNames, zoneMinutes } from './date-names.ts';
import type { PatternPart } from './date-pattern.ts';
import { truncateToInt32 } from './java-number.ts';

/** What was read so far: numbers by pattern letter, in the calendar's terms (weekday 0-6 is `u`, zone in minutes `Z`). */
type Fields = Map<string, number>;

/** Reads text by the parts of a pattern: milliseconds since the epoch, or undefined when it does not fit. */
export function parseDateText(
  parts: readonly PatternPart[],
  given: string,
  centuryStartMs: number,
): number | undefined {
  const text = asciiDigits(given);
  const fields: Fields = new Map();
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const end =
      'literal' in part
        ? skipLiteral(text, at, part.literal)
        : readPart(text, at, part, parts[index + 1], fields);
    if (end === undefined) return undefined;
    at = end;
  }
  return at === 0 ? undefined : epochMsInCentury(fields, centuryStartMs);
}

function skipLiteral(text: string, at: number, literal: string): number | undefined {
  return text.startsWith(literal, at) ? at + literal.length : undefined;
}

type LetterPart = Extract<PatternPart, { readonly letter: string }>;

/** Reads one field into `fields`; returns where it ends. A number that touches the next number has its own width only. */
function readPart(
  text: string,
  start: number,
  part: LetterPart,
  next: PatternPart | undefined,
  fields: Fields,
): number | undefined {
  const at = start + (/^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0);
  // Names stand where they must; blanks may come before numbers and zones.
  if (!part.isNumeric) return readText(text, { start, at }, part, fields);
  const touchesNumber = next !== undefined && 'letter' in next && next.isNumeric;
  if (touchesNumber && start + part.count > text.length) return undefined;
  const end = touchesNumber ? start + part.count : at + 30;
  const digits = /^-?\d+(?:E-?\d+)?|^NaN/.exec(text.slice(at, end))?.[0];
  if (digits === undefined) return undefined;
  setNumber(fields, part, intOf(Number(digits)));
  if ('yY'.includes(part.letter) && part.count <= 2 && /^\d\d$/.test(digits)) fields.set('yy', 1);
  return at + digits.length;
}

function setNumber(fields: Fields, { letter }: LetterPart, value: number): void {
  // 1 is Monday; what is no weekday counts as in Java's calendar, where 1 is Sunday.
  if (letter === 'u') set(fields, 'u', value >= 1 && value <= 7 ? value % 7 : value - 1);
  else set(fields, letter === 'L' ? 'M' : letter, value);
}

/** What is read later counts more, so it comes last. */
function set(fields: Fields, letter: string, value: number): void {
  fields.delete(letter);
  fields.set(letter, value);
}

/** Java's numbers may have an exponent even here, or be none, which is 0; what is beyond 64 bits saturates, what is beyond 32 wraps. */
function intOf(value: number): number {
  return Number.isSafeInteger(value) ? value | 0 : truncateToInt32(value);
}

/** Where a field starts, and where it does without the blanks before it. */
interface Place {
  readonly start: number;
  readonly at: number;
}

function readText(
  text: string,
  { start, at }: Place,
  { letter, count }: LetterPart,
  fields: Fields,
): number | undefined {
  switch (letter) {
    case 'M':
    case 'L':
      return readName(text, start, monthNames, (index) => set(fields, 'M', index + 1));
    case 'E':
      return readName(text, start, weekdayNames, (index) => set(fields, 'u', index));
    case 'a':
      return readName(text, start, ['AM', 'PM'], (index) => fields.set('a', index));
    case 'G':
      return readName(text, start, ['BC', 'AD'], (index) => fields.set('G', index));
    case 'X':
      return readOffset(text, at, isoZones[count - 1] ?? /^Z/, fields);
    default:
      return /^(?:GMT)?[+-]/i.test(text.slice(at, at + 4))
        ? readOffset(text, at, mailZone, fields)
        : readZone(text, at, fields);
  }
}

/** Matches a full name or its first three letters, in any case. */
function readName(
  text: string,
  at: number,
  names: readonly string[],
  found: (index: number) => unknown,
): number | undefined {
  const rest = text.slice(at, at + 12).toLowerCase();
  for (const length of [undefined, 3]) {
    const index = names.findIndex((name) => rest.startsWith(name.slice(0, length).toLowerCase()));
    const name = names[index];
    if (name === undefined) continue;
    found(index);
    return at + name.slice(0, length).length;
  }
  return undefined;
}

/** `Z` or the offset that `pattern` takes: sign, hours, minutes. */
function readOffset(text: string, at: number, pattern: RegExp, fields: Fields): number | undefined {
  const [all, sign, hours = '0', minutes = '0'] = pattern.exec(text.slice(at, at + 12)) ?? [];
  if (all === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = Number(hours) * 60 + Number(minutes);
  fields.set('Z', sign === '-' ? -offset : offset);
  return at + all.length;
}

/** The longest name of a zone that is there. */
function readZone(text: string, at: number, fields: Fields): number | undefined {
  const rest = text.slice(at, at + 40).toLowerCase();
  const name = zoneNames.find((candidate) => rest.startsWith(candidate.toLowerCase()));
  if (name === undefined) return undefined;
  fields.set('Z', zoneMinutes[name] ?? 0);
  return at + name.length;
}

const zoneNames = ['Coordinated Universal Time', ...Object.keys(zoneMinutes)].sort(
  (a, b) => b.length - a.length,
);

/** `+01`, `+0100`, `+01:00`: by the number of `X`. */
const isoZones = [/^(?:Z|([+-])(\d\d))/, /^(?:Z|([+-])(\d\d)(\d\d))/, /^(?:Z|([+-])(\d\d):(\d\d))/];
/** `+0100`, `GMT+1:00`, `GMT+01:00`. */
const mailZone = /^(?:GMT(?=[+-]\d\d?:))?([+-])((?<=GMT.)\d\d?|\d\d)(?:(?<=GMT.\d\d?):)?(\d\d)/i;

/** A year of two digits lies within the hundred years from `centuryStartMs` on. */
function epochMsInCentury(fields: Fields, centuryStartMs: number): number {
  const startYear = new Date(centuryStartMs).getUTCFullYear();
  const year = yearOf(fields, startYear);
  const epochMs = epochMsOf(fields, year);
  const isBefore = fields.has('yy') && year === startYear && epochMs < centuryStartMs;
  return isBefore ? epochMsOf(fields, year + 100) : epochMs;
}

function epochMsOf(fields: Fields, year: number): number {
  const value = (letter: string): number => fields.get(letter) ?? 0;
  const minutes = hourOf(fields) * 60 + value('m') - value('Z');
  return epochDayOfFields(fields, year) * 86_400_000 + minutes * 60_000 + value('s') * 1000 + value('S');
}

function yearOf(fields: Fields, centuryStart: number): number {
  const letters = [...fields.keys()];
  const isByWeek = letters.indexOf('Y') > letters.indexOf('y');
  const year = fields.get(isByWeek ? 'Y' : 'y') ?? 1970;
  if (fields.has('yy')) return centuryStart + ((((year - centuryStart) % 100) + 100) % 100);
  return fields.get('G') === 0 ? 1 - year : year;
}

function hourOf(fields: Fields): number {
  const [hour24, hour12] = [
    fields.get('H') ?? wrapped(fields.get('k'), 24),
    fields.get('K') ?? wrapped(fields.get('h'), 12),
  ];
  if (hour24 !== undefined) return hour24;
  return (hour12 ?? 0) + (fields.get('a') === 1 ? 12 : 0);
}

function wrapped(value: number | undefined, top: number): number | undefined {
  return value === top ? 0 : value;
}
