import { Child, runOk, type SpawnOptions, until } from '../child.ts';
import { kcatCommand } from '../install.ts';
import { recordKey, recordValue } from '../record-set.ts';
import type { Client } from './client.ts';

/**
 * kcat: a topic comes into being by being asked for (`auto.create.topics.enable`), with the broker's `num.partitions`.
 * Its headers are the same for every record of a run.
 */
export const kcat: Client = {
  name: 'kcat',
  codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  async create(bootstrap, topic) {
    // The first look asks for a topic that is not there yet, the second sees its partitions.
    return until('kcat -L shows the topic', 10_000, async () => {
      const { stdout } = await runOk(...startKcat({}, '-L', '-J', '-b', bootstrap, '-t', topic));
      const listed = JSON.parse(stdout) as { topics: { partitions: { partition: number }[] }[] };
      const partitions = listed.topics.flatMap((t) => t.partitions.map((p) => p.partition)).sort();
      return partitions.length > 0 && partitions;
    });
  },
  async produce(bootstrap, topic, { codec, first, count }) {
    let input = '';
    for (let index = first; index < first + count; index++)
      input += `${recordKey(index)}\t${recordValue(index)}\n`;
    const headers = ['-H', `codec=${codec}`, '-H', 'index=every'];
    await runOk(
      ...startKcat({ input }, '-P', '-b', bootstrap, '-t', topic, '-K', '\t', '-z', codec, ...headers),
    );
  },
  join(bootstrap, topic, group, file) {
    const settings = {
      'auto.offset.reset': 'earliest',
      'heartbeat.interval.ms': '500',
      'auto.commit.interval.ms': '1000',
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-X', `${key}=${value}`]);
    const child = new Child(
      ...startKcat({ stdoutFile: file }, '-b', bootstrap, '-u', ...flags, '-f', format, '-G', group, topic),
    );
    return {
      assigned: () => assignedPartitions(child.stderr),
      async leave() {
        const ended = await child.stop();
        if (ended.code !== 0) throw new Error(`kcat ended with exit code ${ended.code}\n${child.tail()}`);
      },
      tail: () => child.tail(),
    };
  },
  async readOne(bootstrap, topic, { partition, offset }, file) {
    const place = ['-p', String(partition), '-o', String(offset), '-c', '1'];
    await runOk(
      ...startKcat({ stdoutFile: file }, '-C', '-b', bootstrap, '-t', topic, ...place, '-e', '-f', format),
    );
  },
};

const format = '%p\\t%o\\t%k\\t%s\\t%h\\n';

/** How kcat is started: the arguments of `new Child`, `run` and `runOk`. */
export function startKcat(
  options: SpawnOptions,
  ...args: readonly string[]
): [string, string[], SpawnOptions] {
  const { command, args: before, env } = kcatCommand();
  return [command, [...before, ...args], env === undefined ? options : { ...options, env }];
}

/** Reads kcat's lines "% Group g rebalanced (memberid m): assigned: topic [0], topic [1]" (or "revoked: ..."). */
function assignedPartitions(stderr: string): number[] | undefined {
  const line = stderr.split('\n').findLast((text) => text.includes(' rebalanced ('));
  if (line === undefined) return undefined;
  if (!line.includes(': assigned:')) return [];
  return [...line.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1])).sort();
}
