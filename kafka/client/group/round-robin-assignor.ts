import type { TopicPartition } from '../topic-partition.ts';
import type { Assignor } from './assignor.ts';
import { inOrder } from './member-order.ts';

/** Deals all partitions of all topics out to the members in turn, leaving out who has not subscribed to the topic. */
export const roundRobinAssignor: Assignor = {
  name: 'roundrobin',
  isCooperative: false,
  userData: () => null,
  assign(partitionCounts, members) {
    const assignment = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]));
    const ordered = inOrder(members);
    let turn = 0;
    for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!ordered.some(({ topics }) => topics.includes(topic))) continue;
      for (let partition = 0; partition < count; partition += 1) {
        while (ordered[turn % ordered.length]?.topics.includes(topic) !== true) turn += 1;
        assignment.get(ordered[turn % ordered.length]?.memberId ?? '')?.push({ topic, partition });
        turn += 1;
      }
    }
    return assignment;
  },
};
