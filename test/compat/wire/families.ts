import { cluster } from './cluster.ts';
import { topics } from './topics.ts';
import type { WireFamily } from './wire.ts';

/** In the order in which they are asked: the first needs an empty broker. */
export const families: readonly WireFamily[] = [cluster, topics];
