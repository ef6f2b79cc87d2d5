import type { Entropy } from '../../platform/entropy.ts';
import { randomUuid } from '../../platform/uuid.ts';

/** Ids for a member that joins without one. */
export interface NewMemberIds {
  /** In a classic group. */
  readonly newMemberId: string;
  /** In a consumer group, whose ids have no name in them. */
  readonly newConsumerMemberId: string;
}

/** Both, of which the group that is joined takes one. */
export function newMemberIds(prefix: string, entropy: Entropy): NewMemberIds {
  return { newMemberId: newMemberId(prefix, entropy), newConsumerMemberId: randomUuid(entropy) };
}

/** As Kafka makes it: the client id, or the group instance id of a static member, and a random UUID. */
function newMemberId(prefix: string, entropy: Entropy): string {
  const bytes = Buffer.alloc(16);
  entropy.fill(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `${prefix}-${parts.join('-')}`;
}
