import { commonSchema } from './common-schema.ts';
import { DataError } from './errors.ts';
import { parseIso, parseMomentOrNumber } from './header-scalar.ts';
import { valueToText } from './header-text.ts';
import { HeaderTokens } from './header-tokens.ts';
import { javaFloat } from './java-number.ts';
import { javaTrim } from './java-text.ts';
import type { Schema, SchemaAndValue } from './schema.ts';
import { schemas } from './schemas.ts';
import { type Fields, isPlainObject, setField, type Value } from './value.ts';
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
  return javaTrim(token) === ''
    ? { schema: schemas.string(), value: token }
    : parseScalar(tokens, javaTrim(token), isEmbedded);
}

/** On the outside a literal counts only when nothing follows it. */
function acceptLiteral(tokens: HeaderTokens, literal: string, isEmbedded: boolean): boolean {
  const start = tokens.mark();
  if (tokens.accept(literal) && (isEmbedded || !tokens.hasNext())) return true;
  tokens.rewindTo(start);
  return false;
}

function parseScalar(tokens: HeaderTokens, token: string, isEmbedded: boolean): SchemaAndValue {
  const parsed = parseMomentOrNumber(tokens, token);
  if (parsed !== undefined) return parsed;
  if (isEmbedded) throw new DataError('A string inside an array or map needs quotes.');
  return { schema: schemas.string(), value: tokens.text };
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
  const entries: Entry[] = [];
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

type Entry = readonly [SchemaAndValue, SchemaAndValue | undefined];

/** A key that comes again has its last value; the types of the others count all the same. */
function lastEntries(entries: readonly Entry[]): readonly Entry[] {
  return [...new Map(entries.map((entry) => [keyText(entry[0]), entry])).values()];
}

/** The same for the same type and value. */
function keyText({ schema, value }: SchemaAndValue): string {
  return `${schema?.type} ${schema?.name} ${valueToText(schema, value)}`;
}

function alignedMap(entries: readonly Entry[]): SchemaAndValue {
  const keySchema = commonSchema(entries.map(([key]) => key));
  const common = commonSchema(entries.map(([, value]) => value));
  const valueSchema = keySchema === undefined ? undefined : common;
  const pairs = lastEntries(entries).map(
    ([key, value]) => [aligned(keySchema, key), aligned(valueSchema, value)] as const,
  );
  return {
    schema: schemas.map(keySchema, valueSchema),
    value: keySchema?.type === 'string' ? objectOf(pairs) : mapOf(keySchema, pairs),
  };
}

/** Keys that became the same by their common type are one key. */
function mapOf(keySchema: Schema | undefined, pairs: readonly (readonly [Value, Value])[]): Value {
  if (keySchema === undefined) return new Map(pairs);
  const last = new Map(pairs.map((pair) => [valueToText(keySchema, pair[0]), pair]));
  return new Map(last.values());
}

function objectOf(pairs: readonly (readonly [Value, Value])[]): Fields {
  const fields: Fields = {};
  for (const [key, value] of pairs) setField(fields, String(key), value);
  return fields;
}

/** A float that loses its schema is a double: the one that is printed alike. `to` is all that is known of it then. */
function retyped(to: Schema | undefined, from: Schema | undefined, value: Value): Value {
  if (typeof value === 'number')
    return to === undefined && from?.type === 'float32' ? Number(javaFloat(value)) : value;
  if (Array.isArray(value))
    return value.map((item: Value) => retyped(to?.valueSchema, from?.valueSchema, item));
  if (from?.type !== 'map') return value ?? null;
  const entries = value instanceof Map ? [...value] : Object.entries(isPlainObject(value) ? value : {});
  const pairs = entries.map(
    ([key, item]) =>
      [
        retyped(to?.keySchema, from.keySchema, key),
        retyped(to?.valueSchema, from.valueSchema, item),
      ] as const,
  );
  return value instanceof Map ? new Map(pairs) : objectOf(pairs);
}

/** An array or map with null beside values has no schema that Connect could give it, and stays a string. */
function aligned(schema: Schema | undefined, item: SchemaAndValue | undefined): Value {
  if (schema === undefined) return retyped(undefined, item?.schema, item?.value);
  if (item === undefined) throw new DataError('Null cannot stand beside values in a header.');
  // Kafka forgets here what the value was: a date beside numbers with a fraction is no number.
  return convertValue(schema, undefined, retyped(schema, item.schema, item.value));
}
