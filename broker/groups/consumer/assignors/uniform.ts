import type { Assignor } from './assignor.ts';
import { assignBalanced } from './uniform-heterogeneous.ts';
import { assignEvenly } from './uniform-homogeneous.ts';

/**
 * Gives every member as many partitions as the others, as far as subscriptions allow, and moves as few as it can
 * (KIP-848).
 */
export const uniformAssignor: Assignor = {
  name: 'uniform',
  assign: (spec) => (spec.isHomogeneous ? assignEvenly(spec) : assignBalanced(spec)),
};
