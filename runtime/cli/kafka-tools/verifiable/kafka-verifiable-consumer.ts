import type { Consumer, PolledRecords, TopicPartition } from '../../../../kafka/client/index.ts';
import { clientOptions, clientSources, replacedBy } from '../client-options.ts';
import { consumerOptions } from '../client-properties.ts';
import { ToolError } from '../errors.ts';
import { javaError } from '../java-error.ts';
import { defineTool, given, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import { JsonEvents } from './json-events.ts';

const POLL_MS = 1_000;

const options = {
  'bootstrap-server': clientOptions['bootstrap-server'],
  topic: { describe: 'REQUIRED: The topic to read.', value: { type: 'String' }, isRequired: true },
  'group-id': {
    describe: 'REQUIRED: The consumer group.',
    value: { type: 'String', label: 'group id' },
    isRequired: true,
  },
  'command-config': clientOptions['command-config'],
  'consumer.config': replacedBy('command-config', 'properties file'),
  'assignment-strategy': {
    describe: 'How partitions are assigned: class of an assignor.',
    value: {
      type: 'String',
      label: 'class',
      default: 'org.apache.kafka.clients.consumer.RangeAssignor',
    },
  },
  'enable-autocommit': { describe: 'Commit in the background, not after each poll.' },
  'group-instance-id': { describe: 'The id of a static member.', value: { type: 'String', label: 'id' } },
  'group-protocol': {
    describe: 'classic. This client does not speak the protocol consumer (KIP-848).',
    value: { type: 'String', label: 'protocol', default: 'classic' },
  },
  'group-remote-assignor': {
    describe: 'Only for --group-protocol consumer.',
    value: { type: 'String', label: 'assignor' },
  },
  'max-messages': {
    describe: 'End after so many records; -1: when asked to.',
    value: { type: 'Integer', default: '-1' },
  },
  'reset-policy': {
    describe: 'Where to begin without an offset: earliest, latest or none.',
    value: { type: 'String', label: 'policy', default: 'earliest' },
  },
  'session-timeout': {
    describe: 'After how long a member that is silent is out of the group.',
    value: { type: 'Integer', label: 'ms' },
  },
  verbose: { describe: 'Tell of each record.' },
} as const;

type Option = keyof typeof options;

/** `kafka-verifiable-consumer`: reads a topic and tells in JSON what happens. */
export const kafkaVerifiableConsumer = defineTool<Option>({
  name: 'kafka-verifiable-consumer',
  summary:
    'This tool consumes messages from a specific topic and emits consumer events (e.g. group rebalances, received messages, and offsets committed) as JSON objects to STDOUT.',
  options,
  async run(args, context) {
    const properties = consumerProperties(args, context);
    const connection = {
      servers: given(args.text('bootstrap-server')),
      properties,
      clientId: 'verifiable-consumer',
    };
    const settings = { ...consumerOptions(properties), autoCommit: args.has('enable-autocommit') };
    await withClient(context, connection, (client) => consume(args, client.consumer(settings), context));
    return 0;
  },
});

function consumerProperties(args: ToolArguments<Option>, { platform }: ToolContext): Map<string, string> {
  if (given(args.text('group-protocol')).toLowerCase() !== 'classic') {
    throw new ToolError('--group-protocol: this client speaks the classic protocol alone');
  }
  const files = ['consumer.config', 'command-config'] as const;
  const sources = clientSources<Option>(args, { files, properties: [] }, platform.files);
  const properties = new Map(sources.flatMap((source) => [...source]));
  const settings = {
    'group.id': args.text('group-id'),
    'group.instance.id': args.text('group-instance-id'),
    'auto.offset.reset': args.text('reset-policy'),
    'partition.assignment.strategy': args.text('assignment-strategy'),
    'session.timeout.ms': args.number('session-timeout')?.toString(),
  };
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) properties.set(name, value);
  return properties;
}

async function consume(
  args: ToolArguments<Option>,
  consumer: Consumer,
  { out, platform, signal }: ToolContext,
): Promise<void> {
  const events = new JsonEvents(out, platform.clock);
  const recordsMax = given(args.number('max-messages'));
  const partitionsOf = (partitions: readonly TopicPartition[]) => ({
    partitions: partitions.map(({ topic, partition }) => ({ topic, partition })),
  });
  consumer.subscribe(
    { topics: [given(args.text('topic'))] },
    {
      onAssigned: (partitions) => events.tell('partitions_assigned', partitionsOf(partitions)),
      onRevoked: (partitions) => events.tell('partitions_revoked', partitionsOf(partitions)),
    },
  );
  const wake = () => consumer.wakeup();
  signal.addEventListener('abort', wake, { once: true });
  let count = 0;
  await events.tell('startup_complete');
  while ((recordsMax < 0 || count < recordsMax) && !signal.aborted && !out.isClosed) {
    const left = recordsMax < 0 ? Number.POSITIVE_INFINITY : recordsMax - count;
    const polled = (await consumer.poll(POLL_MS)).filter(({ records }) => records.length > 0);
    if (polled.length === 0) continue;
    const taken = await tellRecords(polled, left, args.has('verbose'), events);
    count += taken.reduce((total, each) => total + each.count, 0);
    if (!args.has('enable-autocommit')) await commit(taken, consumer, events);
  }
  signal.removeEventListener('abort', wake);
  if (signal.aborted) await events.tell('shutdown_requested');
  await consumer.close();
  await events.tell('shutdown_complete');
  if (!signal.aborted) await events.tell('shutdown_requested');
}

interface TakenRecords extends TopicPartition {
  readonly count: number;
  readonly minOffset: number;
  readonly maxOffset: number;
}

/** Tells of the first `left` records; what was polled counts as a whole, as in Kafka's tool. */
async function tellRecords(
  polled: readonly PolledRecords[],
  left: number,
  isVerbose: boolean,
  events: JsonEvents,
): Promise<readonly TakenRecords[]> {
  const taken: TakenRecords[] = [];
  let open = left;
  for (const { topic, partition, records } of polled) {
    const part = records.slice(0, open);
    const [first, last] = [part[0], part.at(-1)];
    if (first === undefined || last === undefined) break;
    open -= part.length;
    for (const { key, value, offset } of isVerbose ? part : []) {
      const [keyText, valueText] = [key, value].map((bytes) => bytes?.toString('utf8') ?? null);
      await events.tell('record_data', { key: keyText, value: valueText, topic, partition, offset });
    }
    taken.push({ topic, partition, count: part.length, minOffset: first.offset, maxOffset: last.offset });
  }
  const count = polled.reduce((total, { records }) => total + records.length, 0);
  await events.tell('records_consumed', { count, partitions: taken });
  return taken;
}

async function commit(taken: readonly TakenRecords[], consumer: Consumer, events: JsonEvents): Promise<void> {
  const offsets = taken.map(({ topic, partition, maxOffset }) => ({
    topic,
    partition,
    offset: maxOffset + 1,
  }));
  try {
    await consumer.commit(offsets);
    await events.tell('offsets_committed', { offsets, success: true });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    await events.tell('offsets_committed', { offsets, error: javaError(error).message, success: false });
  }
}
