import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CoordinatorLogError } from '../../../broker/coordinator/errors.ts';
import { ErrorCode, type JoinGroupResponse, type SyncGroupResponse } from '../../../kafka/protocol/index.ts';
import { Groups, type Pending, protocol, settle } from './group-fixture.ts';

interface Client {
  readonly groupInstanceId: string | null;
  memberId: string;
  generationId: number;
  joining: Pending<JoinGroupResponse> | undefined;
  syncing: Pending<SyncGroupResponse> | undefined;
  /** The member ids that this client leads, in the generation it has joined. */
  led: readonly string[];
}

/** Clients that do what consumers do, one call at a time, and a record of all answers. */
class World {
  readonly clients: Client[] = [null, null, null, 'i', 'j'].map((groupInstanceId) => ({
    groupInstanceId,
    memberId: '',
    generationId: -1,
    joining: undefined,
    syncing: undefined,
    led: [],
  }));
  /** Every request that was ever sent. */
  readonly requests: Pending<unknown>[] = [];
  /** Token to the client that got it as its assignment; a token stands for partitions. */
  readonly owners = new Map<string, number>();
  /** Client that leads, by generation. */
  readonly leaders = new Map<number, Set<string>>();
  /** Counts the failovers: generations may be used again after one. */
  epoch = 0;
  groups: Groups;

  constructor(groups: Groups) {
    this.groups = groups;
  }

  async join(index: number, isChanged: boolean): Promise<void> {
    const client = this.client(index);
    if (client.joining?.isParked) return;
    const protocols = [protocol('range', isChanged ? ['orders'] : ['orders', 'payments'])];
    const { memberId, groupInstanceId } = client;
    const joining = await this.groups.join({
      memberId,
      groupInstanceId,
      protocols,
      sessionTimeoutMs: 10_000,
    });
    client.joining = joining;
    this.requests.push(joining);
    if (!joining.isParked && joining.response.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      client.memberId = joining.response.memberId;
    }
  }

  async sync(index: number): Promise<void> {
    const client = this.client(index);
    if (client.generationId < 0 || client.syncing?.isParked) return;
    const { memberId, generationId, groupInstanceId } = client;
    const assignments = client.led.map((id) => ({
      memberId: id,
      assignment: Buffer.from(`${this.epoch}/${generationId}/${id}`),
    }));
    const syncing = await this.groups.sync({ memberId, generationId, groupInstanceId, assignments });
    client.syncing = syncing;
    this.requests.push(syncing);
  }

  async heartbeat(index: number): Promise<void> {
    const { memberId, generationId, groupInstanceId } = this.client(index);
    // Not awaited: with a log that holds back even a heartbeat may have to wait.
    void this.groups.heartbeat(memberId, generationId, groupInstanceId);
    await settle();
  }

  async leave(index: number): Promise<void> {
    const client = this.client(index);
    const member = { memberId: client.memberId, groupInstanceId: client.groupInstanceId, reason: null };
    void this.groups.service.leaveGroup(
      { groupId: 'g', memberId: '', members: [member] },
      { apiVersion: 5, clientId: 'client', clientHost: '/h' },
    );
    client.memberId = '';
    client.generationId = -1;
    await settle();
  }

  /** The static client starts anew and has forgotten its id; a dynamic one comes back as somebody else. */
  forget(index: number): void {
    const client = this.client(index);
    client.memberId = '';
    client.generationId = -1;
    client.joining = undefined;
    client.syncing = undefined;
  }

  /** Takes in what has been answered. */
  observe(): void {
    for (const [index, client] of this.clients.entries()) {
      this.#observeJoin(client, index);
      this.#observeSync(client, index);
    }
  }

  client(index: number): Client {
    const client = this.clients[index % this.clients.length];
    if (client === undefined) throw new Error('no client');
    return client;
  }

  #observeJoin(client: Client, index: number): void {
    const { joining } = client;
    if (joining === undefined || joining.isParked) return;
    client.joining = undefined;
    const { errorCode, memberId, generationId, leader, members, skipAssignment } = joining.response;
    if (errorCode !== ErrorCode.NONE) {
      if (errorCode !== ErrorCode.MEMBER_ID_REQUIRED && errorCode !== ErrorCode.REBALANCE_IN_PROGRESS) {
        client.memberId = '';
        client.generationId = -1;
      }
      return;
    }
    expect(members.length > 0).toBe(leader === memberId);
    client.memberId = memberId;
    client.generationId = generationId;
    client.led = skipAssignment ? [] : members.map((member) => member.memberId);
    if (client.led.length === 0) return;
    // Two leaders of one generation would hand out everything twice.
    const key = this.epoch * 1_000_000 + generationId;
    const leaders = this.leaders.get(key) ?? new Set();
    leaders.add(client.groupInstanceId ?? `${index} ${memberId}`);
    this.leaders.set(key, leaders);
    expect([...leaders]).toHaveLength(1);
  }

  #observeSync(client: Client, index: number): void {
    const { syncing } = client;
    if (syncing === undefined || syncing.isParked) return;
    client.syncing = undefined;
    const { errorCode, assignment } = syncing.response;
    if (errorCode !== ErrorCode.NONE || assignment.length === 0) return;
    const token = assignment.toString();
    expect(this.owners.get(token) ?? index).toBe(index);
    this.owners.set(token, index);
  }
}

type Step = (world: World) => void | Promise<void>;

/** What consumers do when nothing disturbs them: all join, time passes, all sync. Repeated, it ends in assignments. */
const settleDown: Step = async (world) => {
  for (let index = 0; index < 5; index += 1) {
    await world.join(index, false);
    world.observe();
    await world.join(index, false);
  }
  await world.groups.pass(3_000);
  await world.groups.pass(3_000);
  world.observe();
  for (let index = 0; index < 5; index += 1) await world.sync(index);
};

const client = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(settleDown) },
  {
    weight: 6,
    arbitrary: fc.tuple(client, fc.boolean()).map(
      ([index, isChanged]): Step =>
        (world) =>
          world.join(index, isChanged),
    ),
  },
  {
    weight: 6,
    arbitrary: client.map(
      (index): Step =>
        (world) =>
          world.sync(index),
    ),
  },
  {
    weight: 2,
    arbitrary: client.map(
      (index): Step =>
        (world) =>
          world.heartbeat(index),
    ),
  },
  client.map(
    (index): Step =>
      (world) =>
        world.leave(index),
  ),
  client.map(
    (index): Step =>
      (world) =>
        world.forget(index),
  ),
  {
    weight: 3,
    arbitrary: fc.constantFrom(100, 1_000, 3_000, 9_000, 60_000).map(
      (ms): Step =>
        (world) =>
          world.groups.pass(ms),
    ),
  },
  fc.boolean().map(
    (isHolding): Step =>
      async (world) => {
        world.groups.log.isHolding = isHolding;
        world.groups.log.commit();
        await settle();
      },
  ),
  fc.constantFrom(ErrorCode.NOT_ENOUGH_REPLICAS, undefined).map(
    (errorCode): Step =>
      (world) => {
        world.groups.log.refusal =
          errorCode === undefined ? undefined : new CoordinatorLogError(errorCode, 'Refused.');
      },
  ),
);

const failover: fc.Arbitrary<Step> = fc.constantFrom<Step[]>(
  async (world) => {
    world.epoch += 1;
    world.groups.log.lose(new Error('EIO'));
    await settle();
  },
  async (world) => {
    world.epoch += 1;
    world.groups.log.commit();
    world.groups = await world.groups.restart();
  },
);

async function run(steps: readonly Step[]): Promise<World> {
  const world = new World(await Groups.start());
  for (const carryOut of steps) {
    await carryOut(world);
    world.observe();
  }
  world.groups.log.refusal = undefined;
  world.groups.log.isHolding = false;
  world.groups.log.commit();
  // Nobody says anything any more: all sessions end, and so does every rebalance.
  for (let round = 0; round < 30; round += 1) await world.groups.pass(60_000);
  world.observe();
  return world;
}

test('no request stays parked, no two members own the same, no generation has two leaders', async () => {
  let assigned = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const world = await run(steps);
      assigned += world.owners.size;
      expect(world.requests.filter(({ isParked }) => isParked)).toEqual([]);
      expect(['Empty', 'Dead']).toContain(await world.groups.state());
      expect(world.groups.clock.pending).toBe(0);
    }),
    { numRuns: 60 },
  );
  expect(assigned).toBeGreaterThan(100);
});

test('the same holds when appends are lost and coordinators restart in between', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ arbitrary: step, weight: 12 }, { arbitrary: failover, weight: 1 }), {
        maxLength: 60,
        size: 'max',
      }),
      async (steps) => {
        const world = await run(steps);
        expect(world.requests.filter(({ isParked }) => isParked)).toEqual([]);
        expect(['Empty', 'Dead']).toContain(await world.groups.state());
      },
    ),
    { numRuns: 60 },
  );
});
