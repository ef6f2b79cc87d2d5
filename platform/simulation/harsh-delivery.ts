import type { Delivery } from '../memory-connection.ts';
import type { SeededEntropy } from './seeded-entropy.ts';

const SPOILED = 0xdb;

/**
 * Delivers as unkindly as the contract of a connection allows: cut anywhere, and spoiled as soon as the handler
 * returns, so that whoever keeps a chunk instead of copying it finds garbage.
 */
export function harshDelivery(entropy: SeededEntropy): Delivery {
  return {
    next(bytes) {
      const isCut = entropy.below(2) === 1;
      return Buffer.from(isCut ? bytes.subarray(0, 1 + entropy.below(bytes.length)) : bytes);
    },
    done(chunk) {
      chunk.fill(SPOILED);
    },
  };
}
