import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Assignor, GroupSpec } from '../../../../broker/groups/consumer/assignors/assignor.ts';
import { rangeAssignor } from '../../../../broker/groups/consumer/assignors/range.ts';
import { uniformAssignor } from '../../../../broker/groups/consumer/assignors/uniform.ts';
import type { Assignment } from '../../../../broker/groups/consumer/partitions.ts';

const topicNames = ['t0', 't1', 't2', 't3'];

/** Members by id, each with its subscription; topics with their partition counts. */
interface World {
  readonly counts: ReadonlyMap<string, number>;
  readonly subscriptions: ReadonlyMap<string, ReadonlySet<string>>;
}

const counts = fc
  .array(fc.nat(9), { minLength: 4, maxLength: 4 })
  .map((all) => new Map(topicNames.map((name, index) => [name, all[index] ?? 0])));
const subscription = fc.subarray(topicNames).map((names) => new Set(names));

const homogeneous = fc
  .record({ counts, size: fc.integer({ min: 1, max: 7 }), names: subscription })
  .map(({ counts: all, size, names }): World => {
    const ids = Array.from({ length: size }, (_, index) => `m${index}`);
    return { counts: all, subscriptions: new Map(ids.map((id) => [id, names])) };
  });

const heterogeneous = fc
  .record({ counts, all: fc.array(subscription, { minLength: 1, maxLength: 7 }) })
  .map(({ counts: some, all }): World => {
    return { counts: some, subscriptions: new Map(all.map((names, index) => [`m${index}`, names])) };
  });

function specOf(world: World, owned: ReadonlyMap<string, Assignment> = new Map()): GroupSpec {
  const members = [...world.subscriptions].map(([memberId, topicIds]) => {
    return { memberId, instanceId: null, topicIds, assigned: owned.get(memberId) ?? new Map() };
  });
  const all = members.map(({ topicIds }) => [...topicIds].sort().join());
  return {
    members,
    isHomogeneous: new Set(all).size <= 1,
    partitionCount: (topicId) => world.counts.get(topicId) ?? 0,
  };
}

function flat(assignment: Assignment | undefined): readonly string[] {
  return [...(assignment ?? [])].flatMap(([topic, partitions]) =>
    [...partitions].map((each) => `${topic}-${each}`),
  );
}

/** Every partition of a topic that anybody subscribes to has exactly one owner, and that one subscribes to it. */
function expectComplete(world: World, assignment: ReadonlyMap<string, Assignment>): void {
  expect([...assignment.keys()].sort()).toEqual([...world.subscriptions.keys()].sort());
  const subscribed = new Set([...world.subscriptions.values()].flatMap((names) => [...names]));
  const wanted = [...subscribed].flatMap((topic) =>
    Array.from({ length: world.counts.get(topic) ?? 0 }, (_, partition) => `${topic}-${partition}`),
  );
  expect([...assignment.values()].flatMap(flat).sort()).toEqual(wanted.sort());
  for (const [memberId, partitions] of assignment) {
    for (const topic of partitions.keys()) expect(world.subscriptions.get(memberId)?.has(topic)).toBe(true);
    for (const numbers of partitions.values()) expect(numbers.size).toBeGreaterThan(0);
  }
}

const sizes = (assignment: ReadonlyMap<string, Assignment>) =>
  [...assignment.values()].map((partitions) => flat(partitions).length);

test.each<[string, Assignor]>([
  ['uniform', uniformAssignor],
  ['range', rangeAssignor],
])('%s gives every partition to exactly one subscriber', (_name, assignor) => {
  fc.assert(
    fc.property(fc.oneof(homogeneous, heterogeneous), (world) => {
      expectComplete(world, assignor.assign(specOf(world)));
    }),
  );
});

test('uniform: members with the same subscription have the same number of partitions, give or take one', () => {
  fc.assert(
    fc.property(homogeneous, (world) => {
      const all = sizes(uniformAssignor.assign(specOf(world)));
      expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
    }),
  );
});

test('uniform: one more goes to who has one more already, else to the last, and the rest to members by id', () => {
  const world: World = {
    counts: new Map([['t0', 5]]),
    subscriptions: new Map(['m2', 'm1'].map((id) => [id, new Set(['t0'])])),
  };
  const shown = (assignment: ReadonlyMap<string, Assignment>) =>
    Object.fromEntries([...assignment].map(([id, partitions]) => [id, flat(partitions)]));
  expect(shown(uniformAssignor.assign(specOf(world)))).toEqual({
    m1: ['t0-0', 't0-1'],
    m2: ['t0-2', 't0-3', 't0-4'],
  });
  const owned = new Map([['m1', new Map([['t0', new Set([4, 0, 1, 2])]])]]);
  expect(shown(uniformAssignor.assign(specOf(world, owned)))).toEqual({
    m1: ['t0-0', 't0-1', 't0-2'],
    m2: ['t0-3', 't0-4'],
  });
});

test('uniform: the same group is assigned to the same way again', () => {
  fc.assert(
    fc.property(fc.oneof(homogeneous, heterogeneous), (world) => {
      const first = uniformAssignor.assign(specOf(world));
      expect(uniformAssignor.assign(specOf(world, first))).toEqual(first);
    }),
  );
});

/** How many partitions change hands though their former owner is still a subscriber. */
function moved(
  world: World,
  before: ReadonlyMap<string, Assignment>,
  after: ReadonlyMap<string, Assignment>,
) {
  return [...before].flatMap(([memberId, partitions]) => {
    const kept = new Set(flat(after.get(memberId)));
    return flat(partitions).filter((each) => world.subscriptions.has(memberId) && !kept.has(each));
  }).length;
}

test('uniform: when a member comes or goes, only as many partitions move as balance needs', () => {
  fc.assert(
    fc.property(homogeneous, fc.boolean(), (world, isJoin) => {
      const before = uniformAssignor.assign(specOf(world));
      const changed = new Map(world.subscriptions);
      const names = [...world.subscriptions.values()][0] ?? new Set<string>();
      if (isJoin) changed.set('newcomer', names);
      else changed.delete('m0');
      if (changed.size === 0) return;
      const next = { ...world, subscriptions: changed };
      const after = uniformAssignor.assign(specOf(next, before));
      expectComplete(next, after);
      // Who stays gives up only what the newcomer gets, and nothing when somebody goes.
      expect(moved(next, before, after)).toBe(isJoin ? flat(after.get('newcomer')).length : 0);
    }),
  );
});

test('uniform: an old assignment of any kind never breaks the new one', () => {
  fc.assert(
    fc.property(fc.oneof(homogeneous, heterogeneous), fc.oneof(homogeneous, heterogeneous), (old, world) => {
      // Assignments of both worlds together: partitions that do not exist, and some with two owners.
      const owned = new Map([
        ...rangeAssignor.assign(specOf(old)),
        ['m1', new Map([['t0', new Set([0, 1, 99])]])] as const,
      ]);
      expectComplete(world, uniformAssignor.assign(specOf(world, owned)));
    }),
  );
});

/** Whether a partition could go, over a chain of subscribers, from a member to one with two less. */
function isImprovable(world: World, assignment: ReadonlyMap<string, Assignment>): boolean {
  const size = (memberId: string) => flat(assignment.get(memberId)).length;
  return [...assignment.keys()].some((start) => {
    const reached = new Set([start]);
    for (const memberId of reached) {
      for (const topic of assignment.get(memberId)?.keys() ?? []) {
        for (const [other, names] of world.subscriptions) if (names.has(topic)) reached.add(other);
      }
    }
    return [...reached].some((memberId) => size(memberId) <= size(start) - 2);
  });
}

test('uniform: with different subscriptions no assignment is more even', () => {
  fc.assert(
    fc.property(heterogeneous, heterogeneous, (old, world) => {
      const owned = uniformAssignor.assign(specOf(old));
      expect(isImprovable(world, uniformAssignor.assign(specOf(world, owned)))).toBe(false);
    }),
  );
});

test('uniform: with different subscriptions nobody gives up a partition to one that has as much', () => {
  const subscriptions = new Map([
    ['a', new Set(['t0', 't1'])],
    ['b', new Set(['t1'])],
  ]);
  const world = {
    counts: new Map([
      ['t0', 1],
      ['t1', 4],
    ]),
    subscriptions,
  };
  const before: ReadonlyMap<string, Assignment> = new Map([
    [
      'a',
      new Map([
        ['t0', new Set([0])],
        ['t1', new Set([3])],
      ]),
    ],
    ['b', new Map([['t1', new Set([0, 1, 2])]])],
  ]);
  expect(uniformAssignor.assign(specOf(world, before))).toEqual(before);
});

test('range: partitions of one number of topics of one size go to the same member', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), (count, size) => {
      const names = new Set(['t0', 't1']);
      const ids = Array.from({ length: size }, (_, index) => `m${index}`);
      const world = {
        counts: new Map([
          ['t0', count],
          ['t1', count],
        ]),
        subscriptions: new Map(ids.map((id) => [id, names])),
      };
      for (const assigned of rangeAssignor.assign(specOf(world)).values()) {
        expect(assigned.get('t0')).toEqual(assigned.get('t1'));
      }
    }),
  );
});

test('range: a static member that is back under another id gets the same range', () => {
  const topicIds = new Set(['t0']);
  const member = (memberId: string, instanceId: string | null) => {
    return { memberId, instanceId, topicIds, assigned: new Map() };
  };
  const assign = (id: string) => {
    const members = [member('zz', null), member(id, 'i1'), member('s2', 'i2')];
    return rangeAssignor.assign({ members, isHomogeneous: true, partitionCount: () => 7 }).get(id);
  };
  expect(assign('a')).toEqual(new Map([['t0', new Set([0, 1, 2])]]));
  expect(assign('z')).toEqual(assign('a'));
});
