import { logicalNames, simpleDateFormat } from '../../../runtime/data/index.ts';
import type { Dice } from '../dice.ts';
import type { RecordJson, SchemaJson, ValueJson } from './description.ts';
import { anyText } from './header-texts.ts';
import { anyMoment, anyRecord, fieldNames, headerKeys } from './values.ts';

/** A configured transform or predicate, and the records that it gets. */
export interface PluginCase {
  readonly class: string;
  readonly config: Readonly<Record<string, string>>;
  readonly records: readonly RecordJson[];
}

type Config = Record<string, string>;

/** Draws a config: mostly a valid one, to get to the records. */
type ConfigMaker = (dice: Dice) => Config;

const transformPackage = 'org.apache.kafka.connect.transforms';

/** The transforms that work on the key or the value, and how their configs are drawn. */
const sided: Readonly<Record<string, ConfigMaker>> = {
  Cast: (dice) => ({ spec: castSpec(dice), ...replaceNull(dice) }),
  ExtractField: (dice) => ({ field: fieldPath(dice), ...replaceNull(dice), ...syntax(dice) }),
  Flatten: (dice) => (dice.chance(60) ? {} : { delimiter: dice.pick(['_', '.', '', ' ', '::', '-']) }),
  HeaderFrom: headerFromConfig,
  HoistField: (dice) => ({ field: dice.pick(fieldNames) }),
  InsertField: insertFieldConfig,
  MaskField: (dice) => ({
    fields: names(dice),
    ...(dice.chance(50) && {
      replacement: dice.pick(['7', '-3', '1.5', 'x', '', '300', ' 4 ', '1e3', anyText(dice)]),
    }),
    ...replaceNull(dice),
  }),
  ReplaceField: replaceFieldConfig,
  SetSchemaMetadata: (dice) => ({
    ...(dice.chance(60) && { 'schema.name': dice.pick(['n', 'com.acme.New', '', ' x ']) }),
    ...(dice.chance(60) && {
      'schema.version': dice.pick(['1', '-4', '2147483647', 'x', '1.5', '+3', '2147483648']),
    }),
    ...replaceNull(dice),
  }),
  TimestampConverter: timestampConverterConfig,
};

const whole: Readonly<Record<string, ConfigMaker>> = {
  DropHeaders: (dice) => ({ headers: dice.some(headerKeys, 50).join(',') }),
  Filter: () => ({}),
  InsertHeader: (dice) => ({ header: dice.pick(headerKeys), 'value.literal': anyText(dice) }),
  RegexRouter: regexRouterConfig,
  TimestampRouter: (dice) => ({
    ...(dice.chance(60) && { 'topic.format': dice.pick(topicFormats) }),
    ...(dice.chance(60) && { 'timestamp.format': dice.pick(datePatterns) }),
  }),
  // Kafka 4.3 has no field.syntax.version here, and does not mind a field twice.
  ValueToKey: (dice) => ({ fields: names(dice), ...replaceNull(dice) }),
};

/** One case of a transform: `recordCount` records go through it. */
export function transformCase(dice: Dice, name: string, recordCount: number): PluginCase {
  const [base = ''] = name.split('$');
  const make = sided[base] ?? whole[base];
  if (make === undefined) throw new Error(`no configs are known for ${name}`);
  const records = Array.from({ length: recordCount }, () => anyRecord(dice));
  return { class: `${transformPackage}.${name}`, config: spoilt(dice, make(dice)), records };
}

/** Moments become text by a pattern, and text becomes moments: what {@link datePatterns} can do. */
export function dateCase(dice: Dice): PluginCase {
  const format = dice.pick(datePatterns);
  const isText = dice.chance(60);
  const config = { 'target.type': isText ? 'Timestamp' : 'string', format };
  const records = Array.from({ length: 4 }, () => dateRecord(dice, format, isText));
  return { class: `${transformPackage}.TimestampConverter$Value`, config, records };
}

function dateRecord(dice: Dice, format: string, isText: boolean): RecordJson {
  const moment = anyMoment(dice);
  const text = isText ? textOf(dice, format, Number(moment)) : '';
  const schema: SchemaJson = isText
    ? { type: 'string' }
    : { type: 'int64', name: logicalNames.timestamp, version: 1 };
  const value: ValueJson = isText ? { string: text } : { date: String(moment) };
  return { topic: 't', keySchema: null, key: null, valueSchema: schema, value, headers: [] };
}

/** Text that has the pattern, or nearly so. */
function textOf(dice: Dice, format: string, moment: number): string {
  let text: string;
  try {
    text = simpleDateFormat(format).format(moment);
  } catch {
    return anyText(dice);
  }
  // Java knows more names of zones than are here, and is in two minds about the day on which the calendar changed.
  if (dice.chance(60) || text === '' || format.includes('z') || text.includes('1582')) return text;
  const at = dice.below(text.length);
  const mistake = dice.pick([
    '',
    ' ',
    '0',
    '1',
    '9',
    '-',
    '+',
    'x',
    'GMT',
    'EST',
    '+02:00',
    '-0130',
    'Z',
    'pm',
    'Jan',
    '  ',
  ]);
  return text.slice(0, at) + mistake + text.slice(at + dice.below(3));
}

/** Names of all transforms, those of keys and values twice. */
export const transformNames: readonly string[] = [
  ...Object.keys(sided).flatMap((name) => [`${name}$Key`, `${name}$Value`]),
  ...Object.keys(whole),
];

const predicates: Readonly<Record<string, ConfigMaker>> = {
  HasHeaderKey: (dice) => ({ name: dice.pick([...headerKeys, 'x']) }),
  RecordIsTombstone: () => ({}),
  TopicNameMatches: (dice) => ({ pattern: dice.pick(patterns) }),
};

export const predicateNames: readonly string[] = Object.keys(predicates);

export function predicateCase(dice: Dice, name: string, recordCount: number): PluginCase {
  const records = Array.from({ length: recordCount }, () => anyRecord(dice));
  const config = spoilt(dice, predicates[name]?.(dice) ?? {});
  return { class: `${transformPackage}.predicates.${name}`, config, records };
}

/** Rarely a key is missing, or has any text. */
function spoilt(dice: Dice, config: Config): Config {
  const keys = Object.keys(config);
  if (keys.length === 0 || dice.chance(92)) return config;
  const key = dice.pick(keys);
  const { [key]: _gone, ...rest } = config;
  return dice.chance(40)
    ? rest
    : { ...rest, [key]: dice.pick(['', ' ', ',', 'x', 'a,,b', 'true', '-1', anyText(dice)]) };
}

const booleans = ['true', 'false', 'FALSE', 'True'] as const;

function replaceNull(dice: Dice): Config {
  return dice.chance(50)
    ? {}
    : { 'replace.null.with.default': dice.chance(96) ? dice.pick(booleans) : 'yes' };
}

function syntax(dice: Dice): Config {
  return dice.chance(45) ? {} : { 'field.syntax.version': dice.pick(['V1', 'V2', 'V2', 'V2', 'v2', 'V3']) };
}

function names(dice: Dice): string {
  return dice.some(fieldNames, 40).join(dice.chance(85) ? ',' : ' , ');
}

function fieldPath(dice: Dice): string {
  if (dice.chance(60)) return dice.pick(fieldNames);
  const steps = dice.list(1, 3, () => {
    const name = dice.pick(fieldNames);
    return dice.chance(30) ? `\`${name}\`` : name;
  });
  const path = steps.join('.');
  return dice.chance(90) ? path : path + dice.pick(['.', '`', '\\`', '..a', '']);
}

const castTypes = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string'] as const;

function castSpec(dice: Dice): string {
  const type = () =>
    dice.chance(97) ? dice.pick(castTypes) : dice.pick(['bytes', 'array', 'INT8', 'float', '', ' int8 ']);
  if (dice.chance(35)) return type();
  return dice
    .some(fieldNames, 40)
    .map((name) => `${name}:${type()}`)
    .join(',');
}

function headerFromConfig(dice: Dice): Config {
  const fields = dice.some(fieldNames, 25);
  const headers = fields.map(() => dice.pick(['h', 'a', 'trace']));
  return {
    fields: fields.join(','),
    headers: (dice.chance(96) ? headers : [...headers, 'x']).join(','),
    operation: dice.pick(['move', 'copy', dice.chance(90) ? 'copy' : 'COPY']),
    ...replaceNull(dice),
  };
}

function insertFieldConfig(dice: Dice): Config {
  const name = () => dice.pick(['topic', 'part', 'new', 'x!', 'y?', 'z', 'w!', 'a', '!', '?', 'v!?']);
  return {
    ...(dice.chance(40) && { 'topic.field': name() }),
    ...(dice.chance(40) && { 'partition.field': name() }),
    ...(dice.chance(20) && { 'offset.field': name() }),
    ...(dice.chance(40) && { 'timestamp.field': name() }),
    ...(dice.chance(30) && { 'static.field': name() }),
    ...(dice.chance(35) && { 'static.value': anyText(dice) }),
    ...replaceNull(dice),
  };
}

function replaceFieldConfig(dice: Dice): Config {
  const renames = dice
    .some(fieldNames, 25)
    .map((name) => `${name}:${dice.pick(['z', 'y', 'b', 'new.name'])}`);
  return {
    ...(dice.chance(50) && { exclude: names(dice) }),
    ...(dice.chance(40) && { include: names(dice) }),
    ...(dice.chance(50) && { renames: renames.join(',') }),
    ...(dice.chance(3) && { renames: dice.pick(['a', 'a:b:c', ':b', 'a:', ':', 'a:b,a:c']) }),
    ...replaceNull(dice),
  };
}

const datePatterns = [
  'yyyy-MM-dd',
  "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
  'yyyyMMdd',
  'yy/M/d',
  'EEE, d MMM yyyy HH:mm:ss Z',
]
  .concat([
    'yyyyMMddHHmmss',
    'HH:mm:ss.SSS',
    'h:mm a',
    'yyyy-DDD',
    "yyyy-'W'ww-u",
    'GGG yyyy',
    'MMMM d, yyyy',
    'X',
    'XXX',
  ])
  .concat([
    'z',
    'zzzz',
    'k K',
    'YYYY',
    'W F',
    'yyyyyy',
    'S',
    "''yyyy''",
    'MMM',
    'EEEE',
    'bogus',
    "yyyy'",
    'XXXX',
    'L LLL',
  ])
  .concat([
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    'd.M.yy',
    'yyy',
    'y',
    'MM',
    'E',
    'a',
    'G',
    ' yyyy',
    'yyyy MM dd HH mm ss SSS z',
  ]);

function timestampConverterConfig(dice: Dice): Config {
  const target = dice.pick(['string', 'unix', 'Date', 'Time', 'Timestamp']);
  return {
    'target.type': dice.chance(98) ? target : dice.pick(['STRING', 'date', '']),
    ...(dice.chance(60) && { field: dice.pick([...fieldNames, 'ts', '', 'missing']) }),
    ...((target === 'string' || dice.chance(40)) && { format: dice.pick(datePatterns) }),
    ...(dice.chance(50) && { 'unix.precision': dice.pick(precisions) }),
    ...replaceNull(dice),
  };
}

const precisions = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds', 'seconds', 'Seconds'] as const;

const patterns = [
  '.*',
  'orders.*',
  'orders',
  '(o)(r).*',
  '[a-z]+',
  '(?<first>[a-z]+)-(?<second>.*)',
  '(?i)orders_1',
  't|a.b',
].concat(['\\w+', 'x(\\d)y(\\d)', '', '(', '[', '*', '^orders-eu$', '(a)?t', '(.*)', '\\Qa.b\\E', '.']);

const replacements = [
  'x',
  '$1',
  '$0',
  '$1-$2',
  '$' + '{first}',
  '$' + '{second}_$' + '{first}',
  '\\$1',
  '$9',
  '$',
  '\\',
  '$x',
  '',
].concat(['$' + '{x}', 'a$1b', '$10', '$' + '{', '\\\\', '$1$1', '$' + '{1}', 'é']);

function regexRouterConfig(dice: Dice): Config {
  return { regex: dice.pick(patterns), replacement: dice.pick(replacements) };
}

const topicFormats = [
  '$' + '{topic}-$' + '{timestamp}',
  '$' + '{topic}',
  '$' + '{timestamp}',
  'fixed',
  '',
  '$' + '{topic}$' + '{topic}',
].concat(['a$1$' + '{timestamp}b\\', '$' + '{other}', '$' + '{topic']);
