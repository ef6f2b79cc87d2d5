import type { Admin, OffsetQuery, TopicPartition } from '../../../../kafka/client/index.ts';
import { withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaError, javaText } from '../java-error.ts';
import { defineTool, type ToolContext } from '../tool.ts';
import { type GetOffsetsOption, getOffsetsOptions } from './options.ts';
import { type PartitionFilter, partitionFilter } from './partition-filter.ts';

/** Names of offsets that are none of a time, and the numbers that stand for them. */
const namedOffsets = {
  latest: '-1',
  earliest: '-2',
  'max-timestamp': '-3',
  'earliest-local': '-4',
  'latest-tiered': '-5',
  'earliest-pending-upload': '-6',
} as const;

/** `kafka-get-offsets`: prints offsets of partitions as `topic:partition:offset`. */
export const kafkaGetOffsets = defineTool<GetOffsetsOption>({
  name: 'kafka-get-offsets',
  summary: 'An interactive shell for getting topic-partition offsets.',
  options: getOffsetsOptions,
  async run(args, context) {
    const filter = partitionFilter(args);
    const at = offsetSpec(args.text('time') ?? 'latest');
    const hasInternal = !args.has('exclude-internal-topics');
    await withAdmin(args, context, async (admin) => {
      const partitions = await selected(admin, filter, hasInternal);
      await print(partitions, at, admin, context);
    });
    return 0;
  },
  async fail(error, { err }) {
    await err.line(`Error occurred: ${javaError(error).message}`);
    return 1;
  },
});

function offsetSpec(text: string): OffsetQuery['at'] {
  const names = Object.keys(namedOffsets) as (keyof typeof namedOffsets)[];
  const named = names.find((name) => name === text || namedOffsets[name] === text);
  if (named !== undefined) return named;
  if (!/^\d{1,15}$/.test(text)) {
    const known = names.map((name) => `${namedOffsets[name]} or ${name}`).join(' / ');
    throw new ToolError(
      `Malformed time argument ${text}. Please use ${known}, or a specified long format timestamp`,
    );
  }
  return Number(text);
}

async function selected(
  admin: Admin,
  filter: PartitionFilter,
  hasInternal: boolean,
): Promise<readonly TopicPartition[]> {
  const topics = await admin.listTopics({ hasInternal });
  const partitions = topics.flatMap(({ name, partitions: all }) =>
    all.map(({ partition }) => ({ topic: name, partition })).filter(filter),
  );
  if (partitions.length === 0)
    throw new ToolError('Could not match any topic-partitions with the specified filters');
  return partitions;
}

async function print(
  partitions: readonly TopicPartition[],
  at: OffsetQuery['at'],
  admin: Admin,
  { out, err }: ToolContext,
): Promise<void> {
  const found = await admin.listOffsets(partitions.map((partition) => ({ ...partition, at })));
  for (const { topic, partition, error } of found) {
    if (error === undefined) continue;
    await err.line(
      `Skip getting offsets for topic-partition ${topic}-${partition} due to error: ${javaText(error)}`,
    );
  }
  const lines = found
    .filter(({ error, offset }) => error === undefined && offset >= 0)
    .map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}\n`);
  await out.write(lines.join(''));
}
