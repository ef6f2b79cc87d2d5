import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  AssignmentTask,
  GroupAssignment,
  GroupMembership,
  GroupOptions,
  GroupProtocol,
  KafkaClient,
} from '../../../kafka/client/index.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

let cluster: SimulatedCluster;
let client: KafkaClient;

beforeEach(async (context) => {
  cluster = await SimulatedCluster.start(context.task.name);
  client = cluster.client();
});

afterEach(async () => {
  await cluster.run(client.close());
  await cluster.stopBroker();
});

/** A worker of a group that shares out work by member id, polled all the time. */
class Worker implements GroupProtocol {
  readonly type = 'connect';
  readonly events: string[] = [];
  readonly membership: GroupMembership;
  /** What the leader is told. */
  name: string;
  assigned: GroupAssignment | undefined;
  #isStopping = false;
  #running: Promise<void> | undefined;

  constructor(name: string, options: Partial<GroupOptions> = {}) {
    this.name = name;
    this.membership = client.membership({ groupId: 'workers', ...options }, this);
  }

  choices() {
    return [{ name: 'sessioned', metadata: Buffer.from(this.name) }];
  }

  onJoinPrepare(generationId: number): void {
    this.events.push(`prepare ${generationId}`);
  }

  assign({ members }: AssignmentTask): ReadonlyMap<string, Buffer> {
    this.events.push(
      `assign ${members
        .map(({ metadata }) => metadata.toString())
        .sort()
        .join(',')}`,
    );
    return new Map(members.map(({ memberId, metadata }) => [memberId, Buffer.from(`work of ${metadata}`)]));
  }

  onJoinComplete(assignment: GroupAssignment): void {
    this.assigned = assignment;
    this.events.push(`complete ${assignment.generationId} ${assignment.assignment}`);
  }

  onLost(): void {
    this.events.push('lost');
  }

  start(): this {
    this.#isStopping = false;
    this.#running = this.#loop();
    return this;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.membership.wakeup();
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) await this.membership.poll(1_000);
  }
}

const until = (isDone: () => boolean) => cluster.platform.runUntil(isDone);

describe('a group of another protocol type', () => {
  test('hands the metadata of all to the leader, and its assignments to each', async () => {
    const a = new Worker('a').start();
    await until(() => a.membership.isStable);
    expect(a.events).toEqual(['assign a', 'complete 1 work of a']);
    expect(a.assigned).toMatchObject({
      protocolName: 'sessioned',
      isLeader: true,
      memberId: a.membership.memberId,
    });
    const b = new Worker('b').start();
    await until(() => a.membership.isStable && b.membership.isStable);
    expect(a.events.slice(2)).toEqual(['prepare 1', 'assign a,b', 'complete 2 work of a']);
    expect(b.events).toEqual(['complete 2 work of b']);
    expect(b.assigned).toMatchObject({ isLeader: false, leaderId: a.membership.memberId, generationId: 2 });
    const [group] = await cluster.run(client.admin().describeGroups(['workers']));
    expect(group).toMatchObject({ protocolType: 'connect', protocol: 'sessioned' });
    await cluster.run(Promise.all([a.stop(), b.stop()]));
  });

  test('rebalances when a member has something else to say, or leaves', async () => {
    const [a, b] = [new Worker('a').start(), new Worker('b').start()];
    await until(() => a.membership.isStable && b.membership.isStable);
    const before = a.membership.generationId;
    b.name = 'c';
    b.membership.requestRejoin('the work has changed');
    await until(() => a.membership.generationId > before && b.membership.generationId > before);
    expect([...a.events, ...b.events]).toContain('assign a,c');
    await cluster.run(b.stop());
    await cluster.run(b.membership.leave('enough'));
    expect([b.membership.memberId, b.membership.generationId, b.membership.isStable]).toEqual([
      '',
      -1,
      false,
    ]);
    await until(() => a.events.at(-2) === 'assign a');
    b.start();
    await until(() => b.membership.isStable && a.membership.isStable);
    await cluster.run(Promise.all([a.stop(), b.stop()]));
  });

  test('polls stay for their time unless a rebalance ends them', async () => {
    const a = new Worker('a');
    const { clock } = cluster.platform;
    expect(await cluster.run(a.membership.poll(60_000))).toBe(true);
    const before = clock.monotonic();
    expect(await cluster.run(a.membership.poll(5_000))).toBe(true);
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(5_000);
    const polling = a.membership.poll(60_000);
    await cluster.platform.runFor(100);
    a.membership.wakeup();
    expect(await cluster.run(polling)).toBe(true);
    expect(clock.monotonic() - before).toBeLessThan(10_000);
  });

  test('loses a member that does not poll, which joins again when it does', async () => {
    const a = new Worker('a', { rebalanceTimeoutMs: 6_000 });
    await cluster.run(a.membership.poll(1_000));
    const { memberId } = a.membership;
    await cluster.platform.runFor(20_000);
    expect((await cluster.run(client.admin().listGroups())).map(({ state }) => state)).toEqual(['Empty']);
    a.start();
    await until(() => a.membership.isStable);
    expect(a.events.slice(2)).toEqual(['lost', 'assign a', 'complete 3 work of a']);
    expect(a.membership.memberId).not.toBe(memberId);
    await cluster.run(a.stop());
  });

  test('keeps beating while it is polled, over many sessions', async () => {
    const a = new Worker('a', { sessionTimeoutMs: 10_000 }).start();
    await cluster.platform.runFor(120_000);
    expect(a.events).toEqual(['assign a', 'complete 1 work of a']);
    await cluster.run(a.stop());
  });

  test('keeps a member that takes longer than its session to poll again after it has joined', async () => {
    const a = new Worker('a', { sessionTimeoutMs: 10_000 });
    await cluster.run(a.membership.poll(0));
    await cluster.platform.runFor(40_000);
    expect(await cluster.run(a.membership.poll(1_000))).toBe(true);
    expect(a.events).toEqual(['assign a', 'complete 1 work of a']);
  });

  test('goes on when its connections break', async () => {
    const [a, b] = [new Worker('a').start(), new Worker('b').start()];
    await until(() => a.membership.isStable && b.membership.isStable);
    const count = a.events.length;
    for (let index = 0; index < 5; index += 1) {
      cluster.platform.net.reset();
      await cluster.platform.runFor(7_000);
    }
    expect(a.events.length).toBe(count);
    a.membership.requestRejoin('again');
    cluster.platform.net.reset();
    await until(() => a.membership.isStable && b.membership.isStable && a.events.length > count);
    await cluster.run(Promise.all([a.stop(), b.stop()]));
  });

  test('forgets a join that was under way when the member left', async () => {
    const a = new Worker('a').start();
    await until(() => a.membership.isStable);
    await cluster.run(a.stop());
    const b = new Worker('b');
    await cluster.run(b.membership.poll(1_000));
    expect([b.membership.isStable, b.membership.memberId === '']).toEqual([false, false]);
    await cluster.run(b.membership.leave('not needed any more'));
    expect(b.membership.memberId).toBe('');
    a.start();
    b.start();
    await until(() => a.membership.isStable && b.membership.isStable);
    expect(b.events.map((event) => event.split(' ')[0])).toEqual(['complete']);
    expect((await cluster.run(client.admin().describeGroups(['workers'])))[0]?.members.length).toBe(2);
    await cluster.run(Promise.all([a.stop(), b.stop()]));
  });

  test('takes nothing more after close', async () => {
    const a = new Worker('a');
    await cluster.run(a.membership.poll(1_000));
    await cluster.run(a.membership.close());
    await cluster.run(a.membership.close());
    await expect(a.membership.poll(0)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    expect((await cluster.run(client.admin().listGroups())).map(({ state }) => state)).toEqual(['Empty']);
  });

  test('has to have a name', () => {
    expect(() => new Worker('a', { groupId: '' })).toThrow(
      expect.objectContaining({ code: 'CLIENT_CONFIGURATION' }),
    );
  });
});
