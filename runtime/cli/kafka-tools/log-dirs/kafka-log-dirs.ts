import type { Admin, LogDirDescription } from '../../../../kafka/client/index.ts';
import { requiredConnection, withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaError } from '../java-error.ts';
import { defineTool, tellError } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';

const options = {
  ...requiredConnection,
  describe: { describe: 'REQUIRED: Show log directories.', isRequired: true },
  'broker-list': {
    describe: 'Only these brokers: 0,1,2',
    value: { type: 'String', label: 'id,...', default: '' },
  },
  'topic-list': {
    describe: 'Only the replicas of these topics.',
    value: { type: 'String', label: 'topic,...', default: '' },
  },
} as const;

type Option = keyof typeof options;

/** `kafka-log-dirs`: shows where brokers keep replicas and how large they are, as a line of JSON. */
export const kafkaLogDirs = defineTool<Option>({
  name: 'kafka-log-dirs',
  summary: 'This tool helps to query log directory usage on the specified brokers.',
  options,
  async run(args, context) {
    const { out } = context;
    await withAdmin(args, context, async (admin) => {
      const brokerIds = await chosenBrokers(args, admin);
      await out.line('Querying brokers for log directories information');
      const described = await admin.describeLogDirs(brokerIds);
      await out.line(`Received log directory information from brokers ${brokerIds.join(',')}`);
      const topics = listed(args.text('topic-list'));
      const brokers = described.map(({ brokerId, logDirs }) => ({
        broker: brokerId,
        logDirs: logDirs.map((logDir) => logDirJson(logDir, topics)),
      }));
      await out.line(JSON.stringify({ brokers, version: 1 }));
    });
    return 0;
  },
  async fail(error, context) {
    if (!(error instanceof ToolError)) return tellError(error, context);
    await context.err.line(error.message);
    return 1;
  },
});

async function chosenBrokers(args: ToolArguments<Option>, admin: Admin): Promise<readonly number[]> {
  const { brokers } = await admin.describeCluster();
  const present = brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b);
  const wanted = listed(args.text('broker-list'));
  if (wanted.length === 0) return present;
  const missing = wanted.filter((id) => !present.includes(Number(id)) || !/^\d+$/.test(id));
  if (missing.length > 0) {
    throw new ToolError(
      `ERROR: The given brokers do not exist from --broker-list: ${missing.join(',')}. Current existent brokers: ${present.join(',')}`,
    );
  }
  return [...new Set(wanted.map(Number))];
}

function listed(text = ''): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function logDirJson({ path, replicas, error }: LogDirDescription, topics: readonly string[]) {
  return {
    partitions: replicas
      .filter(({ topic }) => topics.length === 0 || topics.includes(topic))
      .map(({ topic, partition, sizeBytes, offsetLag, isFuture }) => ({
        partition: `${topic}-${partition}`,
        size: sizeBytes,
        offsetLag,
        isFuture,
      })),
    error: error === undefined ? null : javaError(error).className,
    logDir: path,
  };
}
