import { type Clock, every, type Timer } from './clock.ts';
import { garbageCollector } from './heap-size.ts';

const LOOK_EVERY_MS = 5_000;
/** Of one processor. A broker with a few idle clients uses less. */
const SHARE_AT_REST = 0.03;
/** What a process that has just started may have: collecting would not give much back. */
const FIRST_BYTES = 32 * 1024 * 1024;
/** Less than this is not worth a pause. */
const GROWTH_BYTES = 16 * 1024 * 1024;

/** What a process takes of the machine, and the one thing to do about it. */
export interface ProcessHeap {
  /** CPU time used so far, user and system together, ms. */
  cpuMs(): number;
  /** What JavaScript's heap and its buffers hold of the system's memory, in use or not. */
  committedBytes(): number;
  /** Collects garbage and gives what is free back to the system: 20 ms, and another 2 ms for each MB in use. */
  collect(): void;
}

/**
 * Gives memory that a burst of work took back to the system once the process has rested for five seconds, until it is cancelled.
 * V8 by itself keeps its young generation as large as it ever was (up to 128 MB) for as long as nothing more is allocated.
 * A process is left alone while it is busy, has less than 48 MB, or 16 MB more than after the last time.
 */
export function giveBackMemoryAtRest(clock: Clock, heap: ProcessHeap = heapOfThisProcess): Timer {
  let committed = FIRST_BYTES;
  let cpuMs = heap.cpuMs();
  let at = clock.monotonic();
  return every(clock, LOOK_EVERY_MS, () => {
    const before = { cpuMs, at };
    cpuMs = heap.cpuMs();
    at = clock.monotonic();
    const isAtRest = cpuMs - before.cpuMs < (at - before.at) * SHARE_AT_REST;
    if (!isAtRest || heap.committedBytes() < committed + GROWTH_BYTES) return;
    heap.collect();
    committed = heap.committedBytes();
    cpuMs = heap.cpuMs();
  });
}

const heapOfThisProcess: ProcessHeap = {
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  committedBytes() {
    const { heapTotal, external } = process.memoryUsage();
    return heapTotal + external;
  },
  collect: () => garbageCollector()?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
};
