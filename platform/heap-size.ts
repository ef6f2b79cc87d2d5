import { setFlagsFromString } from 'node:v8';

/**
 * From now on V8 collects garbage often and keeps its heap small, instead of giving a process all the memory it could use.
 * For a process that holds little and answers short requests. The size of the young generation cannot be set any more
 * when a process runs.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
}
