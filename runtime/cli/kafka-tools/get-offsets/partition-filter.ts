import type { TopicPartition } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import type { ToolArguments } from '../tool-options.ts';
import { topicFilter } from '../topic-filter.ts';
import type { GetOffsetsOption } from './options.ts';

/** Whether a partition is asked for. */
export type PartitionFilter = (partition: TopicPartition) => boolean;

/** What `--topic-partitions`, or `--topic` and `--partitions`, select. Throws ToolError for what cannot be read. */
export function partitionFilter(args: ToolArguments<GetOffsetsOption>): PartitionFilter {
  const rules = args.text('topic-partitions');
  if (rules !== undefined) {
    if (args.has('topic') || args.has('partitions'))
      throw new ToolError('--topic-partitions cannot be used with --topic or --partitions');
    const filters = rules.split(',').map(ruleFilter);
    return (partition) => filters.some((filter) => filter(partition));
  }
  const topic = args.text('topic');
  const isTopic = topic === undefined ? () => true : topicFilter(topic);
  const numbers = partitionNumbers(args.text('partitions'));
  return (each) => isTopic(each.topic) && (numbers === undefined || numbers.has(each.partition));
}

function partitionNumbers(text: string | undefined): ReadonlySet<number> | undefined {
  if (text === undefined || text === '') return undefined;
  const parts = text.split(',');
  if (!parts.every((part) => /^\d{1,9}$/.test(part))) {
    throw new ToolError(
      `--partitions expects a comma separated list of numeric partition ids, but received: ${text}`,
    );
  }
  return new Set(parts.map(Number));
}

/** `topic`, `topic:3`, `topic:0-3`, `topic:5-`, `topic:-3`, `:0`; the end of a range is excluded. */
function ruleFilter(rule: string): PartitionFilter {
  const match = /^([^:,]*)(?::(?:(\d{0,9})|(\d{0,9})-(\d{0,9})))?$/.exec(rule);
  if (match === null) {
    const text = `Invalid rule specification: ${rule}`;
    throw new ToolError(`org.apache.kafka.tools.TerseException: ${text}`, 'java.lang.RuntimeException');
  }
  const [, name = '', single = '', first = '', end = ''] = match;
  const isTopic = name === '' ? () => true : topicFilter(name);
  if (single !== '') return ({ topic, partition }) => isTopic(topic) && partition === Number(single);
  const from = first === '' ? 0 : Number(first);
  const to = end === '' ? Number.POSITIVE_INFINITY : Number(end);
  return ({ topic, partition }) => isTopic(topic) && partition >= from && partition < to;
}
