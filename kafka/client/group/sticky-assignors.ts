import { decode, encodeToBuffer, ProtocolDecodeError } from '../../protocol/index.ts';
import { array, data, int32, string } from '../../protocol/schema/index.ts';
import { partitionKey, type TopicPartition } from '../topic-partition.ts';
import type { Assignor, MemberSubscription } from './assignor.ts';
import { assignSticky, type Ownership } from './sticky-assignment.ts';

const NO_GENERATION = -1;

/** User data of Java's StickyAssignor; version 0 has no generation. */
const stickyUserData = data({
  name: 'StickyAssignorUserData',
  versions: '0-1',
  flexible: 'none',
  fields: {
    previousAssignment: array({ topic: string(), partitions: array(int32()) }),
    generation: int32({ versions: '1+', default: NO_GENERATION, ignorable: true }),
  },
});

/** User data of Java's CooperativeStickyAssignor. */
const cooperativeUserData = data({
  name: 'CooperativeStickyAssignorUserData',
  versions: '0',
  flexible: 'none',
  fields: { generation: int32() },
});

/** Even and sticky, eager: everyone gives up everything first, and gets most of it back (KIP-54). */
export const stickyAssignor: Assignor = {
  name: 'sticky',
  isCooperative: false,
  userData(owned, generation) {
    const topics = Map.groupBy(owned, ({ topic }) => topic);
    const previousAssignment = [...topics].map(([topic, partitions]) => ({
      topic,
      partitions: partitions.map(({ partition }) => partition),
    }));
    return encodeToBuffer(stickyUserData, 1, { previousAssignment, generation });
  },
  assign: (partitionCounts, members) => assignSticky(partitionCounts, members, previousAssignment),
};

/**
 * Even and sticky, cooperative (KIP-429): what moves is left out until its present owner has given it up, which causes a
 * second rebalance.
 */
export const cooperativeStickyAssignor: Assignor = {
  name: 'cooperative-sticky',
  isCooperative: true,
  userData: (_owned, generation) => encodeToBuffer(cooperativeUserData, 0, { generation }),
  assign(partitionCounts, members) {
    const assignment = assignSticky(partitionCounts, members, ownership);
    const owners = new Map<string, Set<string>>();
    for (const { memberId, ownedPartitions } of members) {
      for (const { topic, partition } of ownedPartitions) {
        const key = partitionKey(topic, partition);
        owners.set(key, (owners.get(key) ?? new Set()).add(memberId));
      }
    }
    const isFree = (memberId: string, { topic, partition }: TopicPartition) => {
      const holders = owners.get(partitionKey(topic, partition));
      return holders === undefined || [...holders].every((holder) => holder === memberId);
    };
    for (const [memberId, partitions] of assignment) {
      assignment.set(
        memberId,
        partitions.filter((partition) => isFree(memberId, partition)),
      );
    }
    return assignment;
  },
};

/** Members of protocol version 2 say their generation themselves, older ones in their user data. */
function ownership({ ownedPartitions, generationId, userData }: MemberSubscription): Ownership {
  if (generationId >= 0 || userData === null) return { partitions: ownedPartitions, generationId };
  const read = readOrUndefined(() => decode(cooperativeUserData, 0, userData));
  return { partitions: ownedPartitions, generationId: read?.generation ?? NO_GENERATION };
}

function previousAssignment({ userData }: MemberSubscription): Ownership {
  const nothing = { partitions: [], generationId: NO_GENERATION };
  if (userData === null || userData.length === 0) return nothing;
  const read =
    readOrUndefined(() => decode(stickyUserData, 1, userData)) ??
    readOrUndefined(() => decode(stickyUserData, 0, userData));
  if (read === undefined) return nothing;
  const partitions = read.previousAssignment.flatMap(({ topic, partitions: numbers }) =>
    numbers.map((partition) => ({ topic, partition })),
  );
  return { partitions, generationId: read.generation };
}

/** What a member writes there is its own affair: if it cannot be read, the member has nothing. */
function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolDecodeError) return undefined;
    throw error;
  }
}
