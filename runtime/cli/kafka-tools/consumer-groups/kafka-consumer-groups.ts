import type { Admin } from '../../../../kafka/client/index.ts';
import { KafkaError } from '../../../../kafka/client/index.ts';
import { patternProblem } from '../../../plugin/index.ts';
import { adminConnection } from '../connection-options.ts';
import { ToolError, ToolUsageError } from '../errors.ts';
import { javaError, javaText } from '../java-error.ts';
import { defineTool, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import {
  exactlyOne,
  excludes,
  onlyWith,
  type ToolRule,
  takesAtMostOneOf,
  takesOneOf,
} from '../tool-rules.ts';
import { deleteGroups, deleteOffsets } from './deletion.ts';
import { describeGroups } from './description.ts';
import { listFilter, listGroups } from './listing.ts';
import { type GroupOption, groupOptions, resetScenarios } from './options.ts';
import { resetOffsets } from './reset.ts';

const actions = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets', 'validate-regex'] as const;
type Action = (typeof actions)[number];
const only = (option: GroupOption, ...among: Action[]) => onlyWith(option, among, actions);

const SILENT_DRY_RUN =
  'WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.';

/** `kafka-consumer-groups`: lists, describes, resets and deletes consumer groups. */
export const kafkaConsumerGroups = defineTool<GroupOption>({
  name: 'kafka-consumer-groups',
  summary:
    'This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset consumer group offsets.',
  options: groupOptions,
  rules: [
    exactlyOne(
      actions,
      'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
    ),
    (args) =>
      args.has('bootstrap-server') || args.has('validate-regex')
        ? undefined
        : 'Missing required argument "[bootstrap-server]"',
    takesOneOf('describe', 'group', 'all-groups'),
    takesAtMostOneOf('describe', 'members', 'offsets', 'state'),
    takesOneOf('delete', 'group', 'all-groups'),
    (args) =>
      args.has('delete') && args.has('topic')
        ? 'The consumer does not support topic-specific offset deletion from a consumer group.'
        : undefined,
    takesOneOf('reset-offsets', 'group', 'all-groups'),
    ...resetRules(),
    takesOneOf('delete-offsets', 'group'),
    takesOneOf('delete-offsets', 'topic'),
    excludes('group', 'all-groups'),
    (args) => {
      if (args.has('list')) listFilter(args);
      return undefined;
    },
    (args) =>
      args.has('verbose') && !args.has('describe')
        ? unavailable('verbose')
        : args.has('state') && !args.has('describe') && !args.has('list')
          ? unavailable('state')
          : undefined,
    only('members', 'describe'),
    only('offsets', 'describe'),
    only('type', 'list'),
    only('topic', 'delete', 'reset-offsets', 'delete-offsets'),
    only('group', 'describe', 'delete', 'reset-offsets', 'delete-offsets'),
    only('all-groups', 'describe', 'delete', 'reset-offsets'),
    ...(['all-topics', 'execute', 'dry-run', 'export', ...resetScenarios] as const).map((option) =>
      only(option, 'reset-offsets'),
    ),
  ],
  async run(args, context) {
    const regex = args.text('validate-regex');
    if (regex !== undefined) return validate(regex, context);
    if (args.has('reset-offsets') && !args.has('execute') && !args.has('dry-run')) {
      await context.err.line(SILENT_DRY_RUN);
    }
    const connection = { ...adminConnection(args, context), apiTimeoutMs: args.number('timeout') };
    await withClient(context, connection, (client) => act(args, client.admin(), context));
    return 0;
  },
  async fail(error, { out, err }) {
    if (error instanceof ToolUsageError) {
      await err.line(error.message);
      return 1;
    }
    // Kafka's tool exits with 0 in these cases, and scripts have learned to read what it prints.
    const isWrapped = error instanceof KafkaError && error.errorName !== 'UNKNOWN_TOPIC_OR_PARTITION';
    const text = isWrapped || error instanceof ToolError ? javaText(error) : javaError(error).message;
    await out.line(`\nError: Executing consumer group command failed due to ${text}`);
    await err.line(
      isWrapped ? `java.util.concurrent.ExecutionException: ${javaText(error)}` : javaText(error),
    );
    return error instanceof KafkaError || error instanceof ToolError ? 0 : 1;
  },
});

function resetRules(): ToolRule<GroupOption>[] {
  const scenarios = resetScenarios.map((name) => `[${name}]`).join(', ');
  return [
    (args) =>
      args.has('execute') && args.has('dry-run')
        ? 'Option [reset-offsets] only accepts one of [execute] and [dry-run]'
        : undefined,
    (args) =>
      args.has('reset-offsets') && !resetScenarios.some((name) => args.has(name))
        ? `Option '[reset-offsets]' requires one of the following scenarios: [${scenarios}]`
        : undefined,
    (args) =>
      args.has('reset-offsets') && !args.has('from-file') && !args.has('all-topics') && !args.has('topic')
        ? 'One of the reset scopes should be defined: --all-topics, --topic.'
        : undefined,
    excludes('all-topics', 'topic'),
    // Told in alphabetical order, whichever came first.
    ...resetScenarios.toSorted().map((name, at, sorted) => excludes(name, ...sorted.slice(at + 1))),
  ];
}

function act(args: ToolArguments<GroupOption>, admin: Admin, context: ToolContext): Promise<void> {
  if (args.has('list')) return listGroups(args, admin, context.out);
  if (args.has('describe')) return describeGroups(args, admin, context);
  if (args.has('delete')) return deleteGroups(args, admin, context.out);
  if (args.has('reset-offsets')) return resetOffsets(args, admin, context);
  return deleteOffsets(args, admin, context.out);
}

async function validate(regex: string, { out, err }: ToolContext): Promise<number> {
  const problem = patternProblem(regex);
  await (problem === undefined ? out.line(`The regular expression ${regex} is valid.`) : err.line(problem));
  return problem === undefined ? 0 : 1;
}

function unavailable(option: string): string {
  return `Option(s) [${option}] are unavailable given other options on the command line`;
}
