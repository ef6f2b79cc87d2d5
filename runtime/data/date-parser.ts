import { epochDayOf } from './civil-calendar.ts';
import { monthNames, weekdayNames, zoneMinutes } from './date-names.ts';
import type { PatternPart } from './date-pattern.ts';

/** What was read so far: numbers by pattern letter, in the calendar's terms (hour 0-23 is `H`, zone in minutes `Z`). */
type Fields = Map<string, number>;

/** Reads `text` by the parts of a pattern: milliseconds since the epoch, or undefined when it does not fit. */
export function parseDateText(
  parts: readonly PatternPart[],
  text: string,
  centuryStart: number,
): number | undefined {
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
  return at === 0 ? undefined : epochMsOf(fields, centuryStart);
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
  let at = start;
  while (text.charAt(at) === ' ' || text.charAt(at) === '\t') at++;
  if (!part.isNumeric) return readText(text, at, part.letter, fields);
  const width = next !== undefined && 'letter' in next && next.isNumeric ? part.count : 30;
  const digits = /^-?\d+/.exec(text.slice(at, at + width))?.[0];
  if (digits === undefined) return undefined;
  fields.set(part.letter, Number(digits));
  if (part.letter === 'y' && part.count <= 2 && /^\d\d$/.test(digits)) fields.set('yy', 1);
  return at + digits.length;
}

function readText(text: string, at: number, letter: string, fields: Fields): number | undefined {
  switch (letter) {
    case 'M':
    case 'L':
      return readName(text, at, monthNames, (index) => fields.set('M', index + 1));
    case 'E':
      return readName(text, at, weekdayNames, () => fields);
    case 'a':
      return readName(text, at, ['AM', 'PM'], (index) => fields.set('a', index));
    case 'G':
      return readName(text, at, ['BC', 'AD'], (index) => fields.set('G', index));
    default:
      return readZone(text, at, letter, fields);
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

function readZone(text: string, at: number, letter: string, fields: Fields): number | undefined {
  const rest = text.slice(at, at + 40);
  const offset = (letter === 'X' ? isoZone : mailZone).exec(rest);
  if (offset?.[1] !== undefined) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    fields.set('Z', offset[1] === '-' ? -minutes : minutes);
    return at + offset[0].length;
  }
  const name = letter === 'X' ? /^Z/.exec(rest)?.[0] : /^Coordinated Universal Time|^[A-Z]+/i.exec(rest)?.[0];
  const zone = name === undefined || name.includes(' ') || name === 'Z' ? 'UTC' : name.toUpperCase();
  if (name === undefined || !Object.hasOwn(zoneMinutes, zone)) return undefined;
  fields.set('Z', zoneMinutes[zone] ?? 0);
  return at + name.length;
}

/** `+01`, `+0100`, `+01:00`. */
const isoZone = /^([+-])(\d\d)(?::?(\d\d))?/;
/** `+0100`, `GMT+1`, `GMT+01:00`. */
const mailZone = /^(?:GMT(?=[+-]))?([+-])(\d\d?)(?::?(\d\d))?/i;

function epochMsOf(fields: Fields, centuryStart: number): number {
  const value = (letter: string, fallback: number): number => fields.get(letter) ?? fallback;
  const year = yearOf(fields, centuryStart);
  const dayOfYear = fields.get('D');
  const isByDayOfYear = dayOfYear !== undefined && !fields.has('d');
  const epochDay = isByDayOfYear
    ? epochDayOf({ year, month: 1, day: dayOfYear })
    : epochDayOf({ year, month: value('M', value('L', 1)), day: value('d', 1) });
  const minutes = hourOf(fields) * 60 + value('m', 0) - value('Z', 0);
  return epochDay * 86_400_000 + minutes * 60_000 + value('s', 0) * 1000 + value('S', 0);
}

function yearOf(fields: Fields, centuryStart: number): number {
  const year = fields.get('y') ?? fields.get('Y') ?? 1970;
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
