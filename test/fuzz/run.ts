// `node --expose-gc test/fuzz/run.ts [--frames 1000000] [--seed N]`: says what it did; exit code 1 when something broke.
import { parseArgs } from 'node:util';
import { fuzzBroker } from './broker-fuzz.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const startedMs = performance.now();
console.log(`seed ${values.seed}`);
const { frames, answered, closed, bytesInUse } = await fuzzBroker(values.seed, Number(values.frames));
console.log(`${frames} frames, ${answered} answered, ${closed} connections closed by the broker`);
console.log(`in use after each tenth: ${bytesInUse.map((bytes) => (bytes / 1e6).toFixed(0)).join(', ')} MB`);
console.log(`${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
