import { describe, expect, test } from 'vitest';
import { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';
import { systemEntropy } from '../../platform/system-entropy.ts';
import { randomUuid } from '../../platform/uuid.ts';
import { entropyContract } from './entropy.contract.ts';

const draw = (entropy: SeededEntropy, count = 20) => Array.from({ length: count }, () => entropy.u32());

describe('system entropy', () => {
  entropyContract(() => systemEntropy);
});

describe('seeded entropy', () => {
  entropyContract(() => new SeededEntropy('a seed'));

  test('the same seed gives the same stream, another seed another', () => {
    expect(draw(new SeededEntropy(42))).toEqual(draw(new SeededEntropy('42')));
    expect(draw(new SeededEntropy(42))).not.toEqual(draw(new SeededEntropy(43)));
  });

  test('the stream is the same in every version', () => {
    expect(draw(new SeededEntropy('millrace'), 4)).toEqual([1217075919, 2398129542, 849789404, 687608424]);
    expect(randomUuid(new SeededEntropy('millrace'))).toBe('zxqLSIaNQI6cwaYyaBL8KA');
  });

  test('neighbouring seeds have nothing in common', () => {
    const first = new Set(Array.from({ length: 1000 }, (_, seed) => new SeededEntropy(seed).u32()));
    expect(first.size).toBeGreaterThan(998);
  });

  test('a fork depends on seed and name, not on what was drawn before', () => {
    const fresh = new SeededEntropy(1);
    const used = new SeededEntropy(1);
    draw(used);
    expect(draw(used.fork('disk'))).toEqual(draw(fresh.fork('disk')));
    expect(draw(fresh.fork('disk'))).not.toEqual(draw(fresh.fork('net')));
  });

  test('below draws every integer under its limit, and nothing else', () => {
    const entropy = new SeededEntropy('below');
    const drawn = Array.from({ length: 1000 }, () => entropy.below(7));
    expect([...new Set(drawn)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(entropy.below(0)).toBe(0);
  });
});
