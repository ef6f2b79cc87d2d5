import { describe, expect, test } from 'vitest';
import { openConverter } from '../../../runtime/converters/index.ts';
import { jsonConverter } from '../../../runtime/converters/json-converter.ts';
import { numberConverters } from '../../../runtime/converters/number-converters.ts';
import { stringConverter } from '../../../runtime/converters/string-converter.ts';
import { type Schema, schemas } from '../../../runtime/data/index.ts';

const subject = { topic: 't', headers: [] };
const use = { isKey: false, signal: new AbortController().signal };

describe('JSON as Jackson takes it', () => {
  test.each([
    ['"b":1}', 'b'],
    ['[00,-01.5]', [0, -1.5]],
    [' \n', null],
    ['true:', true],
    ['{"a":01} {', { a: 1 }],
    ['\ufeff{}', {}],
    ['\u00007', 7],
    ['{"__proto__":01}', JSON.parse('{"__proto__":1}')],
  ])('%j is read', async (text, value) => {
    const converter = await openConverter(jsonConverter, { 'schemas.enable': 'false' }, use);
    expect(await converter.toConnectData(subject, Buffer.from(text))).toEqual({ schema: undefined, value });
  });

  test.each(['1x', 'nullx', '[1,]', '+1', '{"a" 1}', '{a:1}', '"\\x"', '[', '-', `${'['.repeat(1002)}00`])(
    '%j is refused',
    async (text) => {
      const converter = await openConverter(jsonConverter, { 'schemas.enable': 'false' }, use);
      expect(() => converter.toConnectData(subject, Buffer.from(text))).toThrow('serialization error');
    },
  );

  test('bytes that are no UTF-8 are refused in the value, and not looked at behind it', async () => {
    const converter = await openConverter(jsonConverter, { 'schemas.enable': 'false' }, use);
    expect(await converter.toConnectData(subject, Buffer.from('3420e8', 'hex'))).toMatchObject({ value: 4 });
    for (const hex of ['34e8', '22e822'])
      expect(() => converter.toConnectData(subject, Buffer.from(hex, 'hex'))).toThrow('serialization error');
  });

  test('characters beyond 16 bits are written as two escapes, in schemas too', async () => {
    const converter = await openConverter(jsonConverter, {}, use);
    const schema = schemas.string({ name: '😀', doc: '\u001f', parameters: { '😀': 'x' } });
    const bytes = await converter.fromConnectData(subject, schema, '\ud800é');
    expect(String(bytes)).toBe(
      '{"schema":{"type":"string","optional":false,"name":"\\uD83D\\uDE00","doc":"\\u001F",' +
        '"parameters":{"\\uD83D\\uDE00":"x"}},"payload":"\\uD800é"}',
    );
  });
});

describe('envelopes', () => {
  const moment = (name: string): string =>
    `{"type":"int32","name":"org.apache.kafka.connect.data.${name}","optional":true}`;
  const field = (schema: string): string => `{"type":"struct","fields":[${schema}]}`;

  test.each([
    ['{"type":"array","items":null}', 'null', 'Array schema did not specify the element type'],
    ['{"type":"map","keys":null,"values":{"type":"int8"}}', 'null', 'keySchema cannot be null.'],
    ['{"type":"map","keys":{"type":"int8"},"values":null}', 'null', 'valueSchema cannot be null.'],
    ['{"type":"map","keys":{"type":"int8"}}', 'null', 'Map schema did not specify the value type'],
    ['{"type":"bytes","default":1}', '""', 'Invalid default value'],
    ['{"type":"int8","default":null}', '1', 'Invalid null value for required INT8 field'],
    ['{"type":"bytes"}', '"AA AA"', 'Invalid bytes field'],
    [moment('Time'), '-1', 'Time values must use number of milliseconds'],
    [moment('Date'), '1.0', 'should be integer but was NUMBER'],
    [moment('Date'), '1e2', 'should be integer but was NUMBER'],
    [
      field('{"type":"bytes","field":"c"}'),
      '{"c":[]}',
      'null used for required field: "c", schema type: BYTES',
    ],
    [
      field('{"type":"array","items":{"type":"string"},"field":"a"}'),
      '{"a":[1]}',
      'null used for required element of array field: "a", schema type: STRING',
    ],
  ])('%s with %s is refused', async (schema, payload, message) => {
    const converter = await openConverter(jsonConverter, {}, use);
    const bytes = Buffer.from(`{"schema":${schema},"payload":${payload}}`);
    expect(() => converter.toConnectData(subject, bytes)).toThrow(message);
  });

  test.each([
    ['{"type":"int64"}', '3.4e39', 4924840673913339904n],
    ['{"type":"double"}', '-0.0', 0],
    ['{"type":"bytes"}', '" AAAA AA==AQ== "', Buffer.from([0, 0, 0, 0, 1])],
    ['{"type":"int8","parameters":[]}', '1', 1],
  ])('%s with %s is read', async (schema, payload, value) => {
    const converter = await openConverter(jsonConverter, {}, use);
    const bytes = Buffer.from(`{"schema":${schema},"payload":${payload}}`);
    expect(await converter.toConnectData(subject, bytes)).toMatchObject({ value });
  });
});

describe('the small converters', () => {
  test.each<[string, string, string]>([
    ['UTF-16', 'é', 'feff00e9'],
    ['utf-16be', 'é', '00e9'],
    ['UTF-16LE', 'é', 'e900'],
    ['US-ASCII', 'é😀a', '3f3f61'],
    ['ISO-8859-1', 'é😀a', 'e93f61'],
    ['UTF-8', 'é', 'c3a9'],
  ])('%s writes %j', async (encoding, text, hex) => {
    const converter = await openConverter(stringConverter, { 'converter.encoding': encoding }, use);
    const bytes = await converter.fromConnectData(subject, undefined, text);
    expect(Buffer.from(bytes ?? []).toString('hex')).toBe(hex);
    if (!text.includes('😀'))
      expect(await converter.toConnectData(subject, bytes)).toMatchObject({ value: text });
  });

  test('a default does not stand for null in the text of a struct', async () => {
    const converter = await openConverter(stringConverter, {}, use);
    const schema = schemas.struct({ a: schemas.int8(), b: schemas.int8({ optional: true, default: 7 }) });
    expect(String(await converter.fromConnectData(subject, schema, { a: 1, b: null }))).toBe('Struct{a=1}');
  });

  test.each<[Schema, boolean]>([
    [schemas.int8(), false],
    [schemas.int16(), true],
    [schemas.int32(), false],
  ])('a number of another type than the converter is for is refused: %#', async (schema, isRight) => {
    const [short] = numberConverters;
    if (short === undefined) throw new Error('there is no converter of shorts');
    const converter = await openConverter(short, {}, use);
    const write = () => converter.fromConnectData(subject, schema, 1);
    if (isRight) expect(write()).toEqual(Buffer.from([0, 1]));
    else expect(write).toThrow('Failed to serialize to short');
  });
});
