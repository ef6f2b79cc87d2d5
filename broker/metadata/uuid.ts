import type { Entropy } from '../../platform/entropy.ts';

/** The id that stands for none. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

/**
 * A new random id (version 4) as 22 characters of url-safe base64. Never one that Kafka reserves, and never one that
 * begins with `-`, which command lines would take for an option.
 */
export function randomUuid(entropy: Entropy): string {
  for (;;) {
    const bytes = Buffer.alloc(16);
    entropy.fill(bytes);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const id = bytes.toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
