import type { Dice } from '../dice.ts';
import type { Answer } from '../wire/answer.ts';
import type { Wire } from '../wire/wire.ts';
import {
  describe,
  heartbeat,
  type Joining,
  leave,
  startJoin,
  startSync,
  untilCoordinated,
  untilGroup,
} from './classic-requests.ts';
import type { Walk } from './walk.ts';

/** Members of a classic group that come too late: each is awaited, not timed. */
export const groupTimeoutsWalk: Walk = {
  name: 'group-timeouts',
  about: 'members of classic groups whose session, rebalance or sync time ends',
  count: 1,
  steps: 4,
  async take(wire, dice, prefix) {
    await untilCoordinated(
      wire,
      endings.map((_ending, index) => `${prefix}-${index}`),
    );
    for (const [index, ending] of endings.entries()) await ending(new Pair(wire, dice, `${prefix}-${index}`));
  },
};

const endings = [sessionEnds, rebalanceEnds, syncEnds, promiseEnds];
const soonMs = 1_500;

interface Timeouts {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** Two members of a group, each static or dynamic. */
class Pair {
  readonly wire: Wire;
  readonly dice: Dice;
  readonly group: string;
  readonly ids = ['', ''];
  readonly instances: (string | null)[];
  generation = 0;

  constructor(wire: Wire, dice: Dice, group: string) {
    this.wire = wire;
    this.dice = dice;
    this.group = group;
    this.instances = ['i0', 'i1'].map((instance) => (dice.chance(50) ? instance : null));
    wire.title(`${group}: ${this.instances.map((instance) => instance ?? 'dynamic').join(', ')}`);
  }

  startJoin(index: number, timeouts: Partial<Timeouts> = {}, variant = 3): Promise<() => Promise<Answer>> {
    const id = this.ids[index] ?? '';
    const joining: Joining = {
      version: this.dice.pick([5, 6, 7, 8, 9]),
      group: this.group,
      client: `m${index}`,
      id,
      instance: this.instances[index] ?? null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', variant }],
      sessionTimeoutMs: 30_000,
      ...timeouts,
    };
    return startJoin(this.wire, `m${index}, ${id === '' ? 'new' : this.wire.names.within(id)}`, [], joining);
  }

  /** The answer of a join, and what it tells. */
  async joined(index: number, answering: () => Promise<Answer>): Promise<number> {
    const answer = await answering();
    const id = answer.text('memberId');
    if (id !== '') this.wire.names.of(id, `id of m${index}`);
    this.ids[index] = id;
    this.generation = Math.max(this.generation, answer.number('generationId'));
    return answer.number('errorCode');
  }

  /** A dynamic member asks twice: it is promised an id first. */
  async promised(index: number, timeouts: Partial<Timeouts> = {}): Promise<void> {
    if (this.instances[index] === null && this.ids[index] === '')
      await this.joined(index, await this.startJoin(index, timeouts));
  }

  /** Both are in one generation, and the first one leads. */
  async both(first: Partial<Timeouts> = {}, second: Partial<Timeouts> = {}): Promise<void> {
    await this.promised(0, first);
    await this.joined(0, await this.startJoin(0, first));
    await this.promised(1, second);
    const follower = await this.startJoin(1, second);
    await untilGroup(this.wire, this.group, { state: 'PreparingRebalance', members: 2 });
    await this.joined(0, await this.startJoin(0, first));
    await this.joined(1, follower);
  }

  startSync(index: number): Promise<() => Promise<Answer>> {
    return startSync(this.wire, `m${index}`, {
      version: this.dice.pick([3, 4, 5]),
      group: this.group,
      client: `m${index}`,
      generation: this.generation,
      id: this.ids[index] ?? '',
      instance: this.instances[index] ?? null,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: this.ids.map((id, at) => [id, `part ${at}`]),
    });
  }

  async sync(): Promise<void> {
    await (await this.startSync(0))();
    await (await this.startSync(1))();
  }

  /** How the group looks, and what each member hears. */
  async look(): Promise<void> {
    await describe(this.wire, this.group, 6, [this.group]);
    for (const index of [0, 1]) await this.beat(index);
  }

  beat(index: number) {
    const { wire, group, generation, ids, instances } = this;
    const who = { generation, id: ids[index] ?? '', instance: instances[index] ?? null };
    return heartbeat(wire, `m${index} of generation ${generation}`, 4, group, who);
  }

  async end(): Promise<void> {
    const members = this.ids.map((id, index) => [id, this.instances[index] ?? null] as const);
    await leave(this.wire, 'both', 4, this.group, members);
    await describe(this.wire, 'at the end', 6, [this.group]);
  }
}

/** One of two is not heard of any more; the other one joins again. */
async function sessionEnds(pair: Pair): Promise<void> {
  const late = pair.dice.below(2);
  const short = { sessionTimeoutMs: soonMs };
  await pair.both(late === 0 ? short : {}, late === 1 ? short : {});
  await pair.sync();
  await untilGroup(pair.wire, pair.group, { state: 'PreparingRebalance', members: 1 });
  await pair.look();
  await pair.joined(1 - late, await pair.startJoin(1 - late));
  await pair.look();
  await pair.end();
}

/** One of two does not join again. */
async function rebalanceEnds(pair: Pair): Promise<void> {
  const late = pair.dice.below(2);
  const short = { rebalanceTimeoutMs: soonMs };
  await pair.both(short, short);
  await pair.sync();
  // A leader that joins again lets the group rebalance, a follower only with something new.
  await pair.joined(1 - late, await pair.startJoin(1 - late, short, late === 0 ? 0 : 3));
  await pair.look();
  await pair.end();
}

/** One of two does not ask for its assignment. */
async function syncEnds(pair: Pair): Promise<void> {
  const late = pair.dice.below(2);
  const short = { rebalanceTimeoutMs: soonMs };
  await pair.both(short, short);
  await (await pair.startSync(1 - late))();
  await untilGroup(pair.wire, pair.group, { state: 'PreparingRebalance', members: 1 });
  await pair.look();
  await pair.joined(1 - late, await pair.startJoin(1 - late));
  await pair.look();
  await pair.end();
}

/** Somebody was promised an id and does not come. */
async function promiseEnds(pair: Pair): Promise<void> {
  pair.instances[1] = null;
  await pair.promised(0);
  await pair.joined(0, await pair.startJoin(0));
  if (pair.dice.chance(50)) await (await pair.startSync(0))();
  await pair.promised(1, { sessionTimeoutMs: soonMs });
  await pair.joined(0, await pair.startJoin(0, {}, 1));
  await pair.look();
  await (await pair.startJoin(1))();
  await pair.end();
}
