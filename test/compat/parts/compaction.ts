import { globSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runOk, until } from '../child.ts';
import { javaArgs } from '../install.ts';
import { type Check, expectEqual, Mismatch } from '../report.ts';
import { partitionFolder } from '../segment-files.ts';
import { javaFacts, pick } from './java.ts';
import type { Part, PartContext } from './part.ts';

const topic = 'product-inventory';
const inventory = [
  ...['apple=10', 'banana=5', 'cherry=7', 'apple=8', 'banana=3'],
  ...['apple=6', 'cherry=9', 'durian=1', 'banana=2', 'apple=4'],
];
const restock = 'apple=99';
/** Offset, key and value: the last of each key below the active segment, and the active segment as it is. */
const compacted = [
  [6, 'cherry', '9'],
  [7, 'durian', '1'],
  [8, 'banana', '2'],
  [9, 'apple', '4'],
  [10, 'apple', '99'],
];

/** A compacted topic from its creation to its files, and the files read by Kafka's own DumpLogSegments. */
export const compaction: Part = {
  name: 'compaction',
  tools: ['java'],
  overrides: { 'group.initial.rebalance.delay.ms': '0', 'log.cleaner.backoff.ms': '500' },
  checks: (context) => [...walkThrough(context), ...dumpChecks(context)],
};

function walkThrough({ broker, probe }: PartContext): readonly Check[] {
  const read = async () => pick(await probe.ask('read', topic), 'record', 'offset', 'key', 'value');
  return [
    {
      name: 'eleven keyed records go to a compacted topic whose segment rolls after a second',
      gates: true,
      run: async () => {
        const configs = 'cleanup.policy=compact;min.cleanable.dirty.ratio=0.00001;segment.ms=1000';
        await probe.ask('create', `${topic}:1:${configs}`, 'bulk:1:compression.type=lz4');
        await probe.ask('send', topic, ...inventory);
        await sleep(1_200);
        await probe.ask('send', topic, restock);
        await javaFacts('FireAndForgetProducer', broker.bootstrap, 'bulk', '20000');
        await javaFacts('CommitSyncConsumer', broker.bootstrap, topic, 'stock-takers', '1', 'close');
      },
    },
    {
      name: 'a new consumer sees only the last value of each key below the active segment, at the old offsets',
      run: async () => {
        let last: unknown[][] = [];
        const isCompacted = async () => {
          last = await read();
          return last.length <= compacted.length;
        };
        await until('the cleaner to run', 25_000, isCompacted, () => `last read: ${JSON.stringify(last)}`);
        expectEqual('offsets, keys and values', last, compacted);
      },
    },
    {
      name: "the partition folder holds Kafka's files",
      run: async () => {
        const names = readdirSync(partitionFolder(broker.dataDirectory, topic, 0));
        const expected = ['leader-epoch-checkpoint', 'partition.metadata'];
        for (const base of ['00000000000000000000', '00000000000000000010']) {
          expected.push(...['index', 'log', 'timeindex'].map((suffix) => `${base}.${suffix}`));
        }
        expected.push('00000000000000000010.snapshot');
        expectEqual(
          'files',
          names.filter((name) => !/\.(deleted|cleaned|swap)$/.test(name)).sort(),
          expected.sort(),
        );
      },
    },
    {
      name: "the log directory holds Kafka's checkpoints after the broker has stopped",
      gates: true,
      run: async () => {
        await broker.stop();
        const names = readdirSync(join(partitionFolder(broker.dataDirectory, topic, 0), '..'));
        const checkpoints = ['cleaner', 'log-start', 'recovery-point', 'replication'].map(
          (of) => `${of}-offset-checkpoint`,
        );
        const expected = [...checkpoints, 'meta.properties'];
        expectEqual(
          'files',
          expected.filter((name) => names.includes(name)),
          expected,
        );
      },
    },
  ];
}

function dumpChecks(context: PartContext): readonly Check[] {
  const { dataDirectory } = context.broker;
  const files = (name: string, pattern: string) =>
    globSync(join(partitionFolder(dataDirectory, name, 0), pattern)).sort();
  return [
    {
      name: 'DumpLogSegments reads the segments record by record and finds them valid',
      run: async () => {
        // A tool that looks at gaps alone reports each first offset of a compacted topic.
        const gap = /Non-consecutive offsets in|^! {3}-?\d+ is followed by \d+$/;
        const dumped = await dump(context, '--deep-iteration --print-data-log', files(topic, '*.log'), gap);
        const keys = [...dumped.matchAll(/offset: (\d+) .*? key: (\S+) payload: (\S+)/g)].map((m) => [
          Number(m[1]),
          m[2],
          m[3],
        ]);
        expectEqual('offsets, keys and values', keys, compacted);
        const bulk = await dump(context, '--deep-iteration', files('bulk', '*.log'));
        expectEqual('records of bulk', bulk.match(/^\| offset: /gm)?.length, 20_000);
        expectEqual(
          'codecs of bulk',
          [...new Set(bulk.match(/compresscodec: \w+/g))],
          ['compresscodec: lz4'],
        );
      },
    },
    {
      name: 'DumpLogSegments finds every entry of the offset and time indexes in the log',
      run: async () => {
        const indexes = [...files(topic, '*.index'), ...files('bulk', '*.index')];
        const checked = await dump(context, '--index-sanity-check', indexes);
        const verdicts =
          checked.match(/(product-inventory|bulk)-0\/\d+\.index (passed sanity check|is empty)/g) ?? [];
        expectEqual('verdicts', verdicts.sort(), [
          'bulk-0/00000000000000000000.index passed sanity check',
          'product-inventory-0/00000000000000000000.index is empty',
          'product-inventory-0/00000000000000000010.index is empty',
        ]);
        await dump(context, '--verify-index-only', indexes);
        const entries = await dump(context, '', files('bulk', '*.index'));
        if (!/^offset: \d+ position: [1-9]/m.test(entries))
          throw new Mismatch('entries of the offset index', 'some', entries);
        await dump(context, '', [...files(topic, '*.timeindex'), ...files('bulk', '*.timeindex')]);
      },
    },
    {
      name: 'DumpLogSegments reads the producer snapshots of a roll and of a stop, with the last batch of the producer',
      run: async () => {
        const rolled = await dump(context, '', files(topic, '00000000000000000010.snapshot'));
        expectEqual(
          'last batch',
          rolled.match(/producerEpoch: .*lastOffset: \d+/)?.[0].replace(/ lastTimestamp: \d+/, ''),
          [
            ...['producerEpoch: 0', 'coordinatorEpoch: -1', 'currentTxnFirstOffset: OptionalLong.empty'],
            ...['firstSequence: 9', 'lastSequence: 9', 'lastOffset: 9'],
          ].join(' '),
        );
        const stopped = await dump(context, '', files('bulk', '00000000000000020000.snapshot'));
        expectEqual('last batch of bulk', stopped.match(/lastSequence: \d+ lastOffset: \d+/g), [
          'lastSequence: 19999 lastOffset: 19999',
        ]);
      },
    },
    {
      name: 'DumpLogSegments decodes the committed offsets in __consumer_offsets',
      run: async () => {
        const logs = globSync(join(dataDirectory, '**/__consumer_offsets-*/*.log')).sort();
        const dumped = await dump(context, '--offsets-decoder', logs);
        for (const part of ['"group":"stock-takers"', `"topic":"${topic}"`, '"protocolType":"consumer"']) {
          if (!dumped.includes(part)) throw new Mismatch('what the dump holds', part, dumped.slice(-2_000));
        }
      },
    },
    {
      name: 'DumpLogSegments decodes the metadata log and its snapshots',
      run: async () => {
        const folder = partitionFolder(dataDirectory, '__cluster_metadata', 0);
        const dumped = await dump(
          context,
          '--cluster-metadata-decoder',
          globSync(join(folder, '*.log')).sort(),
        );
        for (const part of [
          '"type":"REGISTER_BROKER_RECORD"',
          '"type":"PARTITION_RECORD"',
          `{"name":"${topic}"`,
        ]) {
          if (!dumped.includes(part)) throw new Mismatch('what the dump holds', part, dumped.slice(-2_000));
        }
        const snapshots = globSync(join(folder, '*.checkpoint')).sort();
        if (snapshots.length > 0) await dump(context, '--cluster-metadata-decoder', snapshots);
      },
    },
  ];
}

/** Runs DumpLogSegments over files and returns what it printed. Throws when it complains of anything but `allowed`. */
async function dump(
  { directory }: PartContext,
  flags: string,
  files: readonly string[],
  allowed = /^$/,
): Promise<string> {
  if (files.length === 0) throw new Mismatch('files to dump', 'at least one', 'none');
  const script = join(directory, 'dump.script');
  writeFileSync(script, `kafka-dump-log ${flags} --files ${files.join(',')}\n`);
  const { stdout } = await runOk('java', javaArgs('ConsoleTools', [script]));
  const [, ...printed] = stdout.split('\n');
  const isComplaint = (line: string) => /^! |mismatch|Mismatch|Found |isvalid: false|corrupt/.test(line);
  const complaints = printed.filter((line) => isComplaint(line) && !allowed.test(line));
  const names = files.map((file) => basename(file)).join(', ');
  expectEqual(`complaints of DumpLogSegments ${flags} about ${names}`, complaints, []);
  expectEqual('exit code', printed.at(-2), 'exit 0');
  return printed.join('\n');
}
