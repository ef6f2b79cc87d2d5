import { type Child, until } from '../child.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { javaFacts, type Probe, pick, startJava } from './java.ts';
import type { Part, PartContext } from './part.ts';

const partitions = [0, 1, 2, 3];
const memberNames = ['m1', 'm2', 'm3', 'm4', 'm5'];

/** Five members with a ConsumerRebalanceListener on four partitions, under each of the two group protocols. */
export const rebalances: readonly Part[] = (['classic', 'consumer'] as const).map((protocol) => ({
  name: `rebalance-${protocol}`,
  tools: ['java'],
  overrides: {
    'group.initial.rebalance.delay.ms': '0',
    'group.consumer.min.heartbeat.interval.ms': '500',
    'group.consumer.heartbeat.interval.ms': '500',
  },
  checks: (context) => rebalanceChecks(context, protocol).map((check) => ({ ...check, gates: true })),
}));

function rebalanceChecks({ broker, probe }: PartContext, protocol: 'classic' | 'consumer'): readonly Check[] {
  const topic = `shared-${protocol}`;
  const group = `listeners-${protocol}`;
  const members = new Map<string, Child>();
  const owned = () => [...members].map(([name, child]) => [name, lastAssignment(child)] as const);
  const untilShared = (ready: (assignments: readonly (readonly number[])[]) => boolean) =>
    until(
      'one owner for each partition',
      40_000,
      () => {
        const ended = [...members.values()].find((child) => !child.isRunning);
        if (ended !== undefined) throw new Error(`a member has ended\n${ended.tail()}`);
        const assignments = owned().map(([, assigned]) => assigned);
        return JSON.stringify(assignments.flat().sort()) === JSON.stringify(partitions) && ready(assignments);
      },
      () =>
        `last: ${JSON.stringify(owned())}\n${[...members.values()].map((child) => child.tail(4)).join('\n')}`,
    );
  let idle = '';

  return [
    {
      name: `${protocol} group: five members on four partitions have one each, and one is idle`,
      run: async () => {
        await probe.ask('create', `${topic}:${partitions.length}`);
        await javaFacts('FireAndForgetProducer', broker.bootstrap, topic, '400');
        for (const name of memberNames) {
          members.set(
            name,
            startJava('RebalanceListenerConsumer', broker.bootstrap, topic, group, name, protocol),
          );
        }
        await untilShared(() => true);
        await untilStable(probe, group, memberNames.length);
        // A stable group tells its members a moment later. The range assignor deals partitions out in the order of member
        // ids, which begin with the client id.
        await untilShared((assignments) =>
          protocol === 'classic'
            ? assignments.at(-1)?.length === 0 && hasOneEach(assignments.slice(0, -1))
            : hasOneEach(assignments.filter((assigned) => assigned.length > 0)),
        );
        idle = owned().find(([, assigned]) => assigned.length === 0)?.[0] ?? '';
      },
    },
    {
      name: `${protocol} group: when a member leaves, the idle one takes over its partition`,
      run: async () => {
        const [leaver, left] = owned().find(([, assigned]) => assigned.length > 0) ?? ['', []];
        await members.get(leaver)?.stop();
        members.delete(leaver);
        await javaFacts('FireAndForgetProducer', broker.bootstrap, topic, '400');
        await untilShared(hasOneEach);
        const taken = lastAssignment(members.get(idle));
        if (taken.length !== 1) throw new Mismatch(`partitions of ${idle} after ${leaver} left`, left, taken);
      },
    },
    {
      name: `${protocol} group: what the listeners committed covers all 800 records, none handled less than once`,
      run: async () => {
        await until(
          'all records handled',
          20_000,
          async () => (await committedSum(probe, topic, group)) === 800,
        );
        await Promise.all([...members.values()].map((child) => child.stop()));
        expectEqual('sum of committed offsets', await committedSum(probe, topic, group), 800);
      },
    },
  ];
}

function hasOneEach(assignments: readonly (readonly number[])[]): boolean {
  return assignments.every((assigned) => assigned.length === 1);
}

function lastAssignment(child: Child | undefined): readonly number[] {
  return (child?.facts.findLast((fact) => Array.isArray(fact['partitions']))?.['partitions'] ??
    []) as number[];
}

async function committedSum(probe: Probe, topic: string, group: string): Promise<number> {
  const offsets = pick(await probe.ask('committed', topic, group), 'committed', 'offset').flat();
  return offsets.reduce<number>((sum, offset) => sum + Number(offset ?? 0), 0);
}

async function untilStable(probe: Probe, group: string, count: number): Promise<void> {
  let last = '';
  const isStable = async () => {
    const [[state, members] = []] = pick(await probe.ask('group', group), 'group', 'state', 'members');
    last = `${state} with ${members} members`;
    return state === 'Stable' && members === count;
  };
  await until(`group ${group} stable with ${count} members`, 30_000, isStable, () => `last: ${last}`);
}
