import type { Consumer, KafkaClient, TopicPartition, TopicPattern } from '../../../../kafka/client/index.ts';
import { compilePattern } from '../../../plugin/index.ts';
import { warnOfOldNames } from '../client-options.ts';
import { ToolUsageError } from '../errors.ts';
import { javaText } from '../java-error.ts';
import { logLine } from '../log-line.ts';
import { keyValues, readProperties } from '../properties-file.ts';
import { defineTool, given, INTERRUPTED, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { Formatter } from './consumed-record.ts';
import { type ConsumerSettings, consumerSettings } from './consumer-settings.ts';
import { type Consumption, consume } from './consumption.ts';
import { formatterOf } from './formatter.ts';
import { type ConsumerToolOption, consumerToolOptions } from './options.ts';
import { Progress } from './progress.ts';
import { RecordPrinter } from './record-printer.ts';

/** What a shell expects of a process that SIGINT ended. */
const LOGGER = 'org.apache.kafka.tools.consumer.ConsoleConsumer';

/** `kafka-console-consumer`: prints the records of topics. */
export const kafkaConsoleConsumer = defineTool<ConsumerToolOption>({
  name: 'kafka-console-consumer',
  summary: 'This tool helps to read data from Kafka topics and outputs it to standard output.',
  options: consumerToolOptions,
  rules: [
    (args) =>
      args.has('topic') === args.has('include')
        ? 'Exactly one of the following arguments is required: [topic], [include]'
        : undefined,
    (args) =>
      args.has('partition') && !args.has('topic')
        ? 'The topic is required when partition is specified.'
        : undefined,
    (args) =>
      args.has('offset') && !args.has('partition')
        ? 'The partition is required when offset is specified.'
        : undefined,
    (args) =>
      args.has('offset') && args.has('from-beginning')
        ? 'Options from-beginning and offset cannot be specified together.'
        : undefined,
    (args) => ((args.number('partition') ?? 0) < 0 ? 'The partition must be 0 or more.' : undefined),
    (args) => offsetProblem(args.text('offset')),
  ],
  async run(args, context) {
    await warnOfOldNames(args, newNames, oldNameText, context.out);
    const settings = consumerSettings(args, context.platform);
    const formatter = formatterFor(args, context);
    const connection = {
      servers: given(args.text('bootstrap-server')),
      properties: settings.properties,
      clientId: 'console-consumer',
    };
    return withClient(context, connection, (client) => read(args, settings, formatter, client, context));
  },
  async fail(error, { err, platform }) {
    const isUsage = error instanceof ToolUsageError;
    const line = logLine(platform.clock.now(), 'ERROR', 'Unknown error when running consumer: ', LOGGER);
    await err.line(isUsage ? error.message : `${line}\n${javaText(error)}`);
    return 1;
  },
});

async function read(
  args: ToolArguments<ConsumerToolOption>,
  settings: ConsumerSettings,
  formatter: Formatter,
  client: KafkaClient,
  context: ToolContext,
): Promise<number> {
  const { signal, err, platform } = context;
  const consumer = client.consumer(settings.options);
  const progress = new Progress(consumer, settings.isCommitting);
  const printer = new RecordPrinter(formatter, client.admin(), context, args.has('skip-message-on-error'));
  const consumption: Consumption = { records: 0, isTimedOut: false };
  const recordsMax = args.number('max-messages') ?? -1;
  const timeoutMs = args.number('timeout-ms') ?? -1;
  const limits = {
    recordsMax: recordsMax < 0 ? undefined : recordsMax,
    idleMs: timeoutMs < 0 ? undefined : timeoutMs,
    commitIntervalMs: settings.commitIntervalMs,
  };
  const wake = () => consumer.wakeup();
  signal.addEventListener('abort', wake, { once: true });
  try {
    begin(args, consumer, progress);
    await consume(consumer, printer, progress, limits, context, consumption);
    if (consumption.isTimedOut) {
      const text = 'Error processing message, terminating consumer process: ';
      const line = logLine(platform.clock.now(), 'ERROR', text, LOGGER);
      await err.line(`${line}\norg.apache.kafka.common.errors.TimeoutException`);
    }
    await progress.commit();
  } finally {
    signal.removeEventListener('abort', wake);
    await consumer.close();
    await err.line(`Processed a total of ${consumption.records} messages`);
  }
  return signal.aborted ? INTERRUPTED : 0;
}

function begin(args: ToolArguments<ConsumerToolOption>, consumer: Consumer, progress: Progress): void {
  const topic = args.text('topic');
  const partition = args.number('partition');
  if (topic !== undefined && partition !== undefined) {
    const offset = args.text('offset') ?? (args.has('from-beginning') ? 'earliest' : 'latest');
    const position = { topic, partition };
    consumer.assign([/^\d+$/.test(offset) ? { ...position, offset: Number(offset) } : position]);
    if (offset === 'earliest') consumer.seekToBeginning([position]);
    if (offset === 'latest') consumer.seekToEnd([position]);
    return;
  }
  const listener = {
    onRevoked: (partitions: readonly TopicPartition[]) => progress.commit(partitions),
    onLost: (partitions: readonly TopicPartition[]) => progress.forget(partitions),
  };
  consumer.subscribe(topic === undefined ? { pattern: included(args) } : { topics: [topic] }, listener);
}

function included(args: ToolArguments<ConsumerToolOption>): TopicPattern {
  const { matches } = compilePattern(given(args.text('include')));
  return { test: matches };
}

function offsetProblem(offset: string | undefined): string | undefined {
  if (offset === undefined || /^(earliest|latest|\d{1,15})$/.test(offset)) return undefined;
  return `The provided offset value '${offset}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`;
}

function formatterFor(args: ToolArguments<ConsumerToolOption>, { platform }: ToolContext): Formatter {
  const file = args.text('formatter-config');
  const deserializers = (['key', 'value'] as const).flatMap((part) => {
    const name = args.text(`${part}-deserializer`);
    return name === undefined ? [] : [[`${part}.deserializer`, name] as const];
  });
  const properties = new Map([
    ...(file === undefined ? [] : readProperties(file, platform.files)),
    ...keyValues(args.texts('property')),
    ...keyValues(args.texts('formatter-property')),
    ...deserializers,
  ]);
  return formatterOf(given(args.text('formatter')), properties);
}

const newNames = {
  property: 'formatter-property',
  'consumer-property': 'command-property',
  'consumer.config': 'command-config',
} as const;

function oldNameText(old: string, name: string): string {
  return `Option --${old} is deprecated and will be removed in a future version. Use --${name} instead.`;
}
