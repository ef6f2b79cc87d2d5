import { javaDouble, javaFloat } from '../../../runtime/data/index.ts';
import {
  canonicalRecord,
  canonicalSchema,
  canonicalValue,
  type RecordJson,
  type SchemaJson,
  type ValueJson,
} from './description.ts';
import type { Answer } from './our-answers.ts';
import type { PluginCase } from './plugin-cases.ts';
import type { Question } from './questions.ts';

/** A case that the two answer otherwise. */
export interface Difference {
  readonly what: string;
  readonly ours: unknown;
  readonly kafka: unknown;
}

/** Codes of ours that stand for Kafka's exceptions. Any error of ours does where Kafka trips over its own feet. */
const codes: Readonly<Record<string, readonly string[]>> = {
  DataException: ['CONNECT_DATA'],
  SchemaBuilderException: ['CONNECT_SCHEMA_BUILDER'],
  SchemaProjectorException: ['CONNECT_SCHEMA_PROJECTOR'],
  ConfigException: ['CONNECT_CONFIG'],
  ConnectException: ['CONNECT_DATA'],
  IllegalArgumentException: ['CONNECT_UNKNOWN_NAME'],
};

/** Class names, enum look-ups and parser positions: what only a Java program would say. */
const jvm =
  /java\.|found: \[B|InsertionSpec@|org\.apache\.kafka\.connect\.data\.Struct|class \[|No enum constant|near index|fromIndex|Cannot invoke|SourceRecord|SinkRecord\{|Struct\{/;

/** How the answers to one question differ; a plugin's are compared record by record. */
export function differencesBetween(question: Question, ours: Answer, kafka: Answer): Difference[] {
  if (question.subject !== 'transform' && question.subject !== 'predicate') {
    if (isBeyondJavaScript(kafka)) return [];
    return [...compared(JSON.stringify(question), canonical(question, ours), canonical(question, kafka))];
  }
  const { records, ...asked } = question;
  const what = JSON.stringify(asked);
  if (kafka.problems === undefined) return [...compared(what, ours, kafka)];
  const found = [...compared(`${what} problems`, problemsOf(ours), problemsOf(kafka))];
  const isRefused = Object.keys(kafka.problems).length > 0;
  if (kafka.start != null || ours.start != null) {
    // A config that validation refuses never starts.
    if (isRefused && kafka.start != null && ours.start != null) return found;
    return [...found, ...compared(`${what} starts`, ours.start ?? null, kafka.start ?? null)];
  }
  for (const [index, record] of records.entries()) {
    if (hasFarDate(question, record)) continue;
    const [a, b] = [ours.results?.[index], kafka.results?.[index]];
    if (isInHashOrder(question, a, b)) continue;
    found.push(...compared(`${what} on ${JSON.stringify(record)}`, ofRecord(a), ofRecord(b)));
  }
  return found;
}

/** Digits that are read as a date some hundred thousand years from here: JavaScript's dates end before. */
function hasFarDate({ config }: PluginCase, record: RecordJson): boolean {
  const isDense = config['format']?.includes('yyyyMMddHHmmss') === true;
  const far = isDense ? /"int64":"-?\d{17}/ : /"string":"[^"]*\d{9}|"int64":"-?\d{17}/;
  return 'target.type' in config && far.test(JSON.stringify(record));
}

/**
 * What differs because of JavaScript alone: a date some hundred thousand years from here, keys of a map without a type that
 * only Java's classes of numbers tell apart, and text of a map whose keys look like indices, which come first in an object.
 */
function isBeyondJavaScript(kafka: Answer): boolean {
  const { value = null, schema = null, text } = kafka;
  if (/"date":"-?\d{17}/.test(JSON.stringify(value))) return true;
  return keysOf(canonicalValue(value, schema)).some(
    (keys) =>
      new Set(keys).size < keys.length ||
      (text !== undefined && keys.some((key) => /"(?:0|[1-9]\d*)"/.test(key))),
  );
}

/** The keys of each map in a value, as JSON. */
function keysOf(value: ValueJson): readonly (readonly string[])[] {
  if (value === null) return [];
  if ('array' in value) return value.array.flatMap(keysOf);
  if ('struct' in value) return value.struct.flatMap(([, item]) => keysOf(item));
  if (!('map' in value)) return [];
  const inner = value.map.flatMap(([key, item]) => [...keysOf(key), ...keysOf(item)]);
  return [value.map.map(([key]) => JSON.stringify(key)), ...inner];
}

/** Cast goes through the fields of a map in the order of Java's hashes: which of two wrong ones it names is no matter. */
function isInHashOrder(
  question: Question,
  ...answers: readonly (RecordJson | Answer | null | undefined)[]
): boolean {
  const isCast = 'class' in question && question.class.includes('.Cast$');
  return isCast && answers.every((answer) => answer != null && 'error' in answer);
}

/** What is wrong with a pattern, RE2 and Java say in their own words. */
const pattern = /(: Invalid regex: ).*/s;

function problemsOf({ problems = {} }: Answer): unknown {
  const messages = (list: readonly string[]) =>
    list.map((message) =>
      pattern.test(message) ? message.replace(pattern, '$1') : jvm.test(message) ? '(of Java)' : message,
    );
  return Object.fromEntries(Object.entries(problems).map(([key, list]) => [key, messages(list)]));
}

function canonical(question: Question, answer: Answer): Answer {
  const { schema, value, bytes } = answer;
  // As text, in which numbers can be found.
  if (typeof bytes === 'string') {
    const text = Buffer.from(bytes, 'base64').toString('latin1');
    return {
      ...answer,
      bytes: isUtf16(question) ? text.replace(/^\u00fe\u00ff/, '').replaceAll('\0', '') : text,
    };
  }
  if (value === undefined) return answer;
  const { text } = answer;
  return {
    ...answer,
    ...(schema !== undefined && { schema: canonicalSchema(schema) }),
    ...(text !== undefined && { text: hasUntyped(schema ?? null) ? withoutZeros(text) : text }),
    value: ofText(canonicalValue(value, schema ?? schemaOfResult(question))),
  };
}

/** An array or map whose numbers have no type: here 1.0 is 1 then. */
function hasUntyped(schema: SchemaJson | null): boolean {
  if (schema?.type !== 'array' && schema?.type !== 'map') return false;
  // Values of the second level may have other types than their schema says.
  return (
    [schema.keys, schema.values].some((part) => part?.type === 'array' || part?.type === 'map') ||
    schema.values === undefined
  );
}

function withoutZeros(text: string): string {
  const whole = text.replaceAll(/-?\d+\.\d+(?:E-?\d+)?/g, (number) => {
    const value = Number(withShortNumbers(number));
    return Number.isSafeInteger(value) ? String(value) : number;
  });
  return whole.replaceAll(/-0(?![\d.])/g, '0');
}

/** The two put as many U+FFFD for broken UTF-8 as they please, and a long number has the digits that its double has. */
function ofText(value: ValueJson): ValueJson {
  if (value !== null && 'decimal' in value && (value.decimal.length > 15 || value.scale < -15)) {
    return { float64: String(Number(`${value.decimal}e${-value.scale}`)) };
  }
  if (value === null || !('string' in value)) return value;
  return { string: value.string.replaceAll(/\ufffd+/g, '\ufffd') };
}

function isUtf16(question: Question): boolean {
  return 'config' in question && question.config['converter.encoding']?.startsWith('UTF-16') === true;
}

function schemaOfResult(question: Question): SchemaJson | null {
  if (question.subject === 'project') return question.target;
  return question.subject === 'convert' ? ({ type: question.to } as SchemaJson) : null;
}

function ofRecord(answer: RecordJson | Answer | null | undefined): unknown {
  return answer != null && 'topic' in answer ? canonicalRecord(answer as RecordJson) : answer;
}

function* compared(what: string, ours: unknown, kafka: unknown): Generator<Difference> {
  if (!isSame(ours, kafka)) yield { what, ours, kafka };
}

function isSame(ours: unknown, kafka: unknown): boolean {
  const [a, b] = [ours, kafka].map((each) => (isAnswer(each) && each.error !== undefined ? each : undefined));
  if (a === undefined || b === undefined) return a === b && isSameText(sorted(ours), sorted(kafka));
  const wanted = codes[b.error ?? ''];
  if (wanted === undefined) return a.error?.startsWith('not ours') !== true;
  if (!wanted.includes(a.error ?? '')) return false;
  return a.message === b.message || jvm.test(b.message ?? '');
}

/**
 * True for the same text, but for numbers that Java before 19 prints with more digits than it needs to (JDK-4511638), where
 * ours are the shortest that read back as the same, like those of newer releases; and for bytes of which Java prints the
 * address, where ours are base64.
 */
function isSameText(ours: string, kafka: string): boolean {
  if (ours === kafka) return true;
  const [a, b] = [withShortNumbers(ours), withShortNumbers(kafka)];
  return a === b || (address.test(b) && isSameAround(a, b.split(address)));
}

function withShortNumbers(text: string): string {
  return text.replaceAll(/-?\d+\.\d+(?:E-?\d+)?/g, (number) => {
    const isFloat = number.replace(/E.*/, '').length <= 11;
    return isFloat ? javaFloat(Number(number)) : javaDouble(Number(number));
  });
}

/** What Java prints of bytes. */
const address = /\[B@[0-9a-f]+/;

/** True when the parts stand in the text in that order: between them ours has the bytes in base64. */
function isSameAround(ours: string, parts: readonly string[]): boolean {
  const pattern = parts
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('[A-Za-z0-9+/=]*');
  return new RegExp(`^${pattern}$`, 's').test(ours);
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null;
}

/** JSON with the keys of objects in order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
