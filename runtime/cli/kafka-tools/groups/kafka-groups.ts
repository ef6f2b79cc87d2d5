import type { GroupListing } from '../../../../kafka/client/index.ts';
import { connectionOptions, withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaText } from '../java-error.ts';
import { row, widthOf } from '../text-table.ts';
import { defineTool } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import { excludes } from '../tool-rules.ts';

const COLUMN_WIDTH = 20;
const types = ['Classic', 'Consumer', 'Share', 'Streams'];

const options = {
  ...connectionOptions,
  consumer: {
    describe: 'Only consumer groups: of the type consumer, and classic ones of consumers or without members.',
  },
  'group-type': {
    describe: 'Only groups of this type: classic, consumer, share, streams.',
    value: { type: 'String', label: 'type' },
  },
  list: { describe: 'List the groups.' },
  protocol: {
    describe: 'Only groups of this protocol type.',
    value: { type: 'String', label: 'protocol' },
  },
  share: { describe: 'Only share groups.' },
  streams: { describe: 'Only streams groups.' },
} as const;

type Option = keyof typeof options;

/** `kafka-groups`: lists groups of all types. */
export const kafkaGroups = defineTool<Option>({
  name: 'kafka-groups',
  summary: 'This tool helps to list groups of all types.',
  options,
  rules: [
    (args) => (args.has('bootstrap-server') ? undefined : 'Missing required option(s) [bootstrap-server]'),
    (args) => (args.has('list') ? undefined : 'Command must include exactly one action: --list.'),
    excludes('consumer', 'group-type', 'protocol'),
    excludes('share', 'group-type', 'protocol'),
    excludes('streams', 'group-type', 'protocol'),
    excludes('consumer', 'share', 'streams'),
    excludes('share', 'streams'),
  ],
  async run(args, context) {
    const isShown = groupFilter(args);
    const groups = await withAdmin(args, context, (admin) => admin.listGroups());
    const shown = groups.filter(isShown);
    const width = widthOf(
      shown.map(({ groupId }) => groupId),
      COLUMN_WIDTH,
    );
    // As Kafka's tool does: a long id widens all columns.
    const widths = [width, width, width];
    const lines = shown.map((group) => row(widths, [group.groupId, typeName(group), group.protocolType, '']));
    await context.out.line([row(widths, ['GROUP', 'TYPE', 'PROTOCOL']), ...lines].join('\n'));
    return 0;
  },
  async fail(error, { err }) {
    await err.line(`${javaText(error)}\n`);
    return 1;
  },
});

function groupFilter(args: ToolArguments<Option>): (group: GroupListing) => boolean {
  const type = args.text('group-type');
  if (type !== undefined && !types.some((each) => each.toLowerCase() === type.toLowerCase())) {
    throw new ToolError('--group-type must be a valid group type.');
  }
  const protocol = args.text('protocol');
  return (group) => {
    const name = typeName(group);
    if (args.has('consumer')) {
      return name === 'Consumer' || (name === 'Classic' && ['', 'consumer'].includes(group.protocolType));
    }
    if (args.has('share')) return name === 'Share';
    if (args.has('streams')) return name === 'Streams';
    return (
      (type === undefined || name.toLowerCase() === type.toLowerCase()) &&
      (protocol === undefined || group.protocolType === protocol)
    );
  };
}

/** As Kafka's tools write it; brokers before 3.8 know classic groups alone. */
function typeName({ type }: GroupListing): string {
  if (type === '') return 'Classic';
  return types.find((each) => each.toLowerCase() === type.toLowerCase()) ?? 'Unknown';
}
