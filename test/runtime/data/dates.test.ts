import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDayOf, epochDayOf, simpleDateFormat } from '../../../runtime/data/index.ts';

const dayMs = 86_400_000;

describe('the calendar', () => {
  test('a day and its number are one to one, before and after the change of calendars', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000, max: 2_000_000 }), (epochDay) => {
        expect(epochDayOf(civilDayOf(epochDay))).toBe(epochDay);
      }),
    );
  });

  test('days since the Gregorian calendar are those of Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -141_427, max: 2_000_000 }), (epochDay) => {
        const date = new Date(epochDay * dayMs);
        const { year, month, day } = civilDayOf(epochDay);
        expect([year, month, day]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ]);
      }),
    );
  });

  test('4 October 1582 is the day before 15 October 1582', () => {
    expect(civilDayOf(-141_427)).toEqual({ year: 1582, month: 10, day: 15 });
    expect(civilDayOf(-141_428)).toEqual({ year: 1582, month: 10, day: 4 });
  });
});

describe('date patterns', () => {
  const moment = Date.UTC(2024, 1, 29, 13, 5, 9, 7);

  test.each([
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", '2024-02-29T13:05:09.007Z'],
    ['EEEE, d MMMM yyyy', 'Thursday, 29 February 2024'],
    ['h:mm a', '1:05 PM'],
    ['K k', '1 13'],
    ["''yy''", "'24'"],
    ["'at' HH 'o''clock'", "at 13 o'clock"],
    ['D w W F u', '60 9 5 5 4'],
    ['G Y', 'AD 2024'],
    ['zzzz Z', 'Coordinated Universal Time +0000'],
  ])('%s prints %s', (pattern, text) => {
    expect(simpleDateFormat(pattern).format(moment)).toBe(text);
  });

  test('the last days of a year belong to the first week of the next when 1 January is in it', () => {
    expect(simpleDateFormat('YYYY w').format(Date.UTC(2024, 11, 31))).toBe('2025 1');
    expect(simpleDateFormat('yyyy G').format(Date.UTC(-43, 2, 15))).toBe('0044 BC');
  });

  test('what a full pattern prints it reads', () => {
    const format = simpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZ");
    fc.assert(
      fc.property(fc.integer({ min: -62_000_000_000_000, max: 250_000_000_000_000 }), (epochMs) => {
        expect(format.parse(format.format(epochMs))).toBe(epochMs);
      }),
    );
  });

  test('any text is read or refused, never an error', () => {
    const format = simpleDateFormat('EEE, dd MMM yy hh:mm:ss.SSS a z G X');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([undefined, 'number']).toContain(format.parse(text) === undefined ? undefined : 'number');
      }),
    );
  });

  test.each([
    ['yyyyMMddHHmmssSSS', '20231114221320123', 1700000000123],
    ['dd MMM yyyy', '14 nov 2023', Date.UTC(2023, 10, 14)],
    ['yyyy-DDD', '2024-060', Date.UTC(2024, 1, 29)],
    ['hh a', '12 AM', 0],
    ['hh a', '12 PM', 43_200_000],
    ['kk', '24', 0],
    ['HH z', '10 EST', 15 * 3_600_000],
    ['HH z', '10 GMT+1:00', 9 * 3_600_000],
    ['yyyy-MM-dd', '1E3-01-002', -30_609_705_600_000],
    ["yyyy-'W'ww-u", '1972-W12-7', 69_206_400_000],
    ['YYYY', '1970', -345_600_000],
    ['W F', '2 1', 259_200_000],
    ['EEEE', 'Friday', 86_400_000],
    ['HH', 'NaN', 0],
    ['HH Z', '10 -0130', 11.5 * 3_600_000],
    ['yyyy-MM-dd', '2024-02-30', Date.UTC(2024, 2, 1)],
    ['yyyy-MM-dd', ' 2024-2-3tail', Date.UTC(2024, 1, 3)],
  ])('%s reads %j', (pattern, text, epochMs) => {
    expect(simpleDateFormat(pattern).parse(text)).toBe(epochMs);
  });

  test.each([
    ['yyyy-MM-dd', '2024/01/01'],
    ['yyyy', 'x'],
    ['HH z', '10 XYZ'],
    ['MMM', 'foo'],
    ['HH X', '10 EST'],
    ['HH z', '10 GMT+1'],
    ['HH Z', '10 GMT+0000'],
    ['XXX', '-0130'],
    ['G', ' AD'],
    ['yyyyMMdd', '193  119'],
  ])('%s refuses %j', (pattern, text) => {
    expect(simpleDateFormat(pattern).parse(text)).toBeUndefined();
  });

  test('two-digit years lie in the century from its start on', () => {
    expect(simpleDateFormat('yy', Date.UTC(1946, 0)).parse('45')).toBe(Date.UTC(2045, 0, 1));
    expect(simpleDateFormat('yy/M/d', Date.UTC(1946, 10, 22)).parse('46/2/4')).toBe(Date.UTC(2046, 1, 4));
    expect(simpleDateFormat('yy', Date.UTC(1946, 0)).parse('46')).toBe(Date.UTC(1946, 0, 1));
    expect(simpleDateFormat('yyyy', Date.UTC(1946, 0)).parse('0046')).toBeLessThan(Date.UTC(100, 0, 1));
  });

  test.each(['bogus', "yyyy 'open", 'XXXX', 'yyyy j'])('%j is not a pattern', (pattern) => {
    expect(() => simpleDateFormat(pattern)).toThrow(
      expect.objectContaining({ code: 'CONNECT_UNKNOWN_NAME' }),
    );
  });
});
