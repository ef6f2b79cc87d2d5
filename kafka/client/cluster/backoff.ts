import type { Entropy } from '../../../platform/entropy.ts';

/** Share of the wait by which it may be shorter or longer, so that clients do not come back all at once. */
const JITTER = 0.2;

/** Wait before attempt number `failures` + 1, in ms: doubled from `firstMs` up to `maxMs`, plus or minus a fifth. */
export function backoffMs(failures: number, firstMs: number, maxMs: number, entropy: Entropy): number {
  const base = Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return base * (1 - JITTER + (2 * JITTER * entropy.u32()) / 2 ** 32);
}
