import type { Consumer, KafkaClient } from '../../../../kafka/client/index.ts';
import { compilePattern } from '../../../plugin/index.ts';
import { clientSources, warnOfOldNames } from '../client-options.ts';
import { consumerOptions } from '../client-properties.ts';
import { defineTool, given, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import { exactlyOne } from '../tool-rules.ts';
import { formatDate } from './date-format.ts';
import { type ConsumerPerfOption, consumerPerfOptions } from './options.ts';

const POLL_MS = 100;
const MEBIBYTE = 1024 * 1024;
const GROUP_NUMBERS = 100_000;
const COLUMNS =
  'data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec';

type Arguments = ToolArguments<ConsumerPerfOption>;

/** `kafka-consumer-perf-test`: reads so many records and tells how fast. */
export const kafkaConsumerPerfTest = defineTool<ConsumerPerfOption>({
  name: 'kafka-consumer-perf-test',
  summary: 'This tool is used to verify the consumer performance.',
  options: consumerPerfOptions,
  rules: [
    exactlyOne(
      ['topic', 'include'],
      'Exactly one of the following arguments is required: [topic], [include]',
    ),
    exactlyOne(
      ['messages', 'num-records'],
      'Exactly one of the following arguments is required: [messages], [num-records]',
    ),
  ],
  async run(args, context) {
    await warnOfOldNames(
      args,
      { messages: 'num-records', 'consumer.config': 'command-config' },
      (old, name) => `Warning: --${old} is deprecated. Use --${name} instead.`,
      context.out,
    );
    const properties = consumerProperties(args, context);
    const connection = {
      servers: given(args.text('bootstrap-server')),
      properties,
      clientId: 'perf-consumer-client',
    };
    const isDetailed = args.has('show-detailed-stats');
    if (!args.has('hide-header')) {
      await context.out.line(`${isDetailed ? 'time, threadId' : 'start.time, end.time'}, ${COLUMNS}`);
    }
    await withClient(context, connection, (client) => measure(args, client, properties, context));
    return 0;
  },
});

function consumerProperties(args: Arguments, { platform }: ToolContext): Map<string, string> {
  const files = ['consumer.config', 'command-config'] as const;
  const sources = clientSources<ConsumerPerfOption>(
    args,
    { files, properties: ['command-property'] },
    platform.files,
  );
  const properties = new Map(sources.flatMap((source) => [...source]));
  const standard = `perf-consumer-${platform.entropy.u32() % GROUP_NUMBERS}`;
  properties.set('group.id', args.text('group') ?? properties.get('group.id') ?? standard);
  properties.set('max.partition.fetch.bytes', String(given(args.number('fetch-size'))));
  properties.set('auto.offset.reset', args.has('from-latest') ? 'latest' : 'earliest');
  properties.set('check.crcs', 'false');
  return properties;
}

/** What was read, and for how long no partitions were assigned. */
class Measurement {
  records = 0;
  bytes = 0;
  rebalanceMs = 0;
  #rebalancingSinceMs: number | undefined;

  rebalance(nowMs: number): void {
    this.#rebalancingSinceMs ??= nowMs;
  }

  assigned(nowMs: number): void {
    if (this.#rebalancingSinceMs !== undefined) this.rebalanceMs += nowMs - this.#rebalancingSinceMs;
    this.#rebalancingSinceMs = undefined;
  }

  copy(): { records: number; bytes: number; rebalanceMs: number } {
    return { records: this.records, bytes: this.bytes, rebalanceMs: this.rebalanceMs };
  }
}

async function measure(
  args: Arguments,
  client: KafkaClient,
  properties: ReadonlyMap<string, string>,
  context: ToolContext,
): Promise<void> {
  const { out, platform } = context;
  const { clock } = platform;
  const consumer = client.consumer({ ...consumerOptions(properties), autoCommit: true });
  const measurement = new Measurement();
  const startMs = clock.now();
  measurement.rebalance(startMs);
  const topic = args.text('topic');
  const pattern = topic === undefined ? compilePattern(given(args.text('include'))) : undefined;
  consumer.subscribe(
    pattern === undefined ? { topics: [given(topic)] } : { pattern: { test: pattern.matches } },
    {
      onAssigned: () => measurement.assigned(clock.now()),
      onRevoked: () => measurement.rebalance(clock.now()),
    },
  );
  const isComplete = await consume(args, consumer, measurement, context);
  const endMs = Math.max(clock.now(), startMs + 1);
  if (!isComplete) {
    const timeoutMs = args.number('timeout');
    await out.line(
      `WARNING: Exiting before consuming the expected number of records: timeout (${timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.`,
    );
  }
  await consumer.close();
  if (args.has('show-detailed-stats')) return;
  const format = given(args.text('date-format'));
  const times = [startMs, endMs].map((time) => formatDate(format, time)).join(', ');
  const zero = { records: 0, bytes: 0, rebalanceMs: 0 };
  await out.line(`${times}, ${figures(measurement, zero, endMs - startMs)}`);
}

/** Resolves with whether all records came. */
async function consume(
  args: Arguments,
  consumer: Consumer,
  measurement: Measurement,
  { out, platform: { clock }, signal }: ToolContext,
): Promise<boolean> {
  const recordsMax = given(args.number('num-records') ?? args.number('messages'));
  const timeoutMs = given(args.number('timeout'));
  const intervalMs = given(args.number('reporting-interval'));
  const format = given(args.text('date-format'));
  let lastRecordMs = clock.monotonic();
  let reportedMs = clock.now();
  let reported = measurement.copy();
  while (measurement.records < recordsMax) {
    if (signal.aborted || out.isClosed || clock.monotonic() - lastRecordMs > timeoutMs) return false;
    for (const { records } of await consumer.poll(POLL_MS)) {
      if (records.length > 0) lastRecordMs = clock.monotonic();
      measurement.records += records.length;
      for (const { keyLength, valueLength } of records) {
        measurement.bytes += Math.max(keyLength, 0) + Math.max(valueLength, 0);
      }
    }
    const nowMs = clock.now();
    if (!args.has('show-detailed-stats') || nowMs - reportedMs < intervalMs) continue;
    const texts = [formatDate(format, nowMs), '0', figures(measurement, reported, nowMs - reportedMs)];
    await out.line(texts.join(', '));
    reported = measurement.copy();
    reportedMs = nowMs;
  }
  return true;
}

/** Totals, and rates since `before`. */
function figures(
  total: { readonly records: number; readonly bytes: number; readonly rebalanceMs: number },
  before: { readonly records: number; readonly bytes: number; readonly rebalanceMs: number },
  elapsedMs: number,
): string {
  const records = total.records - before.records;
  const megabytes = (total.bytes - before.bytes) / MEBIBYTE;
  const rebalanceMs = total.rebalanceMs - before.rebalanceMs;
  const fetchMs = elapsedMs - rebalanceMs;
  const rate = (amount: number, ms: number) => (ms <= 0 ? 0 : (1000 * amount) / ms).toFixed(4);
  return [
    (total.bytes / MEBIBYTE).toFixed(4),
    rate(megabytes, elapsedMs),
    total.records,
    rate(records, elapsedMs),
    rebalanceMs,
    fetchMs,
    rate(megabytes, fetchMs),
    rate(records, fetchMs),
  ].join(', ');
}
