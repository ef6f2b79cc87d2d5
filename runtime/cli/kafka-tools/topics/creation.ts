import type { Admin, NewTopic } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import { given } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ToolOutput } from '../tool-output.ts';
import type { TopicOption } from './options.ts';
import { selectTopics } from './selection.ts';

const REPLICATION_FACTOR_MAX = 32_767;

/** `--create`. Throws KafkaError, and ToolError for arguments that cannot be. */
export async function createTopic(
  args: ToolArguments<TopicOption>,
  admin: Admin,
  out: ToolOutput,
): Promise<void> {
  const topic = newTopic(args);
  if (/[._]/.test(topic.name)) {
    await out.line(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.",
    );
  }
  const [created] = await admin.createTopics([topic]);
  const { error } = given(created);
  if (error?.errorName === 'TOPIC_ALREADY_EXISTS' && args.has('if-not-exists')) return;
  if (error !== undefined) throw error;
  await out.line(`Created topic ${topic.name}.`);
}

/** `--alter --partitions`: of all topics that the filter selects. */
export async function growTopics(args: ToolArguments<TopicOption>, admin: Admin): Promise<void> {
  const count = given(partitionCount(args));
  const topics = await selectTopics(args, admin);
  const assigned = assignmentsOf(args);
  if (assigned !== undefined && assigned.length !== count) {
    throw new ToolError(
      `--replica-assignment is for ${assigned.length} partitions, --partitions asks for ${count}`,
    );
  }
  if (topics.length === 0) return;
  const changes = topics.map(({ name, partitions }) => ({
    name,
    count,
    ...(assigned === undefined ? {} : { assignments: assigned.slice(partitions.length) }),
  }));
  for (const { error } of await admin.createPartitions(changes)) if (error !== undefined) throw error;
}

function newTopic(args: ToolArguments<TopicOption>): NewTopic {
  const name = given(args.text('topic'));
  const configs = configsOf(args.texts('config'));
  const assignments = assignmentsOf(args);
  if (assignments !== undefined) return { name, configs, assignments };
  const partitions = partitionCount(args);
  const replicationFactor = args.number('replication-factor');
  if (
    replicationFactor !== undefined &&
    (replicationFactor < 1 || replicationFactor > REPLICATION_FACTOR_MAX)
  ) {
    throw new ToolError(`The replication factor must be between 1 and ${REPLICATION_FACTOR_MAX} inclusive`);
  }
  return {
    name,
    configs,
    ...(partitions === undefined ? {} : { partitionCount: partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
  };
}

function partitionCount(args: ToolArguments<TopicOption>): number | undefined {
  const count = args.number('partitions');
  if (count !== undefined && count < 1) throw new ToolError('The partitions must be greater than 0');
  return count;
}

function configsOf(texts: readonly string[]): Record<string, string> {
  const entries = texts.map((text) => {
    const equals = text.indexOf('=');
    if (equals < 1) {
      throw new ToolError(
        'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
      );
    }
    return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()] as const;
  });
  return Object.fromEntries(entries);
}

/** `0:1,1:2` as replicas of each partition. */
function assignmentsOf(args: ToolArguments<TopicOption>): readonly (readonly number[])[] | undefined {
  const text = args.text('replica-assignment');
  if (text === undefined) return undefined;
  const partitions = text.split(',').map((part) => part.split(':').map((id) => brokerId(id.trim(), text)));
  for (const replicas of partitions) {
    const repeated = replicas.filter((id, at) => replicas.indexOf(id) !== at);
    if (repeated.length > 0) {
      throw new ToolError(
        `Partition replica lists may not contain duplicate entries: ${repeated.join(', ')}`,
      );
    }
    if (replicas.length !== partitions[0]?.length) {
      throw new ToolError(
        `Partition ${partitions.indexOf(replicas)} has different replication factor: ${replicas.join(', ')}`,
      );
    }
  }
  return partitions;
}

function brokerId(text: string, whole: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new ToolError(`--replica-assignment ${whole}: '${text}' is not a broker id`);
  return Number(text);
}
