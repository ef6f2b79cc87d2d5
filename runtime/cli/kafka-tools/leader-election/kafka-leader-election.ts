import type { Admin, KafkaError, Refusable, TopicPartition } from '../../../../kafka/client/index.ts';
import { connectionOptions, withAdmin } from '../connection-options.ts';
import { ToolError, ToolValueError } from '../errors.ts';
import { javaText } from '../java-error.ts';
import { readPartitionFile } from '../json-file.ts';
import { defineTool, given, type ToolContext, tellTwice } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';

const COMMAND_FAILED = 'org.apache.kafka.tools.AdminCommandFailedException';

const options = {
  ...connectionOptions,
  'admin.config': {
    describe: '(DEPRECATED) As --command-config.',
    value: { type: 'String', label: 'properties file' },
  },
  'all-topic-partitions': {
    describe: 'All partitions that can be elected. Not together with --topic or --path-to-json-file.',
  },
  'election-type': {
    describe:
      'REQUIRED: preferred, where the leader is not the first of the replicas, or unclean, where there is no leader.',
    value: { type: 'String', label: 'election type' },
  },
  partition: {
    describe: 'A partition of --topic, which needs it.',
    value: { type: 'Integer', label: 'partition id' },
  },
  'path-to-json-file': {
    describe:
      'A JSON file with partitions. Not together with --all-topic-partitions or --topic.\n{"partitions": [{"topic": "orders", "partition": 1}]}',
    value: { type: 'String', label: 'JSON file' },
  },
  topic: {
    describe: 'A topic. Not together with --path-to-json-file or --all-topic-partitions.',
    value: { type: 'String' },
  },
} as const;

type Option = keyof typeof options;

const needed: readonly Option[] = ['election-type', 'bootstrap-server'];
const scopes: readonly Option[] = ['topic', 'all-topic-partitions', 'path-to-json-file'];

/** `kafka-leader-election`: has new leaders elected for partitions. */
export const kafkaLeaderElection = defineTool<Option>({
  name: 'kafka-leader-election',
  summary:
    'This tool attempts to elect a new leader for a set of topic partitions. The type of elections supported are preferred replicas and unclean replicas.',
  options,
  rules: [plain(scopeProblem)],
  async run(args, context) {
    const type = electionType(given(args.text('election-type')));
    const partitions = chosen(args, context);
    const file = args.text('command-config') ?? args.text('admin.config');
    await withAdmin(args, context, (admin) => elect(type, partitions, admin, context), file);
    return 0;
  },
  fail: tellTwice,
});

/** Told without the table of options, as Kafka's tool does. */
function plain(rule: (args: ToolArguments<Option>) => string | undefined) {
  return (args: ToolArguments<Option>): undefined => {
    const problem = rule(args);
    if (problem !== undefined) throw new ToolError(problem, COMMAND_FAILED);
  };
}

function scopeProblem(args: ToolArguments<Option>): string | undefined {
  const missing = needed.filter((option) => !args.has(option));
  if (missing.length > 0) return `Missing required option(s): ${missing.join(', ')}`;
  if (scopes.filter((option) => args.has(option)).length !== 1) {
    return `One and only one of the following options is required: ${scopes.join(', ')}`;
  }
  if (args.has('topic') && !args.has('partition')) return 'Missing required option(s): partition';
  return args.has('partition') && !args.has('topic')
    ? 'Option partition is only allowed if topic is used'
    : undefined;
}

function electionType(text: string): 'preferred' | 'unclean' {
  const type = text.toLowerCase();
  if (type === 'preferred' || type === 'unclean') return type;
  throw new ToolValueError(`Cannot parse argument '${text}' of option election-type`);
}

/** Undefined: all. */
function chosen(
  args: ToolArguments<Option>,
  { platform }: ToolContext,
): readonly TopicPartition[] | undefined {
  const topic = args.text('topic');
  if (topic !== undefined) return [{ topic, partition: given(args.number('partition')) }];
  const file = args.text('path-to-json-file');
  if (file === undefined) return undefined;
  const partitions = readPartitionFile(file, platform.files);
  const names = partitions.map(nameOf);
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  if (repeated.length > 0) {
    throw new ToolError(
      `Replica election data contains duplicate partitions: ${[...new Set(repeated)].join(',')}`,
      'org.apache.kafka.tools.AdminOperationException',
    );
  }
  return partitions;
}

async function elect(
  type: 'preferred' | 'unclean',
  partitions: readonly TopicPartition[] | undefined,
  admin: Admin,
  { out }: ToolContext,
): Promise<void> {
  const answers = await admin.electLeaders(type, partitions);
  const isNoop = ({ error }: { readonly error: KafkaError | undefined }) =>
    error?.errorName === 'ELECTION_NOT_NEEDED';
  const elected = answers.filter(({ error }) => error === undefined);
  const noop = answers.filter(isNoop);
  const failed = answers.filter((answer) => answer.error !== undefined && !isNoop(answer));
  if (elected.length > 0) {
    await out.line(
      `Successfully completed leader election (${type.toUpperCase()}) for partitions ${names(elected)}`,
    );
  }
  if (noop.length > 0) await out.line(`Valid replica already elected for partitions ${names(noop)}`);
  for (const { error, ...partition } of failed) {
    const reason = error === undefined ? '' : javaText(error);
    await out.line(
      `Error completing leader election (${type.toUpperCase()}) for partition: ${nameOf(partition)}: ${reason}`,
    );
  }
  if (failed.length > 0)
    throw new ToolError(`${failed.length} replica(s) could not be elected`, COMMAND_FAILED);
}

function names(answers: readonly Refusable<TopicPartition>[]): string {
  return answers.map(nameOf).join(', ');
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
