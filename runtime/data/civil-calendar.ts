/** A day by the calendar Java uses: Gregorian, and Julian before 15 October 1582. `year` 0 is 1 BC. `month` from 1. */
export interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days from 1970-01-01 to the first Gregorian day, 1582-10-15. */
const cutover = -141_427;

/** Days since 1970-01-01. Lenient: month 13 is January of the next year, day 0 the last of the month before. */
export function epochDayOf({ year, month, day }: CivilDay): number {
  const shifted = year * 12 + (month - 1);
  const y = Math.floor(shifted / 12);
  const m = shifted - y * 12 + 1;
  const julian = firstOfMonth(y, m, false) + day - 1;
  // Days counted from a month of the old calendar stay in it, wherever they end.
  if (year < 1582) return julian;
  const gregorian = firstOfMonth(y, m, true) + day - 1;
  return gregorian >= cutover ? gregorian : julian;
}

/** The day that is `epochDay` days after 1970-01-01. */
export function civilDayOf(epochDay: number): CivilDay {
  const isGregorian = epochDay >= cutover;
  // Days since 0000-03-01 of the calendar in question: leap days then come last in a year.
  const days = epochDay + (isGregorian ? 719_468 : 719_470);
  const { yearOfEra, dayOfYear } = isGregorian ? splitGregorian(days) : splitJulian(days);
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

function firstOfMonth(year: number, month: number, isGregorian: boolean): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  const leapDays = isGregorian
    ? Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)
    : Math.floor(y / 4);
  return y * 365 + leapDays + dayOfYear - (isGregorian ? 719_468 : 719_470);
}

function splitGregorian(days: number) {
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const year = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const before = 365 * year + Math.floor(year / 4) - Math.floor(year / 100);
  return { yearOfEra: year + era * 400, dayOfYear: dayOfEra - before };
}

function splitJulian(days: number) {
  const cycle = Math.floor(days / 1461);
  const dayOfCycle = days - cycle * 1461;
  const year = Math.min(3, Math.floor(dayOfCycle / 365));
  return { yearOfEra: cycle * 4 + year, dayOfYear: dayOfCycle - year * 365 };
}
