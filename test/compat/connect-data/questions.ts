import { Dice } from '../dice.ts';
import type { SchemaJson, ValueJson } from './description.ts';
import { anyText, headerText, listText } from './header-texts.ts';
import { envelopeText, payloadText, plainText, schemaJson } from './json-texts.ts';
import {
  dateCase,
  type PluginCase,
  predicateCase,
  predicateNames,
  transformCase,
  transformNames,
} from './plugin-cases.ts';
import { anySchema, anyStructSchema, anyValueOf, schemalessValue } from './values.ts';

/** What is asked of both: one line for ConnectData.java. */
export type Question =
  | { readonly subject: 'parse'; readonly text: string }
  | (Content & { readonly subject: 'convert'; readonly to: string; readonly scale: number })
  | { readonly subject: 'header-read'; readonly bytes: string | null }
  | (Content & { readonly subject: 'header-write' })
  | (Converting & { readonly subject: 'read'; readonly bytes: string | null })
  | (Converting & Content & { readonly subject: 'write' })
  | {
      readonly subject: 'project';
      readonly source: SchemaJson;
      readonly target: SchemaJson;
      readonly value: ValueJson;
    }
  | (PluginCase & { readonly subject: 'transform' | 'predicate' });

interface Content {
  readonly schema: SchemaJson | null;
  readonly value: ValueJson;
}

interface Converting {
  readonly class: string;
  readonly config: Readonly<Record<string, string>>;
}

/** Questions of one subject, and how many cases they are: a record that goes through a transform is a case. */
export interface Subject {
  readonly name: string;
  readonly questions: readonly Question[];
  readonly cases: number;
}

/** Random questions about everything; the same for the same seed. */
export function randomSubjects(seed: number): Subject[] {
  const subjects = [
    subject('header text', 4000, seed, parseQuestion),
    subject('conversion of values', 3000, seed, convertQuestion),
    subject('SimpleHeaderConverter', 1500, seed, headerQuestion),
    subject('JsonConverter reading', 4000, seed, jsonReadQuestion),
    subject('JsonConverter writing', 3000, seed, jsonWriteQuestion),
    subject('StringConverter', 1200, seed, stringQuestion),
    subject('ByteArray, number and boolean converters', 1200, seed, smallQuestion),
    subject('schema projection', 2000, seed, projectQuestion),
    { ...subject('dates by a pattern', 800, seed, dateQuestion), cases: 3200 },
  ];
  for (const name of transformNames) {
    const dice = Dice.of(seed, name);
    const questions = Array.from({ length: 110 }, (): Question => {
      return { subject: 'transform', ...transformCase(dice, name, 4) };
    });
    subjects.push({ name, questions, cases: questions.length * 4 });
  }
  for (const name of predicateNames) {
    const dice = Dice.of(seed, name);
    const questions = Array.from({ length: 50 }, (): Question => {
      return { subject: 'predicate', ...predicateCase(dice, name, 4) };
    });
    subjects.push({ name, questions, cases: questions.length * 4 });
  }
  return subjects;
}

function subject(name: string, count: number, seed: number, make: (dice: Dice) => Question): Subject {
  const dice = Dice.of(seed, name);
  return { name, questions: Array.from({ length: count }, () => make(dice)), cases: count };
}

function parseQuestion(dice: Dice): Question {
  return { subject: 'parse', text: dice.chance(25) ? listText(dice) : headerText(dice) };
}

const targets = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string'] as const;

const logicalTargets = ['Date', 'Time', 'Timestamp', 'Decimal'] as const;

function content(dice: Dice, depth: number): Content {
  const schema = dice.chance(70) ? anySchema(dice, { depth }) : null;
  return { schema, value: schema === null ? schemalessValue(dice, depth) : anyValueOf(dice, schema) };
}

function convertQuestion(dice: Dice): Question {
  const isText = dice.chance(40);
  const text: Content = {
    schema: dice.chance(50) ? { type: 'string' } : null,
    value: { string: anyText(dice) },
  };
  const to = dice.pick(dice.chance(70) ? targets : logicalTargets);
  return { subject: 'convert', to, scale: 2, ...(isText ? text : content(dice, dice.chance(50) ? 0 : 2)) };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function headerQuestion(dice: Dice): Question {
  if (dice.chance(50)) return { subject: 'header-write', ...content(dice, 2) };
  if (dice.chance(3)) return { subject: 'header-read', bytes: null };
  if (dice.chance(5)) return { subject: 'header-read', bytes: dice.bytes(8).toString('base64') };
  return { subject: 'header-read', bytes: base64(headerText(dice)) };
}

const jsonClass = 'org.apache.kafka.connect.json.JsonConverter';

function jsonConfig(dice: Dice, hasSchemas: boolean): Readonly<Record<string, string>> {
  return {
    ...((!hasSchemas || dice.chance(30)) && { 'schemas.enable': String(hasSchemas) }),
    ...(dice.chance(40) && { 'decimal.format': dice.pick(['NUMERIC', 'BASE64', 'numeric']) }),
    ...(dice.chance(40) && { 'replace.null.with.default': dice.pick(['true', 'false']) }),
    ...(dice.chance(10) && { 'schemas.cache.size': dice.pick(['0', '1', '5']) }),
  };
}

function jsonReadQuestion(dice: Dice): Question {
  const asked = { subject: 'read', class: jsonClass } as const;
  if (dice.chance(1)) return { ...asked, config: jsonConfig(dice, dice.chance(50)), bytes: null };
  if (dice.chance(2)) {
    return { ...asked, config: jsonConfig(dice, false), bytes: dice.bytes(6).toString('base64') };
  }
  if (dice.chance(35)) return { ...asked, config: jsonConfig(dice, false), bytes: base64(plainText(dice)) };
  if (dice.chance(85)) return { ...asked, config: jsonConfig(dice, true), bytes: base64(envelopeText(dice)) };
  const schema = anyStructSchema(dice, { depth: 1 });
  const config = { ...jsonConfig(dice, true), 'schema.content': schemaJson(dice, schema) };
  return { ...asked, config, bytes: base64(payloadText(dice, schema)) };
}

function jsonWriteQuestion(dice: Dice): Question {
  return {
    subject: 'write',
    class: jsonClass,
    config: jsonConfig(dice, dice.chance(50)),
    ...content(dice, 3),
  };
}

const encodings = [
  'UTF-8',
  'utf8',
  'US-ASCII',
  'ISO-8859-1',
  'UTF-16LE',
  'UTF-16',
  'UTF-16BE',
  'latin1',
] as const;

function stringQuestion(dice: Dice): Question {
  const config: Record<string, string> = dice.chance(60)
    ? {}
    : { 'converter.encoding': dice.pick(encodings) };
  const asked = { class: 'org.apache.kafka.connect.storage.StringConverter', config };
  if (dice.chance(70)) return { subject: 'write', ...asked, ...content(dice, 2) };
  // What Java puts in the place of half a character is its own business.
  const isAny = dice.chance(50) && config['converter.encoding']?.startsWith('UTF-16') !== true;
  const bytes = isAny ? dice.bytes(9).toString('base64') : base64(anyText(dice));
  return { subject: 'read', ...asked, bytes: dice.chance(5) ? null : bytes };
}

const smallClasses = ['ByteArray', 'Short', 'Integer', 'Long', 'Float', 'Double', 'Boolean'] as const;
const smallTypes = ['bytes', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean'] as const;

function smallQuestion(dice: Dice): Question {
  const at = dice.below(smallClasses.length);
  const asked = { class: `org.apache.kafka.connect.converters.${smallClasses[at]}Converter`, config: {} };
  if (dice.chance(40)) {
    const bytes = dice.chance(15) ? null : dice.bytes(9).toString('base64');
    return { subject: 'read', ...asked, bytes };
  }
  // Without a schema the number of a Short, an Integer or a Float is any number here.
  const own: SchemaJson = { type: smallTypes[at] ?? 'bytes', ...(dice.chance(50) && { optional: true }) };
  if (dice.chance(70)) return { subject: 'write', ...asked, schema: own, value: anyValueOf(dice, own) };
  const schema = anySchema(dice, { depth: 1 });
  return { subject: 'write', ...asked, schema, value: anyValueOf(dice, schema) };
}

function projectQuestion(dice: Dice): Question {
  const source = anySchema(dice, { depth: 2 });
  const target = dice.chance(85) ? changed(dice, source) : anySchema(dice, { depth: 2 });
  return { subject: 'project', source, target, value: anyValueOf(dice, source) };
}

function dateQuestion(dice: Dice): Question {
  return { subject: 'transform', ...dateCase(dice) };
}

const wider = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64'] as const;

/** The schema a little later: numbers wider, fields new or gone, and what a default may now be. */
function changed(dice: Dice, schema: SchemaJson): SchemaJson {
  const at = (wider as readonly string[]).indexOf(schema.type);
  const isNumber = at >= 0 && schema.name === undefined && schema.default === undefined;
  const type = isNumber && dice.chance(40) ? dice.pick(wider.slice(dice.chance(90) ? at : 0)) : schema.type;
  const { optional, default: fallback, ...rest } = schema;
  const isSimple = schema.values === undefined && schema.fields === undefined;
  return {
    ...rest,
    ...(optional === true && dice.chance(90) && { optional }),
    ...(fallback !== undefined && isSimple && { default: fallback }),
    type,
    ...(dice.chance(5) && { name: 'renamed' }),
    ...(dice.chance(5) && { parameters: { p: '2' } }),
    ...(dice.chance(10) && { optional: true }),
    ...(schema.values !== undefined && { values: changed(dice, schema.values) }),
    ...(schema.fields !== undefined && { fields: changedFields(dice, schema.fields) }),
  };
}

function changedFields(dice: Dice, fields: NonNullable<SchemaJson['fields']>) {
  const kept = fields
    .filter(() => !dice.chance(10))
    .map((field) => ({ ...field, schema: changed(dice, field.schema) }));
  return dice.chance(85) ? kept : [...kept, { name: 'added', schema: anySchema(dice, { depth: 1 }) }];
}
