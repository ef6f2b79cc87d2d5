import { javaHashCode } from '../../coordinator/partition-for.ts';
import type { ClassicGroup, ClassicMember, MemberProtocol } from './classic-group.ts';

/**
 * The protocol of the next generation. Each member votes for the first of its protocols that all members
 * support; most votes win, and of equals the one that comes first in Kafka's hash map. `undefined` when nothing is
 * common.
 */
export function selectProtocol(members: ReadonlyMap<string, ClassicMember>): string | undefined {
  const candidates = commonProtocols(members);
  const votes = new Map<string, number>();
  for (const member of members.values()) {
    const choice = member.protocols.find(({ name }) => candidates.has(name))?.name;
    if (choice !== undefined) votes.set(choice, (votes.get(choice) ?? 0) + 1);
  }
  const most = Math.max(...votes.values());
  const winners = [...votes].filter(([, count]) => count === most).map(([name]) => name);
  const buckets = bucketCount(votes.size);
  return winners.sort((a, b) => bucketOf(a, buckets) - bucketOf(b, buckets))[0];
}

/** Java's HashMap has 16 buckets and twice as many whenever three quarters are taken. */
function bucketCount(entries: number): number {
  let buckets = 16;
  while (entries > buckets * 0.75) buckets *= 2;
  return buckets;
}

function bucketOf(name: string, buckets: number): number {
  const hash = javaHashCode(name);
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

/** Whether somebody with this protocol type and these protocols can be a member of the group. */
export function supportsProtocols(
  group: ClassicGroup,
  protocolType: string,
  protocols: readonly { readonly name: string }[],
): boolean {
  if (group.state === 'Empty') return protocolType !== '' && protocols.length > 0;
  if (group.protocolType !== protocolType) return false;
  const candidates = commonProtocols(group.members);
  return protocols.some(({ name }) => group.members.size === 0 || candidates.has(name));
}

/** Whether a member offers exactly these protocols, in this order and with the same metadata. */
export function offersSameProtocols(member: ClassicMember, protocols: readonly MemberProtocol[]): boolean {
  if (member.protocols.length !== protocols.length) return false;
  return member.protocols.every((own, index) => {
    const other = protocols[index];
    return other !== undefined && own.name === other.name && own.metadata.equals(other.metadata);
  });
}

function commonProtocols(members: ReadonlyMap<string, ClassicMember>): ReadonlySet<string> {
  const supporters = new Map<string, number>();
  for (const member of members.values()) {
    // A Set: a protocol listed twice by one member is still one supporter.
    for (const name of new Set(member.protocols.map((protocol) => protocol.name))) {
      supporters.set(name, (supporters.get(name) ?? 0) + 1);
    }
  }
  const common = new Set<string>();
  for (const [name, count] of supporters) if (count === members.size) common.add(name);
  return common;
}
