import fc from 'fast-check';
import { expect, test } from 'vitest';
import { int64, truncateToInt64 } from '../../../runtime/data/index.ts';
import { castValue } from '../../../runtime/transforms/cast-value.ts';

test('any number becomes the INT64 that Java casts it to', () => {
  const edges = [-0, 0.5, -0.5, 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 2 ** 63, Number.NaN, -Infinity];
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.constantFrom(...edges)), (value) => {
      expect(castValue(undefined, value, 'int64')).toBe(int64(truncateToInt64(value)));
    }),
  );
});
