import { classicGroups } from './classic-groups.ts';
import { cluster } from './cluster.ts';
import { configs } from './configs.ts';
import { consumerGroups } from './consumer-groups.ts';
import { fetch } from './fetch.ts';
import { logDirs } from './log-dirs.ts';
import { newerGroups } from './newer-groups.ts';
import { offsets } from './offsets.ts';
import { produce } from './produce.ts';
import { security } from './security.ts';
import { topics } from './topics.ts';
import { transactions } from './transactions.ts';
import type { WireFamily } from './wire.ts';

/** In the order in which they are asked: the first needs an empty broker. */
export const families: readonly WireFamily[] = [
  cluster,
  topics,
  configs,
  produce,
  fetch,
  classicGroups,
  offsets,
  consumerGroups,
  logDirs,
  transactions,
  security,
  newerGroups,
];
