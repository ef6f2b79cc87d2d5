import { randomFillSync } from 'node:crypto';
import type { Entropy } from './entropy.ts';

const POOL_WORDS = 256;
const pool = new Uint32Array(POOL_WORDS);
let used = POOL_WORDS;

/** The operating system's cryptographic randomness. */
export const systemEntropy: Entropy = {
  u32(): number {
    if (used === POOL_WORDS) {
      randomFillSync(pool);
      used = 0;
    }
    const word = pool[used] ?? 0;
    // A word that was handed out must not be readable in a later heap dump.
    pool[used++] = 0;
    return word;
  },
  fill(target: Uint8Array): void {
    randomFillSync(target);
  },
};
