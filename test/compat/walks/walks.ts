import { classicGroupsWalk } from './classic-groups.ts';
import { consumerGroupsWalk } from './consumer-groups.ts';
import { groupTimeoutsWalk } from './group-timeouts.ts';
import { offsetsWalk } from './offsets.ts';
import { recordsWalk } from './records.ts';
import type { Walk } from './walk.ts';

/** Every walk, in the order in which they are taken. */
export const walks: readonly Walk[] = [
  recordsWalk,
  classicGroupsWalk,
  groupTimeoutsWalk,
  offsetsWalk,
  consumerGroupsWalk,
];
