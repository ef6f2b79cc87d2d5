import { epochDayOf } from './civil-calendar.ts';

/** What a date text said: numbers by the letter of the pattern, in the order in which they were read. */
export type DateFields = ReadonlyMap<string, number>;

/** Sunday: weeks are those of the United States, and 1 January is in the first. */
const firstWeekday = 0;

/**
 * The day that the fields tell, lenient. Of several ways to name a day the one whose last field was read last counts, as in
 * Java's calendar. `year` is that of `y`, already in its century.
 */
export function epochDayOfFields(fields: DateFields, year: number): number {
  const order = [...fields.keys()];
  const stamp = (letter: string): number => order.indexOf(letter) + 1;
  if (stamp('Y') > stamp('y')) return ofWeek(fields, year, fields.get('u') ?? firstWeekday);
  const both = (letter: string): number =>
    stamp(letter) > 0 && stamp('u') > 0 ? Math.max(stamp(letter), stamp('u')) : 0;
  let stamps = { d: stamp('d'), W: both('W'), F: both('F'), D: stamp('D'), w: both('w') };
  if (Math.max(...Object.values(stamps)) === 0) {
    stamps = { ...stamps, W: stamp('W'), F: Math.max(stamp('F'), stamp('u')), w: stamp('w') };
  }
  const best = Math.max(...Object.values(stamps));
  const month = (fields.get('M') ?? 1) - 1;
  const first = epochDayOf({ year, month: month + 1, day: 1 });
  if (best === stamps.d) return epochDayOf({ year, month: month + 1, day: fields.get('d') ?? 1 });
  if (best === stamps.W && stamp('W') >= stamp('w') && (stamps.W !== stamps.F || stamp('W') >= stamp('F')))
    return inWeek(first, fields.get('W') ?? 1, fields.get('u'));
  if (best === stamps.F && stamp('F') >= stamp('w')) return inMonth(fields, year, month);
  if (best === stamps.D) return epochDayOf({ year, month: 1, day: fields.get('D') ?? 1 });
  return ofWeek(fields, year, fields.get('u'));
}

function ofWeek(fields: DateFields, year: number, weekday: number | undefined): number {
  return inWeek(epochDayOf({ year, month: 1, day: 1 }), fields.get('w') ?? 1, weekday);
}

/** A day of the week with that number; the first week is the one that `first` is in. */
function inWeek(first: number, week: number, weekday = firstWeekday): number {
  return onOrBefore(first, firstWeekday) + modulo7(weekday) + 7 * (week - 1);
}

/** The second Tuesday of a month, say; from its end when the number is negative. */
function inMonth(fields: DateFields, year: number, month: number): number {
  const [weekday, count] = [modulo7(fields.get('u') ?? firstWeekday), fields.get('F') ?? 1];
  const first = epochDayOf({ year, month: month + 1, day: 1 });
  const next = epochDayOf({ year, month: month + 2, day: 1 });
  return onOrBefore(count >= 0 ? first + 7 * count - 1 : next + 7 * (count + 1) - 1, weekday);
}

function onOrBefore(epochDay: number, weekday: number): number {
  return epochDay - modulo7(epochDay + 4 - weekday);
}

function modulo7(value: number): number {
  return ((value % 7) + 7) % 7;
}
