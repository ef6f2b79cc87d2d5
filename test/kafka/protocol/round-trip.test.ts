import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decode,
  decodeExact,
  encode,
  encodeExact,
  encodeToBuffer,
  fromJson,
  parseJson,
  toJson,
} from '../../../kafka/protocol/index.ts';
import { arbitraryMessage, everyMessageVersion } from './arbitrary.ts';

const all = everyMessageVersion();

test('every message of the protocol is tried in every version', () => {
  expect(all.length).toBeGreaterThan(700);
});

test('typed values of every message and version survive encoding and decoding', () => {
  for (const { definition, version, label } of all) {
    const property = fc.property(arbitraryMessage(definition, version, 'number'), (value) => {
      const chunks = encode(definition, version, value as never);
      const bytes = encodeToBuffer(definition, version, value as never);
      expect(Buffer.concat(chunks).equals(bytes), label).toBe(true);
      expect(decode(definition, version, bytes), label).toMatchObject(value);
      // Decoding also fills in what the version lacks; encoding that again changes nothing.
      const decoded = decode(definition, version, bytes);
      expect(encodeToBuffer(definition, version, decoded as never).equals(bytes), label).toBe(true);
    });
    fc.assert(property, { numRuns: 4 });
  }
});

test('exact values of every message and version survive the wire and the JSON form', () => {
  for (const { definition, version, label } of all) {
    const property = fc.property(arbitraryMessage(definition, version, 'bigint'), (value) => {
      const bytes = encodeExact(definition, version, value);
      const decoded = decodeExact(definition, version, bytes) as object;
      expect(decoded, label).toMatchObject(value);
      const text = JSON.stringify(toJson(definition, version, decoded, { records: 'base64' }));
      const read = fromJson(definition, version, parseJson(text));
      expect(read, label).toEqual(decoded);
      expect(encodeExact(definition, version, read).equals(bytes), label).toBe(true);
    });
    fc.assert(property, { numRuns: 3 });
  }
});
