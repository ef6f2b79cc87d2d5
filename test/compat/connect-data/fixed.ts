import type { SchemaJson, ValueJson } from './description.ts';
import type { Question, Subject } from './questions.ts';

const jsonClass = 'org.apache.kafka.connect.json.JsonConverter';
const transformPackage = 'org.apache.kafka.connect.transforms';

/** What random questions have once found to be answered otherwise, or nearly so; asked in every run. */
export function fixedSubject(): Subject {
  const questions = [
    ...headerTexts.map((text): Question => ({ subject: 'parse', text })),
    ...plainJson.map((text) => readJson(text, { 'schemas.enable': 'false' })),
    ...envelopes.map(([schema, payload]) => readJson(`{"schema":${schema},"payload":${payload}}`, {})),
    ...written.map(
      ([schema, value]): Question => ({ subject: 'write', class: jsonClass, config: {}, schema, value }),
    ),
    ...conversions.map(
      ([to, schema, value]): Question => ({ subject: 'convert', to, scale: 2, schema, value }),
    ),
    ...dates.map(([format, text]) =>
      transform('TimestampConverter$Value', { 'target.type': 'Timestamp', format }, { string: text }),
    ),
    ...transforms.map(([name, config, value, schema]) => transform(name, config, value, schema)),
  ];
  return { name: 'what was found before', questions, cases: questions.length };
}

function readJson(text: string, config: Readonly<Record<string, string>>): Question {
  return { subject: 'read', class: jsonClass, config, bytes: Buffer.from(text).toString('base64') };
}

function transform(
  name: string,
  config: Readonly<Record<string, string>>,
  value: ValueJson,
  schema: SchemaJson | null = null,
): Question {
  const record = { topic: 'orders', keySchema: null, key: null, valueSchema: schema, value, headers: [] };
  return { subject: 'transform', class: `${transformPackage}.${name}`, config, records: [record] };
}

const headerTexts = ['1E3-01-002', '[0.1,{}]', '[[1e-3],"5."]', '{"a":null,"a":true}', '{"a":false,"a":null}']
  .concat(['[1.5,2024-01-02]', '[1,2024-01-02]', '[2024-01-02T03:04:05.678Z,1]', '[128,14:34:54.346Z]'])
  .concat([
    '{0e0:"x",1970-01-01:2024-01-02}',
    '["\u001f"]',
    '\u00a01',
    '[1,"2"]',
    '1e2147483648',
    '1E000000000012',
    '１２',
    '203129.63026',
  ]);

const plainJson = [
  '"b":1}',
  '[00]',
  ' ',
  '1x',
  'true:',
  'nullx',
  '-01.5',
  '[-0.0]',
  '{"a":1} {',
  '[1,]',
  '{"a":01}',
  '+1',
  '\ufeff{}',
  '\u00007',
];

const decimal = '{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"}}';
const time = '{"type":"int32","name":"org.apache.kafka.connect.data.Time"}';
const date = '{"type":"int32","name":"org.apache.kafka.connect.data.Date"}';
const required = '{"type":"struct","fields":[{"type":"bytes","field":"c"}]}';
const nested = '{"type":"array","items":{"type":"array","items":{"type":"string"}},"field":"a"}';

const envelopes: readonly (readonly [schema: string, payload: string])[] = [
  ['{"type":"array","items":null}', 'null'],
  ['{"type":"map","keys":null,"values":null}', 'null'],
  ['{"type":"map","keys":{"type":"int8"},"values":null}', 'null'],
  ['{"type":"map","keys":{"type":"int8"}}', 'null'],
  ['{"type":"map","keys":{"type":"int8"},"values":{"type":"int8"}}', '[null]'],
  ['{"type":"struct","fields":[null]}', '{}'],
  ['{"type":"struct","fields":[{"field":"","type":"int8"}]}', '{"":1}'],
  ['{"type":"int8","version":2147483648}', '1'],
  ['{"type":"int8","parameters":{"a":1}}', '1'],
  ['{"type":"int8","parameters":[]}', '1'],
  ['{"type":"int8","default":null}', '1'],
  ['{"type":"int8","default":"x"}', 'null'],
  ['{"type":"bytes","default":1}', 'null'],
  ['{"type":"int64"}', '3.4e39'],
  ['{"type":"double"}', '-0.0'],
  ['{"type":"bytes"}', '"AA==AA=="'],
  ['{"type":"bytes"}', '" AAAA AAAA "'],
  ['{"type":"bytes"}', '"AA AA"'],
  [decimal, '""'],
  ['{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal"}', '"AA=="'],
  [time, '-1'],
  [time, '86400000'],
  [time, '86400001'],
  [date, '1.0'],
  [date, '1e2'],
  [required, '{"c":[]}'],
  [`{"type":"struct","fields":[${nested}]}`, '{"a":[[1]]}'],
];

const int16: SchemaJson = { type: 'int16' };
const timestamp: SchemaJson = { type: 'int64', name: 'org.apache.kafka.connect.data.Timestamp', version: 1 };

const written: readonly (readonly [SchemaJson | null, ValueJson])[] = [
  [null, { string: 'T😀\u0001é\ud800x' }],
  [{ type: 'string', name: '😀', doc: '\u001f', parameters: { '😀': '"' } }, { string: '' }],
  [{ type: 'float32' }, { float32: '203129.625' }],
];

const conversions: readonly (readonly [string, SchemaJson | null, ValueJson])[] = [
  ['string', { type: 'array', values: { type: 'bytes' } }, { array: [{ bytes: 'j5NY' }] }],
  ['int8', null, { string: '١٢' }],
  ['boolean', null, { string: '1e999999999' }],
  ['int64', { type: 'int32', name: 'org.apache.kafka.connect.data.Date' }, { date: '3385670400005' }],
  ['Decimal', null, { int64: '52' }],
  ['Date', timestamp, { date: '-1' }],
  ['Time', timestamp, { date: '-62135769600001' }],
];

const dates: readonly (readonly [format: string, text: string])[] = [
  ['yy/M/d', '46/2/4'],
  ['YYYY', '1970'],
  ['W F', '2 1'],
  ["yyyy-'W'ww-u", '1972-W12-7'],
  ["yyyy-'W'ww-u", '0001-W01-0130-5'],
  ['EEEE', 'Friday'],
  ['z', 'UT+'],
  ['Z', 'GMT+0000'],
  ['XXX', '-0130'],
  ['G', ' AD'],
  ['yyyyMMdd', '193  119'],
  ['yyyyMMddHHmmss', '19700101 3331'],
  ['yyyyMMdd', '-01305821004'],
];

const proto: ValueJson = { map: [[{ string: '__proto__' }, { int64: '-29' }]] };
const structSchema: SchemaJson = {
  type: 'struct',
  fields: [
    { name: 'b', schema: { type: 'string', optional: true } },
    { name: 'é', schema: { type: 'int8', default: { int8: '1' } } },
  ],
};
const struct: ValueJson = { struct: [['b', { string: 'x' }]] };

const transforms: readonly (readonly [string, Record<string, string>, ValueJson, SchemaJson?])[] = [
  ['Cast$Value', { spec: 'a:int8' }, proto],
  ['Cast$Value', { spec: 'a:float32' }, { map: [[{ string: 'a' }, { float64: '0.1' }]] }],
  ['Cast$Value', { spec: 'a:int8' }, { int16: '1' }, int16],
  ['Cast$Value', { spec: 'int8' }, proto],
  ['Cast$Value', { spec: 'int32' }, { date: '0' }, { ...timestamp, default: { date: '1' } }],
  ['InsertField$Value', { 'topic.field': 'a' }, proto],
  ['InsertField$Value', { 'topic.field': '?' }, struct, structSchema],
  ['MaskField$Value', { fields: 'é', replacement: '7' }, struct, structSchema],
  ['Flatten$Value', { delimiter: ' ' }, { map: [[{ string: 'a' }, proto]] }],
  ['HeaderFrom$Value', { fields: 'z', headers: 'h', operation: 'move' }, struct, structSchema],
  ['HoistField$Value', { field: 'a' }, null, int16],
  ['ReplaceField$Value', { renames: 'z:b' }, struct, structSchema],
  ['ReplaceField$Value', { exclude: 'b,b' }, struct, structSchema],
  ['ReplaceField$Value', { exclude: 'b,,c' }, struct, structSchema],
  ['RegexRouter', { regex: '.*', replacement: '$' + '{' }, null],
  ['RegexRouter', { regex: '.*', replacement: '$' + '{1}' }, null],
  ['RegexRouter', { regex: '.*', replacement: '$' }, null],
  ['TimestampRouter', { 'timestamp.format': "yyyy'" }, null],
  ['TimestampConverter$Value', { 'target.type': 'unix', field: 'a' }, { int16: '1' }, int16],
];
