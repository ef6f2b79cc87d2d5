import { classicGroupsWalk } from './classic-groups.ts';
import { clusterWalk } from './cluster.ts';
import { configsWalk } from './configs.ts';
import { consumerGroupsWalk } from './consumer-groups.ts';
import { groupTimeoutsWalk } from './group-timeouts.ts';
import { offsetsWalk } from './offsets.ts';
import { recordsWalk } from './records.ts';
import { topicsWalk } from './topics.ts';
import { transactionsWalk } from './transactions.ts';
import type { Walk } from './walk.ts';

/** Every walk, in the order in which they are taken. */
export const walks: readonly Walk[] = [
  recordsWalk,
  classicGroupsWalk,
  groupTimeoutsWalk,
  offsetsWalk,
  consumerGroupsWalk,
  transactionsWalk,
  topicsWalk,
  configsWalk,
  clusterWalk,
];
