import { civilDayOf, epochDayOf } from './civil-calendar.ts';
import { monthNames, weekdayNames } from './date-names.ts';
import { parseDateText } from './date-parser.ts';
import { type PatternPart, splitDatePattern } from './date-pattern.ts';

const dayMs = 86_400_000;

/** Formats and parses moments by a pattern, as Java's SimpleDateFormat does in UTC and English, lenient. */
export interface SimpleDateFormat {
  /** `epochMs` may be any whole number of milliseconds that a number holds exactly. */
  format(epochMs: number): string;
  /**
   * Milliseconds since the epoch, or undefined when the text does not start with a date in this format. Text after it is
   * ignored; a 13th month is next year's first. Weeks are those of the United States.
   */
  parse(text: string): number | undefined;
}

/**
 * Compiles `pattern`. Two-digit years are read as those within the hundred years from `centuryStartMs` on. Throws `UnknownNameError` on a letter that
 * has no meaning.
 */
export function simpleDateFormat(pattern: string, centuryStartMs = Date.UTC(1946, 0)): SimpleDateFormat {
  const parts = splitDatePattern(pattern);
  return {
    format: (epochMs) => {
      const moment = momentOf(epochMs);
      return parts.map((part) => formatPart(part, moment)).join('');
    },
    parse: (text) => parseDateText(parts, text, centuryStartMs),
  };
}

interface Moment {
  readonly epochDay: number;
  readonly msOfDay: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfYear: number;
  /** 0 = Sunday. */
  readonly weekday: number;
  /** Weekday of 1 January. */
  readonly firstWeekday: number;
}

function momentOf(epochMs: number): Moment {
  const epochDay = Math.floor(epochMs / dayMs);
  const { year, month, day } = civilDayOf(epochDay);
  const newYear = epochDayOf({ year, month: 1, day: 1 });
  return {
    epochDay,
    msOfDay: epochMs - epochDay * dayMs,
    year,
    month,
    day,
    dayOfYear: epochDay - newYear + 1,
    weekday: weekdayOf(epochDay),
    firstWeekday: weekdayOf(newYear),
  };
}

function weekdayOf(epochDay: number): number {
  return (((epochDay + 4) % 7) + 7) % 7;
}

function formatPart(part: PatternPart, moment: Moment): string {
  if ('literal' in part) return part.literal;
  const { letter, count } = part;
  const number = numberOf(letter, moment);
  if (part.isNumeric)
    return letter === 'y' || letter === 'Y' ? formatYear(number, count) : pad(number, count);
  return textOf(letter, count, moment);
}

function formatYear(year: number, count: number): string {
  return count === 2 ? pad(year % 100, 2) : pad(year, count);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function numberOf(letter: string, moment: Moment): number {
  const hour = Math.floor(moment.msOfDay / 3_600_000);
  // Not the number that it has: October 1582 is ten days short.
  const dayOfMonth = moment.epochDay - epochDayOf({ ...moment, day: 1 }) + 1;
  switch (letter) {
    case 'y':
      return moment.year > 0 ? moment.year : 1 - moment.year;
    case 'Y':
      return weekOfYear(moment).year;
    case 'M':
    case 'L':
      return moment.month;
    case 'w':
      return weekOfYear(moment).week;
    case 'W':
      return Math.floor((dayOfMonth - 1 + weekdayOf(moment.epochDay - dayOfMonth + 1)) / 7) + 1;
    case 'D':
      return moment.dayOfYear;
    case 'd':
      return moment.day;
    case 'F':
      return Math.floor((dayOfMonth - 1) / 7) + 1;
    case 'u':
      return moment.weekday === 0 ? 7 : moment.weekday;
    case 'H':
      return hour;
    case 'k':
      return hour === 0 ? 24 : hour;
    case 'K':
      return hour % 12;
    case 'h':
      return hour % 12 === 0 ? 12 : hour % 12;
    case 'm':
      return Math.floor(moment.msOfDay / 60_000) % 60;
    case 's':
      return Math.floor(moment.msOfDay / 1000) % 60;
    default:
      return moment.msOfDay % 1000;
  }
}

/** Weeks start on Sunday, and the week with 1 January is the first: the rule of the United States. */
function weekOfYear(moment: Moment): { readonly week: number; readonly year: number } {
  const saturday = moment.epochDay + 6 - moment.weekday;
  if (civilDayOf(saturday).year > moment.year) return { week: 1, year: moment.year + 1 };
  return { week: Math.floor((moment.dayOfYear - 1 + moment.firstWeekday) / 7) + 1, year: moment.year };
}

function textOf(letter: string, count: number, moment: Moment): string {
  switch (letter) {
    case 'G':
      return moment.year > 0 ? 'AD' : 'BC';
    case 'M':
    case 'L':
      return shorten(monthNames[moment.month - 1], count);
    case 'E':
      return shorten(weekdayNames[moment.weekday], count);
    case 'a':
      return moment.msOfDay < 43_200_000 ? 'AM' : 'PM';
    case 'z':
      return count < 4 ? 'UTC' : 'Coordinated Universal Time';
    case 'Z':
      return '+0000';
    default:
      return 'Z';
  }
}

function shorten(name = '', count: number): string {
  return count < 4 ? name.slice(0, 3) : name;
}
