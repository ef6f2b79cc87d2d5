import type { Entropy } from '../../platform/entropy.ts';

/** A member id as Kafka makes it: the client id, or the group instance id of a static member, and a random UUID. */
export function newMemberId(prefix: string, entropy: Entropy): string {
  const bytes = Buffer.alloc(16);
  entropy.fill(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `${prefix}-${parts.join('-')}`;
}
