import type {
  Admin,
  ConfigEntry,
  PartitionDescription,
  TopicDescription,
} from '../../../../kafka/client/index.ts';
import { javaHashOrder } from '../../../data/index.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ToolOutput } from '../tool-output.ts';
import type { TopicOption } from './options.ts';
import { selectTopics } from './selection.ts';

/** Options that show some partitions, and no lines for topics. */
export const partitionFilters = [
  'under-replicated-partitions',
  'unavailable-partitions',
  'under-min-isr-partitions',
  'at-min-isr-partitions',
] as const;

type PartitionFilter = (typeof partitionFilters)[number];

interface Partition extends PartitionDescription {
  readonly isLeaderAlive: boolean;
  readonly minIsr: number;
}

const isShown: Readonly<Record<PartitionFilter, (partition: Partition) => boolean>> = {
  'under-replicated-partitions': ({ isr, replicas }) => isr.length < replicas.length,
  'unavailable-partitions': ({ isLeaderAlive }) => !isLeaderAlive,
  'under-min-isr-partitions': ({ isr, minIsr, leader }) => leader < 0 || isr.length < minIsr,
  'at-min-isr-partitions': ({ isr, minIsr }) => isr.length === minIsr,
};

/** `--describe`: a line for each topic, and one for each of its partitions. */
export async function describeTopics(
  args: ToolArguments<TopicOption>,
  admin: Admin,
  { out, err }: { readonly out: ToolOutput; readonly err: ToolOutput },
): Promise<void> {
  if (args.has('topic') && args.has('topic-id')) {
    await err.line('--topic is ignored: --topic-id is given, too');
  }
  const topics = await selectTopics(args, admin);
  if (topics.length === 0) return;
  const [configs, cluster] = await Promise.all([topicConfigs(admin, topics), admin.describeCluster()]);
  const liveBrokers = new Set(cluster.brokers.map(({ nodeId }) => nodeId));
  const filter = partitionFilters.find((each) => args.has(each));
  for (const topic of topics) {
    const entries = javaHashOrder(configs.get(topic.name) ?? [], ({ name }) => name);
    const overrides = entries.filter(({ source }) => source !== 'DEFAULT_CONFIG');
    if (args.has('topics-with-overrides')) {
      if (overrides.length > 0) await out.line(topicLine(topic, overrides));
      continue;
    }
    const minIsr = Number(entries.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1);
    const lines = topic.partitions
      .map((each) => ({ ...each, minIsr, isLeaderAlive: liveBrokers.has(each.leader) }))
      .filter((each) => filter === undefined || isShown[filter](each))
      .map((each) => partitionLine(topic.name, each));
    const all = filter === undefined ? [topicLine(topic, overrides), ...lines] : lines;
    if (all.length > 0) await out.line(all.join('\n'));
  }
}

async function topicConfigs(
  admin: Admin,
  topics: readonly TopicDescription[],
): Promise<ReadonlyMap<string, readonly ConfigEntry[]>> {
  const described = await admin.describeConfigs(topics.map(({ name }) => ({ type: 'topic', name })));
  for (const { error } of described) {
    // A topic that was deleted meanwhile has no configs; who may not see them sees the rest.
    const isHarmless =
      error?.errorName === 'UNKNOWN_TOPIC_OR_PARTITION' || error?.errorName === 'TOPIC_AUTHORIZATION_FAILED';
    if (error !== undefined && !isHarmless) throw error;
  }
  return new Map(described.map(({ name, configs }) => [name, configs]));
}

function topicLine(
  { name, topicId, partitions }: TopicDescription,
  overrides: readonly ConfigEntry[],
): string {
  return [
    `Topic: ${name}`,
    ...(topicId === '' ? [] : [`TopicId: ${topicId}`]),
    `PartitionCount: ${partitions.length}`,
    `ReplicationFactor: ${partitions[0]?.replicas.length ?? 0}`,
    `Configs: ${overrides.map((entry) => `${entry.name}=${entry.value}`).join(',')}`,
  ].join('\t');
}

function partitionLine(topic: string, { partition, leader, replicas, isr }: PartitionDescription): string {
  return [
    `\tTopic: ${topic}`,
    `Partition: ${partition}`,
    `Leader: ${leader < 0 ? 'none' : leader}`,
    `Replicas: ${replicas.join(',')}`,
    `Isr: ${isr.join(',')}`,
    'Elr: ',
    'LastKnownElr: ',
  ].join('\t');
}
