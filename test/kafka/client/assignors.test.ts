import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Assignor, MemberSubscription } from '../../../kafka/client/group/assignor.ts';
import { assignorsOf } from '../../../kafka/client/group/assignors.ts';
import { rangeAssignor } from '../../../kafka/client/group/range-assignor.ts';
import { roundRobinAssignor } from '../../../kafka/client/group/round-robin-assignor.ts';
import { cooperativeStickyAssignor, stickyAssignor } from '../../../kafka/client/group/sticky-assignors.ts';
import type { TopicPartition } from '../../../kafka/client/index.ts';

type Assignment = Map<string, TopicPartition[]>;

function member(
  memberId: string,
  topics: readonly string[],
  more: Partial<MemberSubscription> = {},
): MemberSubscription {
  return {
    memberId,
    topics,
    groupInstanceId: undefined,
    userData: null,
    ownedPartitions: [],
    generationId: -1,
    rackId: undefined,
    ...more,
  };
}

const text = (assignment: Assignment) =>
  Object.fromEntries(
    [...assignment].map(([id, partitions]) => [
      id,
      partitions.map(({ topic, partition }) => `${topic}${partition}`).join(' '),
    ]),
  );

const keysOf = (partitions: readonly TopicPartition[]) =>
  new Set(partitions.map((one) => `${one.topic}/${one.partition}`));

describe('range', () => {
  test('cuts each topic into ranges, and the first members get more', () => {
    const members = [member('b', ['t', 'u']), member('a', ['t', 'u'])];
    const counts = new Map([
      ['t', 3],
      ['u', 3],
    ]);
    expect(text(rangeAssignor.assign(counts, members))).toEqual({ a: 't0 t1 u0 u1', b: 't2 u2' });
  });

  test('gives a topic only to those that subscribed to it', () => {
    const members = [member('a', ['t']), member('b', ['t', 'u']), member('c', ['u'])];
    const counts = new Map([
      ['t', 2],
      ['u', 3],
    ]);
    expect(text(rangeAssignor.assign(counts, members))).toEqual({ a: 't0', b: 't1 u0 u1', c: 'u2' });
  });

  test('puts static members first, by instance id', () => {
    const members = [
      member('a', ['t']),
      member('z', ['t'], { groupInstanceId: 'i2' }),
      member('y', ['t'], { groupInstanceId: 'i1' }),
    ];
    expect(text(rangeAssignor.assign(new Map([['t', 2]]), members))).toEqual({ a: '', z: 't1', y: 't0' });
  });
});

describe('roundrobin', () => {
  test('deals partitions of all topics out in turn', () => {
    const members = [member('a', ['t', 'u']), member('b', ['t', 'u'])];
    const counts = new Map([
      ['u', 3],
      ['t', 3],
    ]);
    expect(text(roundRobinAssignor.assign(counts, members))).toEqual({ a: 't0 t2 u1', b: 't1 u0 u2' });
  });

  test('skips members that have not subscribed', () => {
    const members = [member('a', ['t']), member('b', ['t', 'u']), member('c', ['t', 'u', 'v'])];
    const counts = new Map([
      ['t', 1],
      ['u', 2],
      ['v', 3],
    ]);
    expect(text(roundRobinAssignor.assign(counts, members))).toEqual({ a: 't0', b: 'u0', c: 'u1 v0 v1 v2' });
  });
});

const topicNames = ['t', 'u', 'v', 'w'];
const counts = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 })
  .map((sizes) => new Map(sizes.map((size, index) => [topicNames[index] ?? '', size])));
const groups = fc
  .array(fc.subarray(topicNames, { minLength: 0 }), { minLength: 1, maxLength: 6 })
  .map((subscriptions) => subscriptions.map((topics, index) => member(`m${index}`, topics)));

describe.each<Assignor>([rangeAssignor, roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor])(
  'every assignment of $name',
  (assignor) => {
    test('gives each partition that somebody subscribed to, to exactly one of the subscribers', () => {
      fc.assert(
        fc.property(counts, groups, (partitionCounts, members) => {
          const assignment = assignor.assign(partitionCounts, members);
          const all = [...assignment.values()].flat();
          expect([...assignment.keys()].sort()).toEqual(members.map(({ memberId }) => memberId).sort());
          expect(keysOf(all).size).toBe(all.length);
          const wanted = new Set(members.flatMap(({ topics }) => topics));
          const expected = [...partitionCounts].reduce(
            (sum, [topic, count]) => sum + (wanted.has(topic) ? count : 0),
            0,
          );
          expect(all.length).toBe(expected);
          for (const { memberId, topics } of members) {
            for (const { topic } of assignment.get(memberId) ?? []) expect(topics).toContain(topic);
          }
        }),
      );
    });
  },
);

/** A second round: everyone says what it got in the first. */
function rejoin(
  members: readonly MemberSubscription[],
  assignment: Assignment,
  assignor: Assignor,
): MemberSubscription[] {
  return members.map((one) => {
    const owned = assignment.get(one.memberId) ?? [];
    const generationId = 1;
    return assignor.isCooperative
      ? { ...one, ownedPartitions: owned, generationId, userData: assignor.userData(owned, generationId) }
      : { ...one, userData: assignor.userData(owned, generationId) };
  });
}

const sizesOf = (assignment: Assignment) => [...assignment.values()].map(({ length }) => length);
const moved = (before: Assignment, after: Assignment) =>
  [...after].flatMap(([id, partitions]) => {
    const had = keysOf(before.get(id) ?? []);
    return partitions.filter(({ topic, partition }) => !had.has(`${topic}/${partition}`));
  }).length;

describe.each<Assignor>([stickyAssignor, cooperativeStickyAssignor])('$name', (assignor) => {
  test('is even: with equal subscriptions nobody has two more than another', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 7 }), (partitionCounts, size) => {
        const members = Array.from({ length: size }, (_, index) => member(`m${index}`, topicNames));
        const sizes = sizesOf(assignor.assign(partitionCounts, members));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('is even: with unequal subscriptions no single move would help', () => {
    fc.assert(
      fc.property(counts, groups, (partitionCounts, members) => {
        const assignment = assignor.assign(partitionCounts, members);
        for (const from of members) {
          for (const { topic } of assignment.get(from.memberId) ?? []) {
            for (const to of members.filter(({ topics }) => topics.includes(topic))) {
              const has = assignment.get(from.memberId)?.length ?? 0;
              expect(has - (assignment.get(to.memberId)?.length ?? 0)).toBeLessThanOrEqual(1);
            }
          }
        }
      }),
    );
  });

  test('evens out over a chain of members', () => {
    const members = [member('a', ['t', 'u']), member('b', ['u', 'v']), member('c', ['v'])];
    const owned: Record<string, TopicPartition[]> = {
      a: [0, 1].map((partition) => ({ topic: 't', partition })).concat([{ topic: 'u', partition: 0 }]),
      b: [
        { topic: 'v', partition: 0 },
        { topic: 'v', partition: 1 },
      ],
      c: [{ topic: 'v', partition: 2 }],
    };
    const rejoined = rejoin(members, new Map(Object.entries(owned)), assignor);
    const partitionCounts = new Map([
      ['t', 2],
      ['u', 1],
      ['v', 3],
    ]);
    const first = assignor.assign(partitionCounts, rejoined);
    const second = assignor.assign(partitionCounts, rejoin(members, first, assignor));
    expect(sizesOf(second)).toEqual([2, 2, 2]);
  });

  test('moves nothing when nothing has changed', () => {
    fc.assert(
      fc.property(counts, groups, (partitionCounts, members) => {
        const first = assignor.assign(partitionCounts, members);
        const second = assignor.assign(partitionCounts, rejoin(members, first, assignor));
        expect(moved(first, second)).toBe(0);
      }),
    );
  });

  test('moves only what a member that has gone leaves behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 30 }), (size, count) => {
        const members = Array.from({ length: size }, (_, index) => member(`m${index}`, ['t']));
        const partitionCounts = new Map([['t', count]]);
        const first = assignor.assign(partitionCounts, members);
        const left = members.slice(1);
        const second = assignor.assign(partitionCounts, rejoin(left, first, assignor));
        expect(moved(first, second)).toBe(first.get('m0')?.length ?? 0);
      }),
    );
  });

  test('believes the later generation when two members claim a partition', () => {
    const claim = [{ topic: 't', partition: 0 }];
    const claims = (generationId: number) =>
      assignor.isCooperative
        ? { ownedPartitions: claim, generationId }
        : { userData: assignor.userData(claim, generationId) };
    const members = [member('old', ['t'], claims(3)), member('new', ['t'], claims(4))];
    const assignment =
      stickyAssignor.name === assignor.name
        ? assignor.assign(new Map([['t', 1]]), members)
        : assignor.assign(new Map([['t', 1]]), [
            members[1] as MemberSubscription,
            member('old', ['t'], { generationId: 3 }),
          ]);
    expect(text(assignment)).toEqual({ old: '', new: 't0' });
  });
});

describe('cooperative-sticky', () => {
  test('leaves out what another member still has', () => {
    const owned = [0, 1, 2, 3].map((partition) => ({ topic: 't', partition }));
    const members = [member('a', ['t'], { ownedPartitions: owned, generationId: 1 }), member('b', ['t'])];
    const first = cooperativeStickyAssignor.assign(new Map([['t', 4]]), members);
    expect(sizesOf(first).sort()).toEqual([0, 2]);
    const second = cooperativeStickyAssignor.assign(
      new Map([['t', 4]]),
      rejoin(members, first, cooperativeStickyAssignor),
    );
    expect(sizesOf(second)).toEqual([2, 2]);
    expect(keysOf(second.get('a') ?? [])).toEqual(keysOf(first.get('a') ?? []));
  });

  test('writes its user data as Java does: the generation, four bytes', () => {
    expect(cooperativeStickyAssignor.userData([], 7)).toEqual(Buffer.from([0, 0, 0, 7]));
  });

  test('reads the generation of members of an older protocol version from their user data', () => {
    const claim = [{ topic: 't', partition: 0 }];
    const userData = (generation: number) => cooperativeStickyAssignor.userData(claim, generation);
    const old = member('old', ['t'], { ownedPartitions: claim, userData: userData(1) });
    const recent = member('recent', ['t'], { ownedPartitions: claim, userData: userData(2) });
    const assignment = cooperativeStickyAssignor.assign(new Map([['t', 1]]), [old, recent]);
    // Both claim it: it is the recent one's, but only when the old one has given it up.
    expect(text(assignment)).toEqual({ old: '', recent: '' });
  });
});

describe('sticky', () => {
  test('writes its user data as Java does: topics with partitions, then the generation', () => {
    const owned = [
      { topic: 'ab', partition: 1 },
      { topic: 'ab', partition: 2 },
    ];
    expect(stickyAssignor.userData(owned, 3)?.toString('hex')).toBe(
      '00000001' + '0002' + '6162' + '00000002' + '00000001' + '00000002' + '00000003',
    );
  });

  test('reads user data without a generation, of members before Kafka 2.3', () => {
    const withoutGeneration =
      stickyAssignor.userData([{ topic: 't', partition: 1 }], 3)?.subarray(0, -4) ?? null;
    const members = [member('a', ['t']), member('b', ['t'], { userData: withoutGeneration })];
    const assignment = stickyAssignor.assign(new Map([['t', 2]]), members);
    expect(text(assignment)).toEqual({ a: 't0', b: 't1' });
  });

  test('takes unreadable user data for none', () => {
    const members = [member('a', ['t'], { userData: Buffer.from([9, 9, 9]) })];
    expect(text(stickyAssignor.assign(new Map([['t', 1]]), members))).toEqual({ a: 't0' });
  });
});

describe('the choice of assignors', () => {
  test('is range, then cooperative-sticky, when none is named', () => {
    expect(assignorsOf(undefined).map(({ name }) => name)).toEqual(['range', 'cooperative-sticky']);
  });

  test.each([[['nope']], [[]], [['range', 'range']]])('refuses %j', (names) => {
    expect(() => assignorsOf(names)).toThrow(expect.objectContaining({ code: 'CLIENT_CONFIGURATION' }));
  });
});
