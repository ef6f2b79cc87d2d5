import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SizedCache } from '../../schema-registry/sized-cache.ts';

test('what was not used for the longest time goes first', () => {
  const cache = new SizedCache<string, number>(3, (_key, value) => value);
  cache.set('a', 1);
  cache.set('b', 1);
  cache.set('c', 1);
  expect(cache.get('a')).toBe(1);
  cache.set('d', 1);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([1, undefined, 1, 1]);
  cache.set('large', 3);
  expect(['a', 'c', 'd', 'large'].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined, 3]);
  cache.set('larger', 4);
  expect(cache.get('larger')).toBeUndefined();
});

test('the sizes together never pass the limit, and the last entry that fits is there', () => {
  const entries = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 12 })));
  fc.assert(
    fc.property(entries, (list) => {
      const cache = new SizedCache<number, number>(10, (_key, value) => value);
      for (const [key, size] of list) {
        cache.set(key, size);
        expect(cache.get(key)).toBe(size <= 10 ? size : undefined);
        const held = [0, 1, 2, 3, 4, 5].map((each) => cache.get(each) ?? 0);
        expect(held.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(10);
      }
    }),
  );
});
