import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c, crc32cInJavaScript } from '../../../kafka/records/crc32c.ts';

test('the check value of the catalogue of CRCs is met', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('the values of RFC 3720 B.4 are met', () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).toBe(0x46dd794e);
});

test('short and long ranges, native and in JavaScript, agree at every position', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1200 }), fc.nat(), fc.nat(), (array, a, b) => {
      const buffer = Buffer.from(array);
      const start = a % (buffer.length + 1);
      const end = start + (b % (buffer.length - start + 1));
      const bitwise = crcByBits(buffer.subarray(start, end));
      expect(crc32c(buffer, start, end)).toBe(bitwise);
      expect(crc32cInJavaScript(buffer, start, end)).toBe(bitwise);
    }),
  );
});

test('a range outside the buffer is an error', () => {
  const buffer = Buffer.alloc(10);
  expect(() => crc32c(buffer, 0, 11)).toThrow(RangeError);
  expect(() => crc32c(buffer, -1, 4)).toThrow(RangeError);
  expect(() => crc32c(buffer, 5, 4)).toThrow(RangeError);
});

function crcByBits(buffer: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of buffer) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
