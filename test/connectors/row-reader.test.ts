import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Dialect, RowReader } from '../../connectors/csv/row-reader.ts';
import { LineCutter } from '../../connectors/file/line-cutter.ts';

const rfc4180: Dialect = {
  delimiter: 44,
  quote: 34,
  escaping: 34,
  comment: undefined,
  charset: 'UTF-8',
  isTrimmed: false,
};

interface Row {
  readonly cells: readonly string[];
  readonly problem: string | undefined;
  readonly raw: string;
  readonly lines: number;
}

/** The rows of bytes that come in two parts. */
function rowsOf(bytes: Buffer, cut: number, dialect: Dialect): Row[] {
  const reader = new RowReader(dialect);
  const rows: Row[] = [];
  const readAll = (window: Buffer) => {
    for (let cells = reader.next(); cells !== undefined; cells = reader.next()) {
      const raw = window.toString('utf8', reader.start, reader.end);
      rows.push({ cells, problem: reader.problem, raw, lines: reader.lines });
    }
  };
  const first = bytes.subarray(0, cut);
  reader.load(first, false);
  readAll(first);
  const rest = bytes.subarray(reader.position);
  reader.load(rest, true);
  readAll(rest);
  return rows;
}

const dialects: readonly Dialect[] = [
  rfc4180,
  { ...rfc4180, isTrimmed: true },
  { ...rfc4180, escaping: 92 },
  { ...rfc4180, quote: undefined },
];

test.each(dialects)('rows do not depend on where the bytes were cut: %j', (dialect) => {
  const text = 'a,"b ""x"", y"\r\n1 ,  "two\nlines" \n"",é\r\n\n"\\"",x\n"q"z,1\nend,"last"';
  const bytes = Buffer.from(text);
  const whole = rowsOf(bytes, 0, dialect);
  expect(whole.length).toBeGreaterThan(5);
  for (let cut = 1; cut <= bytes.length; cut++) expect(rowsOf(bytes, cut, dialect)).toEqual(whole);
});

test('random bytes give the same rows wherever they are cut', () => {
  const byte = fc.constantFrom(...Buffer.from('a1,,""\n\n\r\\ é'));
  fc.assert(
    fc.property(
      fc.array(byte, { maxLength: 30 }),
      fc.nat(30),
      fc.constantFrom(...dialects),
      (list, cut, dialect) => {
        const bytes = Buffer.from(list);
        expect(rowsOf(bytes, Math.min(cut, bytes.length), dialect)).toEqual(rowsOf(bytes, 0, dialect));
      },
    ),
    { numRuns: 500 },
  );
});

test('lines do not depend on how the bytes come', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é'), maxLength: 5 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''));
      const cutter = new LineCutter();
      const lines: (string | undefined)[] = [];
      for (const { length } of pieces.map((text) => Buffer.from(text))) {
        cutter.add(bytes.subarray(cutter.taken + cutter.pending, cutter.taken + cutter.pending + length));
        for (let line = cutter.next(); line !== undefined; line = cutter.next()) lines.push(line.text);
      }
      for (let line = cutter.last(); line !== undefined; line = cutter.last()) lines.push(line.text);
      const expected = bytes.toString().split(/\r\n|\n|\r/);
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected);
      expect(cutter.taken).toBe(bytes.length);
    }),
    { numRuns: 500 },
  );
});
