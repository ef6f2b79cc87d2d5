import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Step, TransactionWorld } from './transaction-world.ts';

const pick = fc.nat(1000);
const producer = fc.nat(2);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('write' as const), producer, pick }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('plain' as const), producer, pick }) },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'abort' as const), producer, pick }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('settle' as const, 'roll' as const), pick }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('restart' as const, 'lose' as const, 'crash' as const, 'fail' as const),
        pick,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('clean' as const, 'clean' as const, 'wait' as const, 'delete' as const),
        pick,
      }),
    },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

for (const sharesKeys of [false, true]) {
  const what = sharesKeys ? 'a compaction of the committed records' : 'exactly the committed records';
  test(`B44, B45: whatever happens, a read_committed reader sees ${what}, in order`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (life, seed) => {
        const world = new TransactionWorld({ seed: seed + 1, sharesKeys });
        for (const step of life) {
          await world.step(step);
          world.check();
        }
        await world.fixture.platform.settle();
        world.check();
        expect(world.fixture.directory.isOffline).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
}
