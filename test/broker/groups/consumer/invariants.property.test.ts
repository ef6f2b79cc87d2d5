import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoordinatorRecord } from '../../../../broker/coordinator/coordinator-record.ts';
import { type ConsumerGroup, consumerGroupState } from '../../../../broker/groups/consumer/consumer-group.ts';
import { decodeGroupRecord, encodeGroupRecord } from '../../../../broker/groups/coordinator-record.ts';
import type { Decision, GroupTimer } from '../../../../broker/groups/decision.ts';
import { GroupCoordinator } from '../../../../broker/groups/group-coordinator.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../../../kafka/protocol/index.ts';
import { consumerWorld, joinDefaults, MemoryTopics } from '../group-fixture.ts';
import { assignedPartitions, names, partitionsOf, subscription } from './consumer-fixture.ts';

const classic = { initialRebalanceDelayMs: 0, groupMaxSize: 10, newMemberJoinTimeoutMs: 300_000 };

/** What a client believes: the coordinator must never give a partition to two of them at once. */
interface Client {
  readonly memberId: string;
  readonly instanceId: string | null;
  epoch: number;
  owned: readonly string[];
  isClassic: boolean;
  subscribed: readonly string[];
  /** An answer was lost: it says everything about itself until there is one. */
  isFull: boolean;
}

const blankClassic = {
  instanceId: null,
  epoch: -1,
  owned: [],
  isClassic: true,
  subscribed: [],
  isFull: false,
};

/** A coordinator, the log of its records, and clients that do as they are told, lose answers, or go silent. */
class Machine {
  readonly topics = new MemoryTopics({ orders: 3, payments: 2 });
  readonly world = consumerWorld(classic, this.topics);
  readonly coordinator = new GroupCoordinator(this.world);
  readonly log: CoordinatorRecord[] = [];
  readonly timers = new Map<string, GroupTimer>();
  readonly clients = new Map<number, Client>();
  now = 1_000;
  #ids = 0;

  get group(): ConsumerGroup | undefined {
    const group = this.coordinator.groups.get('g');
    return group?.type === 'consumer' ? group : undefined;
  }

  carryOut<R>(decision: Decision<R>): R {
    this.log.push(...decision.records.map(encodeGroupRecord));
    this.coordinator.apply(decision);
    for (const { timer, delayMs, unlessRunning } of decision.timers) {
      const key = `${timer.kind} ${'memberId' in timer ? timer.memberId : ''}`;
      if (delayMs === undefined) this.timers.delete(key);
      else if (!unlessRunning || !this.timers.has(key)) this.timers.set(key, timer);
    }
    return decision.response;
  }

  join(
    slot: number,
    fields: { readonly names: readonly string[]; readonly regex: string; isStatic: boolean },
  ) {
    this.#ids += 1;
    const instanceId = fields.isStatic ? `i${slot}` : null;
    const blank = { epoch: 0, owned: [], isClassic: false, isFull: false };
    const client: Client = { ...blank, memberId: `m${this.#ids}`, instanceId, subscribed: fields.names };
    const response = this.heartbeat(client, {
      rebalanceTimeoutMs: 60_000,
      subscribedTopicNames: fields.names,
      subscribedTopicRegex: fields.regex,
      topicPartitions: [],
    });
    if (response.errorCode === 0) this.clients.set(slot, client);
  }

  heartbeat(client: Client, fields: object = {}, isAnswerLost = false): ConsumerGroupHeartbeatResponse {
    const request = {
      groupId: 'g',
      memberId: client.memberId,
      memberEpoch: client.epoch,
      instanceId: client.instanceId,
      rackId: null,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: partitionsOf(client.owned),
      ...(client.isFull ? { rebalanceTimeoutMs: 60_000, subscribedTopicNames: client.subscribed } : {}),
      ...fields,
    };
    client.isFull = isAnswerLost;
    const context = { apiVersion: 1, clientId: 'c', clientHost: '/h' };
    const heartbeat = { request, context, newMemberId: '' };
    const response = this.carryOut(this.coordinator.consumerHeartbeat(heartbeat, this.now));
    if (isAnswerLost) return response;
    if (response.errorCode === 0) {
      client.epoch = response.memberEpoch;
      if (response.assignment !== null) client.owned = names(response.assignment.topicPartitions);
    } else {
      client.owned = [];
      client.epoch = 0;
    }
    return response;
  }

  /** A member of the classic protocol joins, again or for the first time, and asks for its assignment. */
  classicJoin(slot: number): void {
    this.#ids += 1;
    const known = this.clients.get(slot);
    const client = known?.isClassic ? known : { ...blankClassic, memberId: `m${this.#ids}` };
    const request = {
      ...joinDefaults,
      memberId: client.memberId,
      protocols: [subscription(['orders'], client.owned)],
    };
    const context = { apiVersion: 9, clientId: 'c', clientHost: '/h' };
    // Without consumer members a group of the classic protocol would begin, which other tests are about.
    if (this.group === undefined || this.group.members.size === 0) return;
    const joined = this.carryOut(
      this.coordinator.joinGroup({
        request,
        context,
        newMemberId: '',
        newConsumerMemberId: '',
        now: this.now,
      }),
    );
    if (joined === undefined || joined.errorCode !== 0) return;
    client.epoch = joined.generationId;
    const sync = {
      groupId: 'g',
      memberId: client.memberId,
      generationId: client.epoch,
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: [],
    };
    const synced = this.carryOut(this.coordinator.syncGroup({ request: sync, now: this.now }));
    client.owned = synced?.errorCode === 0 ? assignedPartitions(synced.assignment) : [];
    this.clients.set(slot, client);
  }

  expire(index: number): void {
    const keys = [...this.timers.keys()];
    const key = keys[index % keys.length] ?? '';
    const timer = this.timers.get(key);
    if (timer === undefined) return;
    this.timers.delete(key);
    this.carryOut(this.coordinator.expire('g', timer, this.now));
    // A client of which nothing was heard for so long has stopped.
    for (const [slot, client] of this.clients) {
      if ('memberId' in timer && client.memberId === timer.memberId) this.clients.delete(slot);
    }
  }

  replayed(): GroupCoordinator {
    const coordinator = new GroupCoordinator(this.world);
    for (const { key, value } of this.log) coordinator.replay(decodeGroupRecord(key, value));
    return coordinator;
  }
}

type Step = (machine: Machine) => void;
const slots = fc.nat(3);

const join = fc
  .record({
    slot: slots,
    names: fc.constantFrom(['orders'], ['orders', 'payments'], ['missing'], []),
    regex: fc.constantFrom('', '', 'pay.*', 'o.*'),
    isStatic: fc.boolean(),
  })
  .map(
    ({ slot, ...fields }): Step =>
      (machine) =>
        machine.join(slot, fields),
  );

const beat = fc.record({ slot: slots, isAnswerLost: fc.boolean(), isSilent: fc.boolean() }).map(
  ({ slot, isAnswerLost, isSilent }): Step =>
    (machine) => {
      const client = machine.clients.get(slot);
      if (client === undefined || client.isClassic || client.epoch <= 0) return;
      const fields = isSilent && !client.isFull ? { topicPartitions: null } : {};
      machine.heartbeat(client, fields, isAnswerLost);
    },
);

const subscribe = fc.tuple(slots, fc.constantFrom(['orders'], ['payments'], [])).map(
  ([slot, topics]): Step =>
    (machine) => {
      const client = machine.clients.get(slot);
      if (client === undefined || client.isClassic || client.epoch <= 0) return;
      client.subscribed = topics;
      machine.heartbeat(client, { subscribedTopicNames: topics });
    },
);

const leave = fc.tuple(slots, fc.constantFrom(-1, -2)).map(
  ([slot, memberEpoch]): Step =>
    (machine) => {
      const client = machine.clients.get(slot);
      if (client === undefined || client.isClassic) return;
      const isForAWhile = memberEpoch === -2 && client.instanceId !== null;
      machine.heartbeat(client, { memberEpoch: isForAWhile ? -2 : -1, topicPartitions: null });
      machine.clients.delete(slot);
    },
);

const classicJoin = slots.map(
  (slot): Step =>
    (machine) =>
      machine.classicJoin(slot),
);
const expire = fc.nat(20).map(
  (index): Step =>
    (machine) =>
      machine.expire(index),
);
const world = fc.constantFrom<Step[]>(
  (machine) => machine.topics.grow('orders', Math.min(machine.topics.partitionCount('orders') + 1, 6)),
  (machine) => machine.topics.create('pay-more', 1),
  (machine) => machine.topics.delete('payments'),
  (machine) => {
    machine.now += 11_000;
  },
);

const steps = fc.array(
  fc.oneof(
    { arbitrary: join, weight: 3 },
    { arbitrary: beat, weight: 8 },
    { arbitrary: classicJoin, weight: 2 },
    subscribe,
    leave,
    expire,
    world,
  ),
  { maxLength: 50, size: 'max' },
);

/** B55: what members hold according to the coordinator. */
function holdings(group: ConsumerGroup): readonly string[] {
  return [...group.members.values()].flatMap(({ assigned, pendingRevocation }) =>
    [assigned, pendingRevocation].flatMap((held) =>
      [...held].flatMap(([topicId, epochs]) => [...epochs.keys()].map((each) => `${topicId}-${each}`)),
    ),
  );
}

test('at every point a partition has one owner, epochs are in order, and the log gives back the same group', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(steps, (all) => {
      const machine = new Machine();
      for (const step of all) {
        const before = machine.group;
        step(machine);
        const { group } = machine;
        // B61: replay gives the same, but for what is not durable.
        const replayed = machine.replayed().groups.get('g');
        if (group === undefined) {
          expect(replayed?.type).not.toBe('consumer');
          continue;
        }
        expect(replayed).toEqual({ ...group, comparedVersion: -1 });
        const held = holdings(group);
        expect(new Set(held).size).toBe(held.length);
        const owners = [...group.owners].flatMap(([topicId, of]) =>
          [...of.keys()].map((each) => `${topicId}-${each}`),
        );
        expect(owners.sort()).toEqual([...held].sort());
        // B56
        expect(group.assignmentEpoch).toBeLessThanOrEqual(group.groupEpoch);
        if (before?.type === 'consumer') expect(group.groupEpoch).toBeGreaterThanOrEqual(before.groupEpoch);
        for (const member of group.members.values()) {
          expect(member.memberEpoch).toBeLessThanOrEqual(group.assignmentEpoch);
          if (member.instanceId !== null) {
            expect(group.staticMembers.get(member.instanceId)).toBe(member.memberId);
          }
        }
        expect(group.staticMembers.size).toBe(
          [...group.members.values()].filter(({ instanceId }) => instanceId !== null).length,
        );
        // What two live clients believe does not overlap either.
        const live = [...machine.clients.values()].filter(({ memberId }) => group.members.has(memberId));
        const believed = live.flatMap(({ owned }) => owned);
        expect(new Set(believed).size).toBe(believed.length);
        // Without a session nobody would find out that a member is dead.
        for (const memberId of group.members.keys())
          expect(machine.timers.has(`session ${memberId}`)).toBe(true);
        seen.add(consumerGroupState(group));
      }
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual(['Assigning', 'Empty', 'Reconciling', 'Stable']);
});

test('members that do as they are told all reach the target, and it covers what they subscribe to', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const machine = new Machine();
      for (const step of all) step(machine);
      // The dead are found out, and so are those that no client knows any more.
      for (const memberId of [...(machine.group?.members.keys() ?? [])]) {
        const isLive = [...machine.clients.values()].some((client) => client.memberId === memberId);
        if (!isLive) {
          machine.carryOut(machine.coordinator.expire('g', { kind: 'session', memberId }, machine.now));
        }
      }
      if (machine.group === undefined) return;
      machine.now += 11_000;
      for (let round = 0; round < 12; round += 1) {
        for (const [slot, client] of machine.clients) {
          if (machine.group?.members.has(client.memberId) !== true) continue;
          if (client.isClassic) machine.classicJoin(slot);
          else if (client.epoch > 0) machine.heartbeat(client);
        }
      }
      const { group } = machine;
      const isDriven = [...machine.clients.values()].some(
        ({ isClassic, epoch, memberId }) => !isClassic && epoch > 0 && group?.members.has(memberId),
      );
      if (group === undefined || group.members.size === 0 || !isDriven) return;
      const live = [...machine.clients.values()].filter(({ memberId }) => group.members.has(memberId));
      // A client that was fenced and does not join again keeps the group waiting; that is its session's business.
      if (live.length < group.members.size || live.some(({ epoch }) => epoch <= 0)) return;
      expect(consumerGroupState(group)).toBe('Stable');
      for (const { memberId, owned } of live) {
        const target = group.target.get(memberId) ?? new Map();
        const wanted = [...target].map(([topicId, partitions]) => ({ topicId, partitions: [...partitions] }));
        expect([...owned]).toEqual(names(wanted));
      }
    }),
    { numRuns: 150 },
  );
});
