import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../../broker/server/latency-histogram.ts';

test('a quantile is at most an eighth above the time that has this share below it', () => {
  const times = fc.array(fc.double({ min: 0.011, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.01, 0.5, 0.9, 0.999, 1), (observed, share) => {
      const histogram = new LatencyHistogram();
      for (const ms of observed) histogram.observe(ms);
      const sorted = [...observed].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
      expect(histogram.quantile(share)).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
      expect(histogram.quantile(share)).toBeLessThanOrEqual(exact * 2 ** (1 / 8) * (1 + 1e-9));
      expect(histogram.count).toBe(observed.length);
    }),
  );
});

test('without observations every quantile is 0, and times beyond the last bucket are counted in it', () => {
  const histogram = new LatencyHistogram();
  expect(histogram.quantile(0.99)).toBe(0);
  histogram.observe(0);
  histogram.observe(1e12);
  expect(histogram.quantile(0.5)).toBeLessThanOrEqual(0.01);
  expect(histogram.quantile(1)).toBeGreaterThan(1e6);
});
