import type { Consumer, KafkaClient, ProducerRecord } from '../../../../kafka/client/index.ts';
import { clientOptions, clientSources } from '../client-options.ts';
import { ToolError } from '../errors.ts';
import { percentiles } from '../producer-perf-test/latency-statistics.ts';
import { randomLetters } from '../producer-perf-test/payloads.ts';
import { contextOf, defineTool, given, type Tool, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';

const RECORD_TIMEOUT_MS = 60_000;
const POLL_MS = 1_000;
const REPORT_RECORDS = 1_000;

const size = (describe: string) =>
  ({ describe, value: { type: 'Integer', label: 'bytes', isOptional: true, default: '0' } }) as const;

const options = {
  'bootstrap-server': clientOptions['bootstrap-server'],
  topic: {
    describe: 'REQUIRED: The topic; it is created when it is not there.',
    value: { type: 'String' },
    isRequired: true,
  },
  'num-records': {
    describe: 'REQUIRED: How many records, one after the other.',
    value: { type: 'Integer', label: 'count' },
    isRequired: true,
  },
  'producer-acks': {
    describe: 'REQUIRED: 1 or all.',
    value: { type: 'String', label: 'acks' },
    isRequired: true,
  },
  'record-size': {
    describe: 'REQUIRED: The size of each value.',
    value: { type: 'Integer', label: 'bytes' },
    isRequired: true,
  },
  'command-config': clientOptions['command-config'],
  'num-headers': {
    describe: 'How many headers a record has.',
    value: { type: 'Integer', label: 'count', isOptional: true, default: '0' },
  },
  'record-header-key-size': size('The size of the key of each header.'),
  'record-header-size': size('The size of the value of each header; -1: null.'),
  'record-key-size': size('The size of the key; 0: no key.'),
} as const;

type Option = keyof typeof options;

const named = defineTool<Option>({
  name: 'kafka-e2e-latency',
  summary: 'This tool measures end-to-end latency in Kafka by sending messages and timing their reception.',
  options,
  rules: [problemOf],
  async run(args, context) {
    const sources = clientSources<Option>(
      args,
      { files: ['command-config'], properties: [] },
      context.platform.files,
    );
    const connection = {
      servers: given(args.text('bootstrap-server')),
      properties: new Map(sources.flatMap((source) => [...source])),
      clientId: 'e2e-latency',
    };
    await withClient(context, connection, (client) => measure(args, client, context));
    return 0;
  },
  async fail(error, { err }) {
    await err.line(error.message);
    return 1;
  },
});

const positions = [
  'bootstrap-server',
  'topic',
  'num-records',
  'producer-acks',
  'record-size',
  'command-config',
];

/** `kafka-e2e-latency`: how long records take from the producer to a consumer, one at a time. */
export const kafkaE2eLatency: Tool = async (args, io) => {
  if (args.length === 0 || args.some((argument) => argument.startsWith('--'))) return named(args, io);
  const { out, err } = contextOf(io);
  if (args.length < 5 || args.length > positions.length) {
    await err.line(
      `Invalid number of arguments. Expected 5 or 6 positional arguments, but got ${args.length}. Usage: bootstrap-server topic num-records producer-acks record-size [optional] command-config`,
    );
    return 1;
  }
  await out.line(
    `WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named arguments instead: ${positions.map((name) => `--${name}`).join(', ')}`,
  );
  return named(
    args.map((argument, at) => `--${positions[at]}=${argument}`),
    io,
  );
};

function problemOf(args: ToolArguments<Option>): string | undefined {
  if (!['1', 'all'].includes(args.text('producer-acks') ?? '')) {
    return "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.";
  }
  if (given(args.number('num-records')) <= 0) return 'Value for --num-records must be a positive integer.';
  return given(args.number('record-size')) < 0
    ? 'Value for --record-size must be a non-negative integer.'
    : undefined;
}

async function measure(
  args: ToolArguments<Option>,
  client: KafkaClient,
  context: ToolContext,
): Promise<void> {
  const { out, platform, signal } = context;
  const topic = given(args.text('topic'));
  await ensureTopic(topic, client, context);
  const producer = client.producer({ acks: args.text('producer-acks') === 'all' ? -1 : 1, lingerMs: 0 });
  const consumer = client.consumer({ autoCommit: false, fetchMaxWaitMs: 0 });
  const partitionCount = await producer.partitionCount(topic);
  const partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition }));
  const ends = await consumer.endOffsets(partitions);
  consumer.assign(ends);
  const latencies: number[] = [];
  let totalMs = 0;
  const count = given(args.number('num-records'));
  for (let index = 0; index < count && !signal.aborted; index += 1) {
    const record = recordOf(args, topic, context);
    const beganMs = platform.clock.monotonic();
    const sent = producer.send([record]);
    const received = await nextRecord(consumer, context);
    const elapsedMs = platform.clock.monotonic() - beganMs;
    await sent;
    check(record, received);
    if (index % REPORT_RECORDS === 0) await out.line(`${index}\t${Math.round(elapsedMs * 1e6) / 1e6}`);
    latencies.push(Math.floor(elapsedMs));
    totalMs += elapsedMs;
  }
  await out.line(`Avg latency: ${(totalMs / Math.max(latencies.length, 1)).toFixed(4)} ms`);
  const [median, p99, p999] = percentiles(latencies, [0.5, 0.99, 0.999]);
  await out.line(`Percentiles: 50th = ${median}, 99th = ${p99}, 99.9th = ${p999}`);
  await consumer.close();
}

async function ensureTopic(topic: string, client: KafkaClient, { out }: ToolContext): Promise<void> {
  const admin = client.admin();
  const [found] = await admin.describeTopics([topic]);
  if (found?.error === undefined) return;
  if (found.error.errorName !== 'UNKNOWN_TOPIC_OR_PARTITION') throw found.error;
  await out.line(
    `Topic "${topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1`,
  );
  const [created] = await admin.createTopics([{ name: topic, partitionCount: 1, replicationFactor: 1 }]);
  if (created?.error !== undefined) throw created.error;
}

function recordOf(
  args: ToolArguments<Option>,
  topic: string,
  { platform: { entropy } }: ToolContext,
): ProducerRecord {
  const keySize = given(args.number('record-key-size'));
  const headerSize = given(args.number('record-header-size'));
  const headers = Array.from({ length: given(args.number('num-headers')) }, () => ({
    key: randomLetters(given(args.number('record-header-key-size')), entropy).toString(),
    value: headerSize < 0 ? null : randomLetters(headerSize, entropy),
  }));
  return {
    topic,
    key: keySize > 0 ? randomLetters(keySize, entropy) : null,
    value: randomLetters(given(args.number('record-size')), entropy),
    headers,
  };
}

async function nextRecord(consumer: Consumer, { platform: { clock } }: ToolContext): Promise<Buffer | null> {
  const deadlineMs = clock.monotonic() + RECORD_TIMEOUT_MS;
  while (clock.monotonic() < deadlineMs) {
    const records = (await consumer.poll(POLL_MS)).flatMap((polled) => polled.records);
    if (records.length > 1) {
      throw new ToolError(`Only one result was expected during this test. We found [${records.length}]`);
    }
    if (records[0] !== undefined) return records[0].value;
  }
  throw new ToolError(`poll() timed out before finding a result (timeout:[${RECORD_TIMEOUT_MS}ms])`);
}

function check({ value }: ProducerRecord, received: Buffer | null): void {
  if (value !== null && received !== null && Buffer.from(value).equals(received)) return;
  throw new ToolError('The record that was read does not have the value that was sent');
}
