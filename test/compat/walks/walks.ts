import { classicGroupsWalk } from './classic-groups.ts';
import { offsetsWalk } from './offsets.ts';
import type { Walk } from './walk.ts';

/** Every walk, in the order in which they are taken. */
export const walks: readonly Walk[] = [classicGroupsWalk, offsetsWalk];
