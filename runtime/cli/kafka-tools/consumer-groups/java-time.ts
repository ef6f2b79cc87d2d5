import { ToolError } from '../errors.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/** `YYYY-MM-DDThh:mm:ss.sss` with a time zone or in UTC, as ms since the epoch. Throws {@link ToolError}. */
export function parseDateTime(text: string): number {
  if (!text.includes('T')) {
    throw parseError("Error parsing timestamp. It does not contain a 'T' according to ISO8601 format");
  }
  const match = dateTime.exec(text.trim());
  if (match === null) throw parseError(`Unparseable date: "${text}"`);
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    ms,
  );
  const isReal = new Date(at).toISOString().startsWith(`${year}-${month}-${day}T${hour}:${minute}`);
  if (!isReal) throw parseError(`Unparseable date: "${text}"`);
  return at - zoneMs(zone);
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const ms = Number(digits.slice(0, 2)) * HOUR_MS + Number(digits.slice(2)) * MINUTE_MS;
  return zone.startsWith('-') ? -ms : ms;
}

const duration =
  /^P(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?$/i;

/** `PnDTnHnMnS` in ms. Throws {@link ToolError}. */
export function parseDuration(text: string): number {
  const match = duration.exec(text.trim());
  if (match === null || /^P$/i.test(text.trim())) {
    throw new ToolError('Text cannot be parsed to a Duration', 'java.time.format.DateTimeParseException');
  }
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  return (
    Number(days) * DAY_MS +
    Number(hours) * HOUR_MS +
    Number(minutes) * MINUTE_MS +
    Number(seconds) * SECOND_MS +
    Number(fraction.padEnd(3, '0').slice(0, 3))
  );
}

function parseError(message: string): ToolError {
  return new ToolError(message, 'java.text.ParseException');
}
