import { type Child, until } from '../child.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { factLines, javaFacts, type Probe, pick, startJava } from './java.ts';
import type { Part, PartContext } from './part.ts';

/** The producer and consumer programs of a Kafka course, in Java with kafka-clients. */
export const course: Part = {
  name: 'course',
  tools: ['java'],
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: (context) => [
    {
      name: 'the Java client creates the topics of the course',
      gates: true,
      run: async () => {
        const topics = [
          'forget:3',
          'waited:3',
          'called-back:3:max.message.bytes=20000',
          'customers:3',
          'orders:1',
        ];
        await context.probe.ask('create', ...topics);
      },
    },
    ...producerChecks(context),
    ...consumerChecks(context),
  ],
};

function producerChecks({ broker, probe }: PartContext): readonly Check[] {
  return [
    {
      name: 'fire and forget: all 500 records are there after close()',
      run: async () => {
        await javaFacts('FireAndForgetProducer', broker.bootstrap, 'forget', '500');
        expectEqual('values', await valuesOf(probe, 'forget'), numbered('forgotten-', 500));
      },
    },
    {
      name: 'synchronous: each get() returns the partition and offset at which the record is read again',
      run: async () => {
        const facts = await javaFacts('SynchronousProducer', broker.bootstrap, 'waited', '100');
        const acknowledged = pick(facts, 'acknowledged', 'key', 'partition', 'offset');
        const read = pick(await probe.ask('read', 'waited'), 'record', 'key', 'partition', 'offset');
        expectEqual('number of acknowledgements', acknowledged.length, 100);
        expectEqual('where the records are', sorted(read), sorted(acknowledged));
      },
    },
    {
      name: 'asynchronous: a callback hears of each record, and of one that is too large for the topic',
      run: async () => {
        const facts = await javaFacts('AsynchronousProducer', broker.bootstrap, 'called-back', '200');
        expectEqual('keys', sorted(pick(facts, 'callback', 'key').flat()), numbered('key-', 200));
        expectEqual('errors', pick(facts, 'callback-error', 'key', 'exception'), [
          ['large', 'RecordTooLargeException'],
        ]);
        expectEqual('values', await valuesOf(probe, 'called-back'), numbered('called-back-', 200));
      },
    },
    {
      name: 'JSON values: each object is read again as it was written',
      run: async () => {
        await javaFacts('JsonProducer', broker.bootstrap, 'customers', '50');
        const read = (await valuesOf(probe, 'customers')).map((value) => JSON.parse(value));
        const written = Array.from({ length: 50 }, (_, id) => ({
          id,
          name: `Zoë ${id}`,
          active: id % 2 === 0,
        }));
        expectEqual('customers', sorted(read), sorted(written));
      },
    },
  ];
}

function consumerChecks({ broker, probe }: PartContext): readonly Check[] {
  const start = (mainClass: string, group: string, count: number, end: 'close' | 'crash'): Child =>
    startJava(mainClass, broker.bootstrap, 'orders', group, String(count), end);
  const crashing = {
    auto: 'AutoCommitConsumer',
    sync: 'CommitSyncConsumer',
    specified: 'CommitSpecifiedOffsetConsumer',
  };
  const committed = async (...groups: readonly string[]) => {
    const pairs = groups.flatMap((group) => ['orders', group]);
    return pick(await probe.ask('committed', ...pairs), 'committed', 'group', 'offset', 'metadata');
  };
  return [
    {
      name: 'three consumers crash after 35 of 100 records, and only what they had committed is committed',
      gates: true,
      run: async () => {
        await javaFacts('FireAndForgetProducer', broker.bootstrap, 'orders', '100');
        const crashed = Object.entries(crashing).map(([group, mainClass]) =>
          start(mainClass, group, 35, 'crash'),
        );
        for (const child of crashed) expectEqual('exit code of a crash', (await child.end(30_000)).code, 9);
        expectEqual('committed', await committed('auto', 'sync', 'specified'), [
          ['auto', null, null],
          ['sync', 30, ''],
          ['specified', 24, 'after key-23'],
        ]);
      },
    },
    {
      name: 'their successors read again what was not committed: 35, 5 and 11 records twice, none lost',
      run: async () => {
        const counts = { auto: 100, sync: 70, specified: 76 };
        const children = Object.entries(crashing).map(([group, mainClass]) =>
          start(mainClass, group, counts[group as keyof typeof counts], 'close'),
        );
        const first = await Promise.all(children.map((child) => endedInOrder(child)));
        expectEqual('first offsets', first, [0, 30, 24]);
        expectEqual('committed', await committed('auto', 'sync', 'specified'), [
          ['auto', 100, ''],
          ['sync', 100, ''],
          ['specified', 96, 'after key-95'],
        ]);
      },
    },
    {
      name: 'commitAsync: callbacks hear of their offsets, and close() waits for the last commit',
      run: async () => {
        const { stdout } = await start('CommitAsyncConsumer', 'async', 100, 'close').end(30_000);
        const callbacks = pick(factLines(stdout), 'commit-callback', 'offset', 'exception');
        // A poll that finds nothing yet commits offset 0, and the client drops callbacks of commits that end in close().
        const batches = callbacks.filter(([offset]) => offset !== 0);
        if (batches.length === 0) throw new Mismatch('callbacks', 'at least one', 'none');
        const inOrder = batches.map((_, i) => [(i + 1) * 10, null]);
        expectEqual('offsets and errors of the callbacks', batches, inOrder);
        expectEqual('committed', await committed('async'), [['async', 100, '']]);
      },
    },
    {
      name: 'commitAsync in the loop and commitSync at the end: a signal loses and repeats nothing',
      run: async () => {
        const child = start('MixedCommitConsumer', 'mixed', 1_000_000, 'close');
        const hasAll = () => child.facts.some((fact) => fact['handled'] === 100);
        await until('100 records handled', 20_000, hasAll, () => child.tail());
        const { stdout } = await child.stop();
        expectEqual('handled', pick(factLines(stdout), 'closed', 'handled'), [[100]]);
        expectEqual('committed', await committed('mixed'), [['mixed', 100, '']]);
      },
    },
  ];
}

async function endedInOrder(child: Child): Promise<unknown> {
  const { code, stdout } = await child.end(40_000);
  if (code !== 0) throw new Mismatch('exit code', 0, `${code}\n${child.tail()}`);
  return factLines(stdout).find((fact) => fact['event'] === 'first')?.['offset'];
}

async function valuesOf(probe: Probe, topic: string): Promise<string[]> {
  return sorted(pick(await probe.ask('read', topic), 'record', 'value').flat() as string[]);
}

function numbered(prefix: string, count: number): string[] {
  return sorted(Array.from({ length: count }, (_, i) => `${prefix}${i}`));
}

function sorted<T>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
