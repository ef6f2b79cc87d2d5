import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Fields, structShape, type Value } from '../../../runtime/data/index.ts';
import { loopShape } from '../../../runtime/data/struct-shape.ts';

const names = fc.uniqueArray(
  fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '"\\\u2028', '7')),
  { maxLength: 12 },
);

function readWith(shape: ReturnType<typeof structShape>, struct: Fields): Value[] {
  const values: Value[] = [];
  shape.read(struct, values);
  return values;
}

test('generated code and the loop read and make the same structs, whatever the names', () => {
  fc.assert(
    fc.property(names, fc.array(fc.oneof(fc.integer(), fc.constant(null))), (fields, some) => {
      const values = fields.map((_name, index) => some[index] ?? null);
      for (const shape of [structShape(fields), loopShape(fields)]) {
        const struct = shape.make(values);
        expect(Object.getPrototypeOf(struct)).toBe(Object.prototype);
        expect(new Set(Object.keys(struct))).toEqual(new Set(fields));
        expect(readWith(shape, struct)).toEqual(values);
        expect(readWith(shape, {})).toEqual(fields.map(() => null));
      }
    }),
  );
});

test('structs of more fields than code is made for are read and made as well', () => {
  const fields = Array.from({ length: 400 }, (_, index) => `f${index}`);
  const shape = structShape(fields);
  const struct = shape.make(fields.map((_name, index) => index));
  expect(struct['f399']).toBe(399);
  expect(readWith(shape, struct)).toEqual(fields.map((_name, index) => index));
});

test('what is absent or undefined is read as null', () => {
  expect(readWith(structShape(['a', 'b', 'c']), { a: undefined, c: 3 })).toEqual([null, null, 3]);
});
