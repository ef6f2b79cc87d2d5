import { consumerGroupHeartbeatRequest } from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import type { Answer } from '../wire/answer.ts';
import type { AskOptions, Wire } from '../wire/wire.ts';
import type { ClassicMember } from './consumer-group-classic.ts';

/** Partitions by topic id, as a heartbeat has them. */
export type Owned = readonly { readonly topicId: string; readonly partitions: readonly number[] }[];

/** What a walk knows of a member from the answers it got. */
export interface KnownMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  epoch: number;
  owned: Owned;
}

/** What is common to all questions of a walk about one group. */
export interface WalkedGroup {
  readonly groupId: string;
  /** The assignor that every member asks for: what depends on who asks is asked where it cannot change. */
  readonly assignor: string;
  /** The only topic that its members subscribe to: to several, the order of Kafka's hash maps decides. */
  readonly onlyTopic?: string;
  /** What its members subscribe by. */
  readonly pattern?: string;
  /** Whether members of the classic protocol join it too. */
  readonly isMixed?: boolean;
  readonly members: Map<string, KnownMember>;
}

/** Fields of a heartbeat; those left out say that nothing has changed. */
export interface Beat {
  readonly version?: number;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly instanceId?: string | null;
  readonly rackId?: string | null;
  readonly rebalanceTimeoutMs?: number;
  readonly names?: readonly string[] | null;
  readonly regex?: string | null;
  readonly assignor?: string | null;
  readonly owned?: Owned | null;
}

/** A walk over the groups and topics of its own. */
export class GroupWalk {
  readonly wire: Wire;
  readonly dice: Dice;
  readonly prefix: string;
  readonly groups: readonly WalkedGroup[];
  /** Ids of the topics that are there, by name. */
  readonly topicIds = new Map<string, string>();
  readonly partitions = new Map<string, number>();
  /** Groups that were there to see what the coordinators know. */
  readonly probes: string[] = [];
  /** Groups whose members subscribe by a pattern: one in each, since Kafka looks at another one ten seconds later. */
  readonly patternGroups: WalkedGroup[] = [];
  readonly #loneGroups: WalkedGroup[] = [];
  readonly classics: readonly ClassicMember[];
  /** A number that no other question of the walk has. */
  #count = 0;

  constructor(wire: Wire, dice: Dice, prefix: string) {
    this.wire = wire;
    this.dice = dice;
    this.prefix = prefix;
    this.groups = [
      this.#newGroup('range', 'range'),
      { ...this.#newGroup('uniform', 'uniform'), onlyTopic: this.topic(0) },
      { ...this.#newGroup('mixed', 'range'), isMixed: true },
    ];
    this.classics = [
      ['c1', null],
      ['c2', null],
      ['c3', 'i5'],
    ].map(([slot, instanceId]) => ({
      slot: slot ?? '',
      instanceId: instanceId ?? null,
      memberId: '',
      generation: -1,
      topics: [this.topic(0), this.topic(1)],
      owned: [],
    }));
  }

  #newGroup(groupName: string, assignor: string): WalkedGroup {
    return { groupId: `${this.prefix}-${groupName}`, assignor, members: new Map() };
  }

  /** A new group whose members subscribe by this pattern. */
  newPatternGroup(pattern: string): WalkedGroup {
    const group = { ...this.#newGroup(`pattern${this.patternGroups.length}`, 'range'), pattern };
    this.patternGroups.push(group);
    return group;
  }

  /** A new group of one member. */
  newLoneGroup(): WalkedGroup {
    const group = this.#newGroup(`lone${this.#loneGroups.length}`, 'uniform');
    this.#loneGroups.push(group);
    return group;
  }

  topic(index: number): string {
    return `${this.prefix}-t${index}`;
  }

  /** Names that topics of this walk may have, whether they are there or not. */
  get topicNames(): readonly string[] {
    return [0, 1, 2, 3].map((index) => this.topic(index));
  }

  next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** The id of a new group of that kind. */
  probe(): string {
    const groupId = `${this.prefix}-probe-${this.next()}`;
    this.probes.push(groupId);
    return groupId;
  }

  get allGroups(): readonly WalkedGroup[] {
    return [...this.groups, ...this.patternGroups, ...this.#loneGroups];
  }

  group(): WalkedGroup {
    return this.dice.pick(this.groups);
  }

  /** Asks a heartbeat and keeps what the answer says of the member. */
  async beat(group: WalkedGroup, what: string, beat: Beat, options: AskOptions = {}): Promise<Answer> {
    const answer = await this.wire.ask(
      `${name(group)} ${asMember(beat.memberId)} ${what}`,
      consumerGroupHeartbeatRequest,
      beat.version ?? 1,
      bodyOf(group.groupId, beat),
      { shown: sorted, ...options },
    );
    this.#learn(group, beat, answer);
    return answer;
  }

  /** A heartbeat that is not written down. */
  async quietBeat(group: WalkedGroup, beat: Beat): Promise<Answer> {
    const body = bodyOf(group.groupId, beat);
    const answer = await this.wire.until(consumerGroupHeartbeatRequest, beat.version ?? 1, body, () => true);
    this.#learn(group, beat, answer);
    return answer;
  }

  #learn(group: WalkedGroup, beat: Beat, answer: Answer): void {
    if (answer.text('memberId') === '' || answer.number('errorCode') !== 0) return;
    const names = new Map([...this.topicIds].map(([topic, topicId]) => [topicId, topic]));
    const nameOf = ({ topicId }: Owned[number]) => names.get(topicId) ?? '';
    learn(group, beat, answer, (a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }
}

/** Ids that the coordinator makes differ, and long ones tell no more than their length. */
function asMember(memberId: string): string {
  if (memberId === '') return 'nobody';
  return memberId.length > 12 ? 'a long id' : memberId;
}

/** The last word of a group's id: which of the groups it is. */
export function name({ groupId }: WalkedGroup): string {
  return groupId.split('-').at(-1) ?? '';
}

export function bodyOf(groupId: string, beat: Beat) {
  const { version = 1, owned = null, names = null } = beat;
  return {
    groupId,
    memberId: beat.memberId,
    memberEpoch: beat.memberEpoch,
    instanceId: beat.instanceId ?? null,
    rackId: beat.rackId ?? null,
    rebalanceTimeoutMs: beat.rebalanceTimeoutMs ?? -1,
    subscribedTopicNames: names === null ? null : [...names],
    ...(version === 0 ? {} : { subscribedTopicRegex: beat.regex ?? null }),
    serverAssignor: beat.assignor ?? null,
    topicPartitions:
      owned?.map(({ topicId, partitions }) => ({ topicId, partitions: [...partitions] })) ?? null,
  };
}

function learn(
  group: WalkedGroup,
  beat: Beat,
  answer: Answer,
  order: (a: Owned[number], b: Owned[number]) => number,
): void {
  const memberId = answer.text('memberId');
  const epoch = answer.number('memberEpoch');
  if (epoch < 0) {
    group.members.delete(memberId);
    return;
  }
  const known = group.members.get(memberId);
  const instanceId = beat.instanceId ?? known?.instanceId ?? null;
  const owned = assignmentOf(answer)?.toSorted(order) ?? known?.owned ?? [];
  group.members.set(memberId, { memberId, instanceId, epoch, owned });
}

/** The assignment in an answer to a heartbeat; undefined when nothing has changed. */
export function assignmentOf(answer: Answer): Owned | undefined {
  if (!answer.has('assignment.topicPartitions')) return undefined;
  const owned: { topicId: string; partitions: number[] }[] = [];
  for (let i = 0; answer.has(`assignment.topicPartitions.${i}`); i++) {
    const partitions: number[] = [];
    const at = `assignment.topicPartitions.${i}`;
    for (let j = 0; answer.has(`${at}.partitions.${j}`); j++)
      partitions.push(answer.number(`${at}.partitions.${j}`));
    owned.push({ topicId: answer.text(`${at}.topicId`), partitions: partitions.sort((a, b) => a - b) });
  }
  return owned;
}

/** Of sets, which Kafka tells in the order of hash maps, what is in them. */
export function sorted(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(answer), (key, value) =>
    isSet(key) && Array.isArray(value) ? value.toSorted((a, b) => (a < b ? -1 : 1)) : value,
  );
}

function isSet(key: string): boolean {
  return key === 'partitions' || key === 'subscribedTopicNames';
}

export function current({ memberId, epoch, instanceId }: KnownMember) {
  return { memberId, memberEpoch: epoch, instanceId };
}

export function known(dice: Dice, group: WalkedGroup): KnownMember | undefined {
  const members = [...group.members.values()].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  return members.length === 0 ? undefined : dice.pick(members);
}
