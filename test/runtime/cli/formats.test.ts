import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { inputLines } from '../../../runtime/cli/input-lines.ts';
import { deserializerOf } from '../../../runtime/cli/kafka-tools/console-consumer/deserializers.ts';
import { LineParser } from '../../../runtime/cli/kafka-tools/console-producer/line-parser.ts';
import { parseDateTime, parseDuration } from '../../../runtime/cli/kafka-tools/consumer-groups/java-time.ts';
import { parseOffsetFile } from '../../../runtime/cli/kafka-tools/consumer-groups/offset-file.ts';
import { logLine } from '../../../runtime/cli/kafka-tools/log-line.ts';
import { parseProperties } from '../../../runtime/cli/kafka-tools/properties-file.ts';
import { toolLogger } from '../../../runtime/cli/kafka-tools/tool-logger.ts';
import { ToolOutput } from '../../../runtime/cli/kafka-tools/tool-output.ts';
import { topicFilter } from '../../../runtime/cli/kafka-tools/topic-filter.ts';
import { javaHashOrder } from '../../../runtime/data/index.ts';

test('properties are read as Java reads them', () => {
  const text = [
    '# comment',
    '  ! another = one',
    '',
    'a=1',
    'b : two words ',
    'c three',
    'joined=x,\\',
    '   y',
    'key\\ with\\=signs=v',
    'escaped=\\t\\u0041\\\\n',
    'empty=',
    'alone',
    'a=last wins',
    'end=no line feed\\',
  ].join('\r\n');
  expect(Object.fromEntries(parseProperties(text))).toEqual({
    a: 'last wins',
    b: 'two words ',
    c: 'three',
    joined: 'x,y',
    'key with=signs': 'v',
    escaped: '\tA\\n',
    empty: '',
    alone: '',
    end: 'no line feed',
  });
});

test('any text is properties, whatever it means', () => {
  fc.assert(fc.property(fc.string(), (text) => parseProperties(text).size >= 0));
});

test.each([
  ['2020-01-01T00:00:00.000', '2020-01-01T00:00:00.000Z'],
  ['2020-01-01T00:00:00', '2020-01-01T00:00:00.000Z'],
  ['2020-06-01T12:30:15.5+02:00', '2020-06-01T10:30:15.500Z'],
  ['2020-06-01T12:30:15.123-0330', '2020-06-01T16:00:15.123Z'],
  ['2020-06-01T12:30:15.123Z', '2020-06-01T12:30:15.123Z'],
])('the datetime %s is %s', (text, iso) => {
  expect(new Date(parseDateTime(text)).toISOString()).toBe(iso);
});

test.each([
  'yesterday',
  '2020-01-01',
  '2020-13-01T00:00:00',
  '2020-02-30T00:00:00',
  '2020-01-01T25:00:00',
  'T',
])('%s is no datetime', (text) => {
  expect(() => parseDateTime(text)).toThrow(/timestamp|Unparseable/);
});

test.each([
  ['P1D', 86_400_000],
  ['PT1H30M', 5_400_000],
  ['p1dt2h3m4.5s', 93_784_500],
  ['PT0S', 0],
])('the duration %s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['P', 'PT', '1D', 'P1H', 'P1DT', 'P-1D', ''])('%j is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow('Text cannot be parsed to a Duration');
});

test('offset files name groups only when there are several', () => {
  expect([...parseOffsetFile('t,0,5\n"t",1,6\n\n', 'f', ['g'])]).toEqual([
    [
      'g',
      [
        { topic: 't', partition: 0, offset: 5 },
        { topic: 't', partition: 1, offset: 6 },
      ],
    ],
  ]);
  expect([...parseOffsetFile('a,t,0,5\nb,t,0,6', 'f', ['a', 'b']).keys()]).toEqual(['a', 'b']);
});

test.each(['t,0', 't,0,1,2', 't,x,1', ',0,1', 't,0,-1'])(
  'the offset line %s is refused with its number',
  (line) => {
    expect(() => parseOffsetFile(`t,0,1\n${line}`, 'f.csv', ['g'])).toThrow(
      'f.csv:2: expected topic,partition,offset',
    );
  },
);

test('names come in the order of a Java hash map', () => {
  const order = (names: string[]) => javaHashOrder(names, (name) => name);
  expect(order(['banana', 'apple', 'cherry'])).toEqual(['banana', 'apple', 'cherry']);
  expect(order(['a', 'p', 'q', 'A'])).toEqual(['p', 'a', 'q', 'A']);
});

test('log lines have local time with milliseconds behind a comma', () => {
  const at = new Date(2026, 0, 5, 3, 4, 5, 6).getTime();
  expect(logLine(at, 'WARN', 'text', 'org.X')).toBe('[2026-01-05 03:04:05,006] WARN text (org.X)');
});

test.each([
  ['orders', ['orders']],
  ['orders,payments', ['orders', 'payments']],
  ['orders|payments', ['orders', 'payments']],
  ['pay.*', ['payments']],
  ['"orders"', ['orders']],
  ['.*', ['orders', 'payments', 'a.b']],
  ['a.b', ['a.b']],
  ['order', []],
])('the topic filter %s selects %j', (text, expected) => {
  expect(['orders', 'payments', 'a.b'].filter(topicFilter(text))).toEqual(expected);
});

test('a topic filter that is no regular expression is refused', () => {
  expect(() => topicFilter('a(')).toThrow('Invalid regex');
});

const parsed = (line: string, properties: Record<string, string>) => {
  const { key, value, headers } = new LineParser(new Map(Object.entries(properties))).parse(
    Buffer.from(line),
    7,
  );
  const text = (part: typeof key) => (part == null ? null : Buffer.from(part as Uint8Array).toString());
  return [text(key), text(value), ...(headers ?? []).map((header) => `${header.key}=${text(header.value)}`)];
};
const keyed = { 'parse.key': 'true', 'key.separator': ':' };
const withHeaders = { 'parse.key': 'true', 'parse.headers': 'true' };

test.each([
  ['a:b', {}, [null, 'a:b']],
  ['a:b:c', keyed, ['a', 'b:c']],
  [':b', keyed, ['', 'b']],
  ['none', { ...keyed, 'ignore.error': 'true' }, [null, 'none']],
  ['NULL:NULL', { ...keyed, 'null.marker': 'NULL' }, [null, null]],
  ['h1:a,h2:b\tk\tv', withHeaders, ['k', 'v', 'h1=a', 'h2=b']],
  ['h1:\tk\tv', withHeaders, ['k', 'v', 'h1=']],
  ['h1:N\tk\tv', { ...withHeaders, 'null.marker': 'N' }, ['k', 'v', 'h1=null']],
  ['N\tk\tv', { ...withHeaders, 'null.marker': 'N' }, ['k', 'v']],
  ['h1\tk\tv', { ...withHeaders, 'ignore.error': 'true' }, ['k', 'v', 'h1=null']],
  [
    'h=1;i=2|v',
    {
      'parse.headers': 'true',
      'headers.delimiter': '|',
      'headers.separator': ';',
      'headers.key.separator': '=',
    },
    [null, 'v', 'h=1', 'i=2'],
  ],
])('the line %j with %j is %j', (line, properties, expected) => {
  expect(parsed(line, properties as Record<string, string>)).toEqual(expected);
});

test.each([
  ['nokey', keyed, "No key separator found on line number 7: 'nokey'"],
  ['none', withHeaders, "No headers delimiter found on line number 7: 'none'"],
  ['h1\tk\tv', withHeaders, "No header key separator found in pair 'h1' on line number 7"],
  [
    'N:1\tk\tv',
    { ...withHeaders, 'null.marker': 'N' },
    "Header keys should not be equal to the null marker 'N'",
  ],
])('the line %j with %j is refused', (line, properties, message) => {
  expect(() => parsed(line, properties as Record<string, string>)).toThrow(message);
});

test('bytes that are not UTF-8 pass through the line parser', () => {
  const parser = new LineParser(new Map(Object.entries(keyed)));
  const line = Buffer.from([0xff, 0x3a, 0xfe]);
  expect(parser.parse(line, 1)).toEqual({
    key: Buffer.from([0xff]),
    value: Buffer.from([0xfe]),
    headers: [],
  });
});

test('settings of the line parser are checked', () => {
  expect(() => new LineParser(new Map([['parse.key', 'yes']]))).toThrow(
    'Invalid value yes for configuration parse.key',
  );
  expect(() => new LineParser(new Map([['key.separator', '']]))).toThrow('key.separator may not be empty');
  const same = new Map([
    ['parse.headers', 'true'],
    ['headers.separator', ':'],
  ]);
  expect(() => new LineParser(same)).toThrow('headers.separator and headers.key.separator may not be equal');
});

test.each([
  ['String', '6869', 'hi'],
  ['org.apache.kafka.common.serialization.LongDeserializer', '000000000000002a', '42'],
  ['IntegerDeserializer', 'ffffffff', '-1'],
  ['ShortDeserializer', '0100', '256'],
  ['BooleanDeserializer', '01', 'true'],
  ['DoubleDeserializer', '3ff0000000000000', '1.0'],
  ['DoubleDeserializer', '4202a05f20000000', '1.0E10'],
  ['DoubleDeserializer', '8000000000000000', '-0.0'],
  ['FloatDeserializer', '3dcccccd', '0.1'],
  ['FloatDeserializer', '7f800000', 'Infinity'],
])('%s prints %s as %s', (name, hex, text) => {
  expect(Buffer.from(deserializerOf(name)(Buffer.from(hex, 'hex'))).toString()).toBe(text);
});

test('a deserializer refuses bytes of another size, and unknown classes are named', () => {
  expect(() => deserializerOf('LongDeserializer')(Buffer.from('x'))).toThrow(
    'Size of data received by LongDeserializer is not 8',
  );
  expect(() => deserializerOf('BooleanDeserializer')(Buffer.from([2]))).toThrow('Unexpected byte');
  expect(() => deserializerOf('VoidDeserializer')(Buffer.from([2]))).toThrow('should be null');
  expect(() => deserializerOf('io.acme.Avro')).toThrow('Class io.acme.Avro could not be found');
});

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  async function* input() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: string[] = [];
  for await (const each of inputLines(input())) lines.push(...each.map(String));
  return lines;
}

test('lines are found wherever the chunks begin', async () => {
  expect(await linesOf('a\nb', 'c\r\n', '\n', 'd')).toEqual(['a', 'bc', '', 'd']);
  expect(await linesOf()).toEqual([]);
  expect(await linesOf('\n')).toEqual(['']);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[ab]{0,3}$/)),
      fc.integer({ min: 1, max: 5 }),
      async (lines, size) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        expect(await linesOf(...chunks)).toEqual(lines);
      },
    ),
  );
});

test('reading lines ends when it is told to, even if nothing comes', async () => {
  const controller = new AbortController();
  const never: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
  };
  const reading = inputLines(never, controller.signal).next();
  controller.abort();
  expect(await reading).toEqual({ done: true, value: undefined });
});

test('warnings of the client become lines on stderr, and nothing else does', () => {
  const stream = new PassThrough();
  const logger = toolLogger(new ToolOutput(stream), new ManualClock()).child({ clientId: 'a' });
  logger.debug({}, 'unseen');
  logger.info({}, 'unseen');
  logger.warn({ error: new Error('why'), topics: ['t'] }, 'something is wrong');
  const [line, ...more] = String(stream.read()).split('\n');
  expect(line).toMatch(
    /^\[[^\]]*\] WARN something is wrong clientId=a error='why' topics=\["t"\] \(millrace\)$/,
  );
  expect(more).toEqual(['']);
});

test('output waits for its reader, and fails as the stream does', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  const output = new ToolOutput(stream);
  let isWritten = false;
  const writing = output.write('longer than four').then(() => {
    isWritten = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isWritten).toBe(false);
  stream.resume();
  await writing;
  const full = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    },
  });
  const broken = new ToolOutput(full);
  await broken.write('x').catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  await expect(broken.write('y')).rejects.toThrow('no space left');
});
