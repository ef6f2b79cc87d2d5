import { garbageCollector } from '../../platform/heap-size.ts';

const collect = garbageCollector();
const ROUNDS_MAX = 10;
const STABLE_BYTES = 1024 * 1024;

/** Bytes that are in use and cannot be collected: objects and buffers. `turn` waits for one of the event loop. */
export async function bytesInUse(turn: () => Promise<void>): Promise<number> {
  let bytes = Number.POSITIVE_INFINITY;
  // What finalizers and the sweeper of buffers let go is gone a turn later.
  for (let round = 0; round < ROUNDS_MAX; round++) {
    collect?.();
    await turn();
    const { heapUsed, external } = process.memoryUsage();
    if (bytes - (heapUsed + external) < STABLE_BYTES) break;
    bytes = heapUsed + external;
  }
  return bytes;
}
