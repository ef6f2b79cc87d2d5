import type { Clock } from './clock.ts';
import type { Entropy } from './entropy.ts';
import type { Executor } from './executor.ts';
import type { Files } from './files.ts';
import type { Isolates } from './isolate.ts';
import type { Logger } from './logger.ts';
import type { Net } from './net.ts';

/** The outside world, handed to whoever needs some of it. The only way to it outside this folder. */
export interface Platform {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly net: Net;
  readonly files: Files;
  readonly executor: Executor;
  readonly isolates: Isolates;
  readonly logger: Logger;
}
