import type { Admin } from '../../../../kafka/client/index.ts';
import { adminConnection } from '../connection-options.ts';
import { ToolUsageError, ToolValueError } from '../errors.ts';
import { javaError, javaText } from '../java-error.ts';
import { logLine } from '../log-line.ts';
import { defineTool, needsServer, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import { exactlyOne, excludes, onlyWith, requires } from '../tool-rules.ts';
import { createTopic, growTopics } from './creation.ts';
import { describeTopics, partitionFilters } from './description.ts';
import { deleteTopics, listTopics } from './listing.ts';
import { type TopicOption, topicOptions } from './options.ts';

const actions = ['list', 'describe', 'create', 'alter', 'delete'] as const;
const only = (option: TopicOption, ...among: (typeof actions)[number][]) => onlyWith(option, among, actions);

/** `kafka-topics`: creates, lists, describes, grows and deletes topics. */
export const kafkaTopics = defineTool<TopicOption>({
  name: 'kafka-topics',
  summary: 'This tool helps to create, delete, describe, or change a topic.',
  options: topicOptions,
  rules: [
    exactlyOne(
      actions,
      `Command must include exactly one action: --list, --describe, --create, --alter or --delete`,
    ),
    needsServer('--bootstrap-server must be specified'),
    (args) =>
      args.has('alter') && args.has('config')
        ? 'Option combination "[[config], [bootstrap-server]]" can\'t be used with option "[alter]" (To alter topic configurations, the kafka-configs tool can be used.)'
        : undefined,
    requires('create', 'topic'),
    requires('delete', 'topic'),
    requires('alter', 'topic', 'partitions'),
    (args) =>
      args.has('describe') && args.has('if-exists') && !args.has('topic') && !args.has('topic-id')
        ? '--topic or --topic-id is required to describe a topic'
        : undefined,
    only('config', 'create'),
    only('delete-config'),
    only('partitions', 'create', 'alter'),
    only('replication-factor', 'create'),
    only('replica-assignment', 'create', 'alter'),
    only('if-exists', 'alter', 'delete', 'describe'),
    only('if-not-exists', 'create'),
    only('exclude-internal', 'list', 'describe'),
    only('topic-id', 'describe'),
    only('topics-with-overrides', 'describe'),
    ...partitionFilters.map((filter) => only(filter, 'describe')),
    ...partitionFilters.map((filter) =>
      excludes(filter, 'topics-with-overrides', ...partitionFilters.filter((other) => other !== filter)),
    ),
    (args) =>
      args.has('create')
        ? excludes<TopicOption>('replica-assignment', 'partitions', 'replication-factor')(args)
        : undefined,
  ],
  run: (args, context) =>
    withClient(context, adminConnection(args, context), async (client) => {
      await act(args, client.admin(), context);
      return 0;
    }),
  async fail(error, { out, err, platform }) {
    if (error instanceof ToolUsageError && !(error instanceof ToolValueError)) {
      await err.line(error.message);
      return 1;
    }
    const now = platform.clock.now();
    await out.line(`Error while executing topic command : ${javaError(error).message}`);
    await err.line(logLine(now, 'ERROR', `${javaText(error)}\n`, 'org.apache.kafka.tools.TopicCommand'));
    return 1;
  },
});

function act(args: ToolArguments<TopicOption>, admin: Admin, { out, err }: ToolContext): Promise<void> {
  if (args.has('create')) return createTopic(args, admin, out);
  if (args.has('alter')) return growTopics(args, admin);
  if (args.has('delete')) return deleteTopics(args, admin);
  if (args.has('list')) return listTopics(args, admin, out);
  return describeTopics(args, admin, { out, err });
}
