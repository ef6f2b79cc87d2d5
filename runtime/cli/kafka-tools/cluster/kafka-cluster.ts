import type { BrokerDescription } from '../../../../kafka/client/index.ts';
import { defineCommandTool, toolCommand } from '../command-tool.ts';
import { connectionOptions, controllerOption, needsBroker, withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaText } from '../java-error.ts';
import { row, widthOf } from '../text-table.ts';
import { given, type ToolContext, tellError } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';

const common = {
  'bootstrap-server': { ...connectionOptions['bootstrap-server'], short: 'b' },
  'bootstrap-controller': { ...controllerOption, short: 'C' },
  'command-config': { ...connectionOptions['command-config'], short: 'c' },
  config: {
    describe: '(DEPRECATED) As --command-config.',
    value: { type: 'String', label: 'properties file' },
  },
} as const;

type Common = keyof typeof common;

const rules = [
  needsBroker('one of the arguments --bootstrap-server/-b --bootstrap-controller/-C is required'),
];
const NARROW = 10;

/** `kafka-cluster`: shows the cluster's id and its brokers, and removes one from it. */
export const kafkaCluster = defineCommandTool({
  name: 'kafka-cluster',
  summary: 'The Kafka cluster tool.',
  options: common,
  helpExitCode: 1,
  commands: {
    'cluster-id': toolCommand({
      summary: 'Show the id of the cluster.',
      options: {},
      common,
      rules,
      async run(args, context) {
        const { clusterId } = await describe(args, context);
        await context.out.line(
          clusterId === null
            ? 'No cluster ID found. The Kafka version is probably too old.'
            : `Cluster ID: ${clusterId}`,
        );
        return 0;
      },
    }),
    unregister: toolCommand({
      summary: 'Unregister a broker that is down.',
      options: {
        id: {
          describe: 'The broker.',
          short: 'i',
          value: { type: 'Integer', label: 'id' },
          isRequired: true,
        },
      },
      common,
      rules,
      async run(args, context) {
        const id = given(args.number('id'));
        await withAdmin(args, context, (admin) => admin.unregisterBroker(id), configFile(args));
        await context.out.line(`Broker ${id} is no longer registered.`);
        return 0;
      },
    }),
    'list-endpoints': toolCommand({
      summary: 'List the brokers and where they listen.',
      options: {
        'include-fenced-brokers': { describe: 'Brokers that are not alive, too.' },
      },
      common,
      rules,
      async run(args, context) {
        const { brokers } = await describe(args, context, args.has('include-fenced-brokers'));
        await context.out.line(endpointTable(brokers));
        return 0;
      },
    }),
  },
  async fail(error, context) {
    if (error instanceof ToolError) return tellError(error, context);
    await context.err.line(
      `${javaText(error)}\njava.util.concurrent.ExecutionException: ${javaText(error)}\n`,
    );
    return 1;
  },
});

function describe(args: ToolArguments<Common>, context: ToolContext, hasFenced = false) {
  return withAdmin(args, context, (admin) => admin.describeCluster({ hasFenced }), configFile(args));
}

function configFile(args: ToolArguments<Common>): string | undefined {
  return args.text('command-config') ?? args.text('config');
}

function endpointTable(brokers: readonly BrokerDescription[]): string {
  const racks = brokers.flatMap(({ rack }) => rack ?? []);
  const widths = [
    NARROW,
    widthOf(
      brokers.map(({ host }) => host),
      0,
    ),
    NARROW,
    racks.length === 0 ? NARROW : widthOf(racks, 0),
    NARROW,
    15,
  ];
  const lines = brokers.map(({ nodeId, host, port, rack, isFenced = false }) => [
    nodeId,
    host,
    port,
    rack ?? 'null',
    isFenced ? 'fenced' : 'unfenced',
    'broker',
  ]);
  return [['ID', 'HOST', 'PORT', 'RACK', 'STATE', 'ENDPOINT_TYPE'], ...lines]
    .map((cells) => row(widths, cells))
    .join('\n');
}
