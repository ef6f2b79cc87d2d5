import { consumerGroupsWalk } from './consumer-groups.ts';
import type { Walk } from './walk.ts';

/** Every walk, in the order in which they are taken. */
export const walks: readonly Walk[] = [consumerGroupsWalk];
