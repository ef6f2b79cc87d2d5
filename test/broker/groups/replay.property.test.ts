import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoordinatorRecord } from '../../../broker/coordinator/coordinator-record.ts';
import type { Join } from '../../../broker/groups/classic/join-attempt.ts';
import { decodeGroupRecord, encodeGroupRecord } from '../../../broker/groups/coordinator-record.ts';
import type { Decision, GroupTimer } from '../../../broker/groups/decision.ts';
import { GroupCoordinator } from '../../../broker/groups/group-coordinator.ts';
import { groupMetadataRecord } from '../../../broker/groups/group-record.ts';
import type { GroupTopics } from '../../../broker/groups/index.ts';
import {
  commitDefaults,
  commitTopic,
  consumerWorld,
  joinDefaults,
  MemoryTopics,
  protocol,
} from './group-fixture.ts';

const config = { initialRebalanceDelayMs: 3_000, groupMaxSize: 4, newMemberJoinTimeoutMs: 300_000 };
const topics: GroupTopics = new MemoryTopics({ orders: 2, payments: 2 });

/** A coordinator whose decisions are applied one after the other, and the log of their records. */
class Machine {
  readonly coordinator = new GroupCoordinator(consumerWorld(config));
  readonly log: CoordinatorRecord[] = [];
  /** Timers that are running, with the group they belong to. */
  readonly timers = new Map<string, { readonly groupId: string; readonly timer: GroupTimer }>();
  now = 1_000;
  #ids = 0;

  carryOut(decision: Decision<unknown>): void {
    this.log.push(...decision.records.map(encodeGroupRecord));
    this.coordinator.apply(decision);
    for (const { timer, delayMs } of decision.timers) {
      const key = JSON.stringify([decision.groupId, timer]);
      if (delayMs === undefined) this.timers.delete(key);
      else this.timers.set(key, { groupId: decision.groupId, timer });
    }
  }

  join(fields: Partial<Join['request']>, apiVersion: number): void {
    this.#ids += 1;
    const context = { apiVersion, clientId: 'c', clientHost: '/h' };
    const request = { ...joinDefaults, ...fields };
    this.carryOut(
      this.coordinator.joinGroup({
        request,
        context,
        newMemberId: `m${this.#ids}`,
        newConsumerMemberId: `n${this.#ids}`,
        now: this.now,
      }),
    );
  }

  /** The coordinator that a restart makes of the log. */
  replayed(): GroupCoordinator {
    const coordinator = new GroupCoordinator(consumerWorld(config));
    for (const { key, value } of this.log) coordinator.replay(decodeGroupRecord(key, value));
    return coordinator;
  }
}

/** What a restart must give back: complete generations and empty groups, with their members, and all offsets. */
function durableState(coordinator: GroupCoordinator, other: GroupCoordinator) {
  const groups = [...coordinator.groups.values()].map((group) => {
    const counterpart = other.groups.get(group.groupId);
    const isDurable = [group, counterpart].every(
      (one) => one?.type === 'classic' && (one.state === 'Stable' || one.state === 'Empty'),
    );
    const record = group.type === 'classic' && isDurable ? groupMetadataRecord(group).value : undefined;
    const committed = [...coordinator.offsets.of(group.groupId)].map(([topic, offsets]) => [
      topic,
      [...offsets],
    ]);
    return [group.groupId, record, committed];
  });
  return groups.sort();
}

type Step = (machine: Machine) => void;

const groupIds = fc.constantFrom('g', 'h');

/** Any id that a client could know: of a member, handed out, or made up. */
function memberIds(machine: Machine, groupId: string): readonly string[] {
  const group = machine.coordinator.groups.get(groupId);
  return group?.type === 'classic'
    ? [...group.members.keys(), ...group.pendingMembers, 'stranger']
    : ['stranger'];
}
const pick = (ids: readonly string[], index: number): string => ids[index % ids.length] ?? '';

const join = fc
  .record({
    groupId: groupIds,
    member: fc.option(fc.nat(5)),
    groupInstanceId: fc.option(fc.constantFrom('i', 'j'), { freq: 2 }),
    protocols: fc.constantFrom(
      [protocol('a')],
      [protocol('a'), protocol('b')],
      [protocol('b'), protocol('a', [])],
    ),
    apiVersion: fc.constantFrom(3, 8, 9),
  })
  .map(
    ({ groupId, member, groupInstanceId, protocols, apiVersion }): Step =>
      (machine) => {
        const memberId = member === null ? '' : pick(memberIds(machine, groupId), member);
        machine.join({ groupId, memberId, groupInstanceId, protocols }, apiVersion);
      },
  );

const sync = fc.tuple(groupIds, fc.nat(5)).map(
  ([groupId, index]): Step =>
    (machine) => {
      const group = machine.coordinator.groups.get(groupId);
      const ids = memberIds(machine, groupId);
      const assignments = ids.map((id) => ({
        memberId: id,
        assignment: Buffer.from(`${id}@${machine.now}`),
      }));
      const generationId = group?.type === 'classic' ? group.generationId : 0;
      const blank = { groupInstanceId: null, protocolType: null, protocolName: null };
      const request = { ...blank, groupId, memberId: pick(ids, index), generationId, assignments };
      machine.carryOut(machine.coordinator.syncGroup({ request, now: machine.now }));
    },
);

/** All members sync, the leader as well: what makes a generation stable. */
const syncAll = groupIds.map(
  (groupId): Step =>
    (machine) => {
      const count = memberIds(machine, groupId).length;
      for (let index = 0; index < count; index += 1) {
        const group = machine.coordinator.groups.get(groupId);
        if (group?.type !== 'classic') return;
        const ids = memberIds(machine, groupId);
        const assignments = ids.map((id) => ({
          memberId: id,
          assignment: Buffer.from(`${id}@${machine.now}`),
        }));
        const blank = { groupInstanceId: null, protocolType: null, protocolName: null };
        const request = {
          ...blank,
          groupId,
          memberId: pick(ids, index),
          generationId: group.generationId,
          assignments,
        };
        machine.carryOut(machine.coordinator.syncGroup({ request, now: machine.now }));
      }
    },
);

const leave = fc.tuple(groupIds, fc.nat(5)).map(
  ([groupId, index]): Step =>
    (machine) => {
      const memberId = pick(memberIds(machine, groupId), index);
      const members = [{ memberId, groupInstanceId: null, reason: null }];
      machine.carryOut(machine.coordinator.leaveGroup(groupId, members, machine.now));
    },
);

const expire = fc.nat(20).map(
  (index): Step =>
    (machine) => {
      const keys = [...machine.timers.keys()];
      const key = pick(keys, index);
      const fired = machine.timers.get(key);
      if (fired === undefined) return;
      machine.timers.delete(key);
      machine.carryOut(machine.coordinator.expire(fired.groupId, fired.timer, machine.now));
    },
);

const commit = fc
  .tuple(groupIds, fc.constantFrom('orders', 'payments'), fc.nat(1), fc.nat(100), fc.boolean())
  .map(
    ([groupId, topic, partition, offset, isShort]): Step =>
      (machine) => {
        const group = machine.coordinator.groups.get(groupId);
        const memberId = group?.type === 'classic' ? (group.leaderId ?? '') : '';
        const generationIdOrMemberEpoch =
          memberId === '' || group?.type !== 'classic' ? -1 : group.generationId;
        const request = {
          ...commitDefaults,
          groupId,
          memberId,
          generationIdOrMemberEpoch,
          retentionTimeMs: isShort ? 5_000 : -1,
          topics: [commitTopic(topic, partition, offset)],
        };
        const limits = { apiVersion: 4, topics, offsetMetadataMax: 4_096, now: machine.now };
        machine.carryOut(machine.coordinator.commitOffsets({ request, ...limits }));
      },
  );

const removal = fc.constantFrom<Step[]>(
  (machine) => machine.carryOut(machine.coordinator.deleteGroup('g')),
  (machine) => {
    for (const decision of machine.coordinator.deleteTopicOffsets('orders')) machine.carryOut(decision);
  },
  (machine) => {
    for (const decision of machine.coordinator.expireOffsets(machine.now, 60_000)) machine.carryOut(decision);
  },
);

const time = fc.constantFrom(1, 1_000, 30_000).map(
  (ms): Step =>
    (machine) => {
      machine.now += ms;
    },
);

const step = fc.oneof(
  { arbitrary: join, weight: 5 },
  { arbitrary: syncAll, weight: 3 },
  { arbitrary: expire, weight: 3 },
  sync,
  leave,
  commit,
  removal,
  time,
);

test('at every point the log gives back the durable part of the state', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const machine = new Machine();
      for (const carryOut of steps) {
        carryOut(machine);
        const replayed = machine.replayed();
        expect([...replayed.groups.keys()].sort()).toEqual([...machine.coordinator.groups.keys()].sort());
        expect(durableState(replayed, machine.coordinator)).toEqual(
          durableState(machine.coordinator, replayed),
        );
        for (const group of machine.coordinator.groups.values())
          if (group.type === 'classic') seen.add(group.state);
      }
    }),
    { numRuns: 200 },
  );
  expect([...seen].sort()).toEqual(['CompletingRebalance', 'Empty', 'PreparingRebalance', 'Stable']);
});

test('at every point a group is consistent in itself, and its generation never falls', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const machine = new Machine();
      for (const carryOut of steps) {
        const before = new Map(machine.coordinator.groups);
        carryOut(machine);
        for (const group of machine.coordinator.groups.values()) {
          if (group.type !== 'classic') continue;
          const former = before.get(group.groupId);
          if (former?.type === 'classic')
            expect(group.generationId).toBeGreaterThanOrEqual(former.generationId);
          const members = [...group.members.values()];
          const instances = members.flatMap((member) =>
            member.groupInstanceId === null ? [] : [[member.groupInstanceId, member.memberId]],
          );
          expect([...group.staticMembers].sort()).toEqual(instances.sort());
          expect(group.leaderId === undefined).toBe(members.length === 0);
          if (group.leaderId !== undefined) expect(group.members.has(group.leaderId)).toBe(true);
          if (members.length === 0) expect(['Empty', 'PreparingRebalance']).toContain(group.state);
          if (group.state === 'Empty') expect(members).toEqual([]);
          if (group.state !== 'PreparingRebalance')
            expect(members.some((member) => member.isAwaitingJoin)).toBe(false);
          if (group.state !== 'CompletingRebalance')
            expect(members.some((member) => member.isAwaitingSync)).toBe(false);
          for (const id of group.pendingSyncMembers) expect(group.members.has(id)).toBe(true);
          for (const id of group.pendingMembers) expect(group.members.has(id)).toBe(false);
          // Without a timer nothing would ever end the rebalance, or find out that a member is dead.
          const has = (timer: GroupTimer) => machine.timers.has(JSON.stringify([group.groupId, timer]));
          if (group.state === 'PreparingRebalance') expect(has({ kind: 'join' })).toBe(true);
          if (group.pendingSyncMembers.size > 0) expect(has({ kind: 'sync' })).toBe(true);
          for (const memberId of group.pendingMembers) expect(has({ kind: 'session', memberId })).toBe(true);
          for (const { memberId, isNew, isAwaitingJoin, isAwaitingSync } of members) {
            const isWaiting = (isAwaitingJoin || isAwaitingSync) && !isNew;
            if (!isWaiting) expect(has({ kind: 'session', memberId })).toBe(true);
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});
