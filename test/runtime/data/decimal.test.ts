import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal } from '../../../runtime/data/index.ts';

const decimals = fc.record({
  unscaled: fc.bigInt(-(2n ** 130n), 2n ** 130n),
  scale: fc.integer({ min: -30, max: 30 }),
});

test('text that a decimal prints reads back as the same decimal', () => {
  fc.assert(
    fc.property(decimals, ({ unscaled, scale }) => {
      const decimal = new Decimal(unscaled, scale);
      expect(Decimal.parse(decimal.toString()).equals(decimal)).toBe(true);
    }),
  );
});

test('bytes of a decimal read back as the same decimal and are as few as possible', () => {
  fc.assert(
    fc.property(decimals, ({ unscaled, scale }) => {
      const decimal = new Decimal(unscaled, scale);
      const bytes = decimal.toBytes();
      expect(Decimal.fromBytes(bytes, scale).equals(decimal)).toBe(true);
      const shorter = Decimal.fromBytes(bytes.subarray(1), scale);
      if (bytes.length > 1) expect(shorter.equals(decimal)).toBe(false);
    }),
  );
});

test.each([
  [150n, 2, '1.50'],
  [-5n, 3, '-0.005'],
  [1n, -4, '1E+4'],
  [123n, -2, '1.23E+4'],
  [1n, 7, '1E-7'],
  [1n, 6, '0.000001'],
  [0n, 0, '0'],
  [0n, 8, '0E-8'],
])('%s with scale %s prints as %s', (unscaled, scale, text) => {
  expect(new Decimal(unscaled, scale).toString()).toBe(text);
});

test.each(['', '.', 'abc', '1e', '--1', '0x10', '1 ', 'NaN'])('%j is not a decimal', (text) => {
  expect(() => Decimal.parse(text)).toThrow(expect.objectContaining({ code: 'CONNECT_DATA' }));
});

test('a number too large to compute with is an error, not a hang', () => {
  expect(() => Decimal.parse('1'.repeat(100_001))).toThrow('too large');
  expect(() => Decimal.parse('1e9999999999')).toThrow('too large');
  expect(() => Decimal.parse('1e2000000000').toBigInt()).toThrow('too large');
  expect(() => Decimal.parse('1').withScale(2_000_000_000)).toThrow('too large');
});

test('changing the scale never rounds', () => {
  expect(Decimal.parse('1.50').withScale(1).toString()).toBe('1.5');
  expect(Decimal.parse('1.5').withScale(3).toString()).toBe('1.500');
  expect(() => Decimal.parse('1.55').withScale(1)).toThrow('without rounding');
});

test('a decimal becomes the nearest number and truncates to a whole one', () => {
  expect(Decimal.parse('0.1').toNumber()).toBe(0.1);
  expect(Decimal.parse('-12.9').toBigInt()).toBe(-12n);
  expect(Decimal.parse('1E-300').toBigInt()).toBe(0n);
});

test.each([
  [0n, '00'],
  [127n, '7f'],
  [128n, '0080'],
  [-128n, '80'],
  [-129n, 'ff7f'],
])('%s takes the bytes %s', (unscaled, hex) => {
  expect(new Decimal(unscaled, 0).toBytes().toString('hex')).toBe(hex);
});
