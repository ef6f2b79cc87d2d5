import { expect, test } from 'vitest';
import { fuzzBroker } from '../../fuzz/broker-fuzz.ts';

// A sample of what `npm run fuzz` does a million times.
test.each([1, 2, 3])(
  'B73: two thousand random requests, some of them broken, leave nothing that is not whole, seed %i',
  async (seed) => {
    const { answered, closed } = await fuzzBroker(seed, 2_000);
    expect(answered).toBeGreaterThan(300);
    expect(closed).toBeGreaterThan(5);
  },
);
