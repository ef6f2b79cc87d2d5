// What takes too long for `npm test`: `npm run test:sim -- [--seed N] [--stride N] [--part K/N] [--faults A,B] [--frames N]`.
// The last line is "N passed, N failed"; the exit code is 0 only when nothing failed.
import { parseArgs } from 'node:util';
import { fuzzBroker } from '../fuzz/broker-fuzz.ts';
import { logFaults, type Outcome } from './log-faults.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    stride: { type: 'string' },
    part: { type: 'string', default: '1/1' },
    faults: { type: 'string' },
    frames: { type: 'string', default: '200000' },
  },
});
const seed = Number(values.seed);
const [part = 1, parts = 1] = values.part.split('/').map(Number);
const stride = values.stride === undefined ? {} : { stride: Number(values.stride) };
const chosen = values.faults === undefined ? {} : { faults: values.faults.split(',') };
const faults = await logFaults(seed, { ...stride, ...chosen, part, parts });
const fuzzed = await fuzz(Number(values.frames));
const failed = faults.failed + fuzzed.failed;
console.log(`${faults.passed + fuzzed.passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Random requests, a share of what `npm run fuzz` sends. */
async function fuzz(frames: number): Promise<Outcome> {
  try {
    const { answered, closed } = await fuzzBroker(seed, frames);
    console.log(`${frames} random requests: ${answered} answered, ${closed} connections closed`);
    return { passed: 1, failed: 0 };
  } catch (error) {
    console.error(`  random requests with the seed ${seed}:`, error);
    return { passed: 0, failed: 1 };
  }
}
