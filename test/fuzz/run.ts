// `node --expose-gc test/fuzz/run.ts [--frames 1000000] [--seed N]`: says what it did; exit code 1 when something broke.
import { parseArgs } from 'node:util';
import { fuzzBroker, type MemoryInUse } from './broker-fuzz.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const startedMs = performance.now();
console.log(`seed ${values.seed}`);
const { frames, answered, closed, memory } = await fuzzBroker(values.seed, Number(values.frames));
console.log(`${frames} frames, ${answered} answered, ${closed} connections closed by the broker`);
const megabytes = (of: (inUse: MemoryInUse) => number) =>
  memory.map((each) => (of(each) / 1e6).toFixed(0)).join(', ');
console.log(`heap after each tenth: ${megabytes(({ heapBytes }) => heapBytes)} MB`);
console.log(`buffers: ${megabytes(({ bufferBytes }) => bufferBytes)} MB`);
console.log(`the simulated disk, part of the buffers: ${megabytes(({ diskBytes }) => diskBytes)} MB`);
console.log(`${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
