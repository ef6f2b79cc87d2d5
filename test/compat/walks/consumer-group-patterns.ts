import { type Beat, current, type GroupWalk, known, type WalkedGroup } from './consumer-group-state.ts';
import { lead } from './consumer-group-topics.ts';

const wrong = ['(', '[a', '*a', 'a**', '(?<n', '(?=x)', '(?!x)', '\\1', 'a{2,1}', 'x{1001}', '\\', '(?P<n>a'];

/** Members that subscribe by pattern, in groups of their own. */
export async function patterns(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const last = walk.patternGroups.at(-1);
  const group = last === undefined || dice.chance(25) ? walk.newPatternGroup(rightPattern(walk)) : last;
  if (group !== last) {
    await lead(walk.wire, group.groupId);
    return settled(walk, group, { ...joining(group, 'm1'), regex: group.pattern ?? null });
  }
  const member = known(dice, group);
  if (member === undefined) return settled(walk, group, joining(group, 'm1'));
  const names = dice.pick([null, [], dice.some(walk.topicNames)]);
  const regex = dice.pick([null, '', group.pattern ?? '', dice.pick(wrong)]);
  const title = `${said(regex)} and ${names?.length ?? 'the same'} names`;
  if (regex !== null && wrong.includes(regex))
    return walk.beat(group, title, { ...current(member), regex, names });
  const beat = dice.pick<() => Promise<unknown>>([
    () => settled(walk, group, joining(group, dice.pick(['m1', 'm2', 'm3']))),
    () => settled(walk, group, { ...current(member), regex, names }),
    () => walk.beat(group, 'goes on', { ...current(member), owned: member.owned }),
    () => walk.beat(group, 'goes on', { ...current(member), owned: member.owned }),
    () => walk.beat(group, 'leaves', { ...current(member), memberEpoch: -1 }),
  ]);
  return beat();
}

function rightPattern({ dice, prefix }: GroupWalk): string {
  return dice.pick([
    `${prefix}-t.*`,
    `${prefix}-t[01]`,
    `${prefix}-t0|${prefix}-t2`,
    `(?i)${prefix.toUpperCase()}-T\\d`,
    `\\Q${prefix}-t1\\E`,
    `${prefix}-t[[:digit:]]+`,
    `^${prefix}-t\\d{1}$`,
    `${prefix}-t`,
    'matches-nothing-.*',
  ]);
}

function joining({ pattern }: WalkedGroup, memberId: string) {
  return {
    memberId,
    memberEpoch: 0,
    rebalanceTimeoutMs: 30_000,
    regex: pattern ?? null,
    assignor: 'range',
    owned: [],
  };
}

function said(regex: string | null): string {
  return regex === null ? 'the same pattern' : JSON.stringify(regex);
}

/**
 * Kafka looks for the topics of a pattern after its answer, and nothing tells when it has: the member asks once without
 * being written down, and then says all again.
 */
async function settled(walk: GroupWalk, group: WalkedGroup, beat: Beat): Promise<unknown> {
  const first = await walk.quietBeat(group, beat);
  await walk.wire.pause(100);
  const member = group.members.get(beat.memberId);
  if (member === undefined) return first;
  return walk.beat(
    group,
    `${said(beat.regex ?? null)} and ${beat.names?.length ?? 'the same'} names, settled`,
    {
      ...beat,
      memberEpoch: member.epoch,
      rebalanceTimeoutMs: 30_000,
      names: beat.names ?? [],
      owned: member.owned,
    },
  );
}
