import { commonSchema } from './common-schema.ts';
import { DataError } from './errors.ts';
import { parseHeaderNumber } from './header-number.ts';
import { isoFormats } from './header-text.ts';
import { HeaderTokens } from './header-tokens.ts';
import type { Schema, SchemaAndValue } from './schema.ts';
import { schemas } from './schemas.ts';
import { dateOf, type Fields, setField, type Value } from './value.ts';
import { convertValue } from './value-conversion.ts';

const depthMax = 100;

/**
 * Reads header text as Connect infers it: `null`, booleans, numbers, ISO dates and times, arrays, maps, and otherwise a
 * string. Never throws: what cannot be read is the string itself. Kafka's `Values.parseString`.
 */
export function parseHeaderValue(text: string): SchemaAndValue {
  if (text === '') return { schema: schemas.string(), value: text };
  return parseNext(new HeaderTokens(text), 0) ?? { schema: undefined, value: null };
}

/** One value; undefined for null. `depth` 0 is the outside, where whatever cannot be read is a string. */
function parseNext(tokens: HeaderTokens, depth: number): SchemaAndValue | undefined {
  const isEmbedded = depth > 0;
  if (depth > depthMax) throw new DataError(`Header values nest at most ${depthMax} deep.`);
  if (!tokens.hasNext()) return undefined;
  if (isEmbedded && tokens.accept('"')) return parseQuoted(tokens);
  if (acceptLiteral(tokens, 'null', isEmbedded)) return undefined;
  if (acceptLiteral(tokens, 'true', isEmbedded)) return { schema: schemas.boolean(), value: true };
  if (acceptLiteral(tokens, 'false', isEmbedded)) return { schema: schemas.boolean(), value: false };
  const start = tokens.mark();
  try {
    if (tokens.accept('[')) return parseArray(tokens, depth);
    if (tokens.accept('{')) return parseMap(tokens, depth);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    tokens.rewindTo(start);
  }
  const token = tokens.next();
  return token.trim() === ''
    ? { schema: schemas.string(), value: token }
    : parseScalar(tokens, token.trim(), isEmbedded);
}

/** On the outside a literal counts only when nothing follows it. */
function acceptLiteral(tokens: HeaderTokens, literal: string, isEmbedded: boolean): boolean {
  const start = tokens.mark();
  if (tokens.accept(literal) && (isEmbedded || !tokens.hasNext())) return true;
  tokens.rewindTo(start);
  return false;
}

function parseScalar(tokens: HeaderTokens, token: string, isEmbedded: boolean): SchemaAndValue {
  const startsWithDigit = /^\p{Nd}/u.test(token);
  const parsed =
    (startsWithDigit ? parseMoment(tokens, token) : undefined) ??
    (startsWithDigit || /^[+-]/.test(token) ? parseHeaderNumber(token) : undefined);
  if (parsed !== undefined) return parsed;
  if (isEmbedded) throw new DataError('A string inside an array or map needs quotes.');
  return { schema: schemas.string(), value: tokens.text };
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

/** The length of the text decides which of the three formats it must have. */
function parseIso(escaped: string): SchemaAndValue | undefined {
  const text = escaped.replaceAll('\\:', ':');
  const kind = text.length === 10 ? 'date' : text.length === 13 ? 'time' : 'timestamp';
  if (kind === 'timestamp' && text.length !== 24) return undefined;
  const epochMs = isoFormats[kind].parse(text);
  return epochMs === undefined ? undefined : { schema: schemas[kind](), value: dateOf(epochMs) };
}

function parseQuoted(tokens: HeaderTokens): SchemaAndValue {
  let text = '';
  while (tokens.hasNext() && !tokens.accept('"')) text += tokens.next();
  return parseIso(text) ?? { schema: schemas.string(), value: text };
}

function parseArray(tokens: HeaderTokens, depth: number): SchemaAndValue {
  const items: (SchemaAndValue | undefined)[] = [];
  while (tokens.hasNext()) {
    if (tokens.accept(']')) return alignedArray(items);
    if (tokens.accept(',')) throw new DataError(`There is an empty array element in '${tokens.text}'.`);
    items.push(parseNext(tokens, depth + 1));
    const end = tokens.mark();
    if (tokens.accept(']')) tokens.rewindTo(end);
    else if (!tokens.accept(','))
      throw new DataError(`A ',' is missing between array elements in '${tokens.text}'.`);
  }
  throw new DataError(`The array in '${tokens.text}' does not end with ']'.`);
}

function alignedArray(items: readonly (SchemaAndValue | undefined)[]): SchemaAndValue {
  const schema = commonSchema(items);
  return { schema: schemas.array(schema), value: items.map((item) => aligned(schema, item)) };
}

function parseMap(tokens: HeaderTokens, depth: number): SchemaAndValue {
  const entries: [SchemaAndValue, SchemaAndValue | undefined][] = [];
  while (tokens.hasNext()) {
    if (tokens.accept('}')) return alignedMap(entries);
    if (tokens.accept(',')) throw new DataError(`There is an empty map entry in '${tokens.text}'.`);
    const key = parseNext(tokens, depth + 1);
    if (key === undefined) throw new DataError(`There is a map entry without a key in '${tokens.text}'.`);
    if (!tokens.accept(':')) throw new DataError(`A map entry in '${tokens.text}' has no ':'.`);
    entries.push([key, parseNext(tokens, depth + 1)]);
    tokens.accept(',');
  }
  throw new DataError(`The map in '${tokens.text}' does not end with '}'.`);
}

function alignedMap(
  entries: readonly (readonly [SchemaAndValue, SchemaAndValue | undefined])[],
): SchemaAndValue {
  const keySchema = commonSchema(entries.map(([key]) => key));
  const common = commonSchema(entries.map(([, value]) => value));
  const valueSchema = keySchema === undefined ? undefined : common;
  const pairs = entries.map(
    ([key, value]) => [aligned(keySchema, key), aligned(valueSchema, value)] as const,
  );
  return {
    schema: schemas.map(keySchema, valueSchema),
    value: keySchema?.type === 'string' ? objectOf(pairs) : new Map(pairs),
  };
}

function objectOf(pairs: readonly (readonly [Value, Value])[]): Fields {
  const fields: Fields = {};
  for (const [key, value] of pairs) setField(fields, String(key), value);
  return fields;
}

/** An array or map with null beside values has no schema that Connect could give it, and stays a string. */
function aligned(schema: Schema | undefined, item: SchemaAndValue | undefined): Value {
  if (schema === undefined) return item?.value ?? null;
  if (item === undefined) throw new DataError('Null cannot stand beside values in a header.');
  return convertValue(schema, item.schema, item.value);
}
