import { parseHeaderNumber } from './header-number.ts';
import { isoFormats } from './header-text.ts';
import { HeaderTokens } from './header-tokens.ts';
import { javaTrim } from './java-text.ts';
import type { SchemaAndValue } from './schema.ts';
import { schemas } from './schemas.ts';
import { dateOf } from './value.ts';

/** The moment or number that text begins with, by its inferred type; undefined when there is none. */
export function parseHeaderScalar(text: string): SchemaAndValue | undefined {
  const tokens = new HeaderTokens(text);
  const token = tokens.hasNext() ? javaTrim(tokens.next()) : '';
  return token === '' ? undefined : parseMomentOrNumber(tokens, token);
}

/** What `token` is the beginning of; `tokens` go on behind it. Undefined when it is neither. */
export function parseMomentOrNumber(tokens: HeaderTokens, token: string): SchemaAndValue | undefined {
  const startsWithDigit = /^\p{Nd}/u.test(token);
  const moment = startsWithDigit ? parseMoment(tokens, token) : undefined;
  return moment ?? (startsWithDigit || /^[+-]/.test(token) ? parseHeaderNumber(token) : undefined);
}

/** A time has two colons, so it spans five tokens; a date is one. */
function parseMoment(tokens: HeaderTokens, token: string): SchemaAndValue | undefined {
  const start = tokens.mark();
  const rest = tokens.take(4);
  const whole = rest === undefined ? undefined : parseIso(token + rest);
  if (whole !== undefined) return whole;
  tokens.rewindTo(start);
  return parseIso(token);
}

/** A date, time or timestamp; undefined for other text. The length decides which of the three formats it must have. */
export function parseIso(escaped: string): SchemaAndValue | undefined {
  const text = escaped.replaceAll('\\:', ':');
  const kind = text.length === 10 ? 'date' : text.length === 13 ? 'time' : 'timestamp';
  if (kind === 'timestamp' && text.length !== 24) return undefined;
  const epochMs = isoFormats[kind].parse(text);
  return epochMs === undefined ? undefined : { schema: schemas[kind](), value: dateOf(epochMs) };
}
