import type { Entropy } from './entropy.ts';

/**
 * A random (version 4) UUID as Kafka writes its topic and directory ids: 22 characters of url-safe base64, never
 * starting with `-` so that command lines do not take it for an option.
 */
export function randomUuid(entropy: Entropy): string {
  const bytes = Buffer.alloc(16);
  for (;;) {
    entropy.fill(bytes);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const text = bytes.toString('base64url');
    if (!text.startsWith('-')) return text;
  }
}
