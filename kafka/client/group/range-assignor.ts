import type { TopicPartition } from '../topic-partition.ts';
import type { Assignor } from './assignor.ts';
import { inOrder } from './member-order.ts';

/**
 * Cuts each topic by itself into ranges, one per member; the first members get one partition more when it does not come
 * out even. Equal partition numbers of equally sized topics land at the same member.
 */
export const rangeAssignor: Assignor = {
  name: 'range',
  isCooperative: false,
  userData: () => null,
  assign(partitionCounts, members) {
    const assignment = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]));
    const ordered = inOrder(members);
    for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const takers = ordered.filter(({ topics }) => topics.includes(topic));
      const share = Math.floor(count / takers.length);
      const extra = count % takers.length;
      let next = 0;
      for (const [index, { memberId }] of takers.entries()) {
        const end = next + share + (index < extra ? 1 : 0);
        for (; next < end; next += 1) assignment.get(memberId)?.push({ topic, partition: next });
      }
    }
    return assignment;
  },
};
