import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * From now on V8 collects garbage often and keeps its heap small, instead of giving a process all the memory it could use.
 * For a process that holds little and answers short requests. The size of the young generation cannot be set any more
 * when a process runs.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
}

/**
 * V8's collection of all garbage, also where the process was not started with `--expose-gc`: only contexts that are made after
 * that flag was set have it. Undefined on engines without it.
 */
export function garbageCollector(): NodeJS.GCFunction | undefined {
  setFlagsFromString('--expose-gc');
  return runInNewContext('globalThis.gc');
}
