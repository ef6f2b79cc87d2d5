import { setFlagsFromString } from 'node:v8';

/**
 * From now on V8 collects garbage often and keeps its heap small, instead of giving a process all the memory it could use.
 * For a process that holds little and answers short requests.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
  // Megabytes of each half of the young generation, which grows to 16 otherwise.
  setFlagsFromString('--max-semi-space-size=2');
  setFlagsFromString('--semi-space-growth-factor=1');
}
