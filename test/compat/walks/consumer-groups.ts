import type { Dice } from '../dice.ts';
import * as admin from './consumer-group-admin.ts';
import * as classic from './consumer-group-classic.ts';
import { lone } from './consumer-group-lone.ts';
import * as members from './consumer-group-members.ts';
import { patterns } from './consumer-group-patterns.ts';
import { GroupWalk } from './consumer-group-state.ts';
import * as topics from './consumer-group-topics.ts';
import type { Walk } from './walk.ts';

/** Groups of the consumer protocol (KIP-848) and everything that is asked of such groups. */
export const consumerGroupsWalk: Walk = {
  name: 'consumer-groups',
  about: 'ConsumerGroupHeartbeat, ConsumerGroupDescribe, and the other group APIs on such groups',
  count: 6,
  steps: 120,
  async take(wire, dice, prefix) {
    const walk = new GroupWalk(wire, dice, prefix);
    for (const { groupId } of walk.allGroups) await topics.lead(wire, groupId);
    await topics.createFirst(walk);
    for (let step = 0; step < consumerGroupsWalk.steps; step++) await chosen(dice)(walk);
    await members.settleAll(walk);
    await classic.endAll(walk);
    await admin.endAll(walk);
  },
};

type Question = (walk: GroupWalk) => Promise<unknown>;

/** The questions with their weights. */
const questions: readonly (readonly [weight: number, question: Question])[] = [
  [14, members.join],
  [24, members.goOn],
  [8, members.change],
  [6, members.wrongEpoch],
  [6, members.refused],
  [6, members.leave],
  [4, patterns],
  [2, lone],
  [14, classic.anything],
  [5, topics.anything],
  [8, admin.describe],
  [3, admin.list],
  [8, admin.commit],
  [8, admin.fetch],
  [3, admin.deleteOffsets],
  [2, admin.deleteGroups],
  [2, admin.configure],
];

const chances = questions.flatMap(([weight, question]) => Array.from({ length: weight }, () => question));

function chosen(dice: Dice): Question {
  return dice.pick(chances);
}
