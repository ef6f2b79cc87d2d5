import type { Producer } from '../../../../kafka/client/index.ts';
import { randomUuid } from '../../../../platform/uuid.ts';
import { clientSources, warnOfOldNames } from '../client-options.ts';
import { producerOptions } from '../client-properties.ts';
import { ToolUsageError } from '../errors.ts';
import { javaText } from '../java-error.ts';
import { Throttle } from '../throttle.ts';
import { defineTool, given, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import { exactlyOne, excludes } from '../tool-rules.ts';
import { LatencyStatistics } from './latency-statistics.ts';
import { type ProducerPerfOption, producerPerfOptions } from './options.ts';
import { type Payloads, payloadsOf } from './payloads.ts';

const TRANSACTION_DURATION_MS = 3_000;

type Arguments = ToolArguments<ProducerPerfOption>;

/** `kafka-producer-perf-test`: sends so many records and tells how fast, and how long they took. */
export const kafkaProducerPerfTest = defineTool<ProducerPerfOption>({
  name: 'kafka-producer-perf-test',
  summary: 'This tool is used to verify the producer performance.',
  options: producerPerfOptions,
  rules: [
    exactlyOne(
      ['record-size', 'payload-file', 'payload-monotonic'],
      'one of the arguments --record-size --payload-file --payload-monotonic is required',
    ),
    excludes('command-config', 'producer.config'),
    excludes('command-property', 'producer-props'),
    (args) => {
      const sources = ['bootstrap-server', 'command-property', 'producer-props'] as const;
      const files = ['producer.config', 'command-config'] as const;
      return [...sources, ...files].some((option) => args.has(option))
        ? undefined
        : 'At least one of --bootstrap-server, --command-property, --producer-props, --producer.config or --command-config must be specified.';
    },
    ...(['num-records', 'record-size', 'transaction-duration-ms'] as const).map(
      (option) => (args: Arguments) =>
        (args.number(option) ?? 1) > 0 ? undefined : `--${option} should be greater than zero.`,
    ),
    (args) =>
      (args.number('warmup-records') ?? 0) < (args.number('num-records') ?? 0)
        ? undefined
        : 'The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.',
  ],
  async run(args, context) {
    await warnOfOldNames(
      args,
      { 'producer-props': 'command-property', 'producer.config': 'command-config' },
      (old, name) =>
        `Option --${old} has been deprecated and will be removed in a future version. Use --${name} instead.`,
      context.out,
    );
    const properties = producerProperties(args, context);
    const servers = args.text('bootstrap-server') ?? properties.get('bootstrap.servers');
    if (servers === undefined)
      throw new ToolUsageError('no bootstrap.servers are given', { hasTable: false });
    const payloads = await payloadsOf(args, context);
    const connection = { servers, properties, clientId: 'perf-producer-client' };
    const durationMs = properties.has('transactional.id')
      ? (args.number('transaction-duration-ms') ?? TRANSACTION_DURATION_MS)
      : undefined;
    return withClient(context, connection, (client) =>
      measure(args, client.producer(producerOptions(properties)), payloads, durationMs, context),
    );
  },
});

function producerProperties(args: Arguments, { platform }: ToolContext): Map<string, string> {
  const sources = clientSources<ProducerPerfOption>(
    args,
    { files: ['producer.config', 'command-config'], properties: ['producer-props', 'command-property'] },
    platform.files,
  );
  const properties = new Map(sources.flatMap((source) => [...source]));
  const transactionalId = args.text('transactional-id') ?? properties.get('transactional.id');
  if (transactionalId !== undefined) properties.set('transactional.id', transactionalId);
  else if (args.has('transaction-duration-ms')) {
    properties.set('transactional.id', `performance-producer-${randomUuid(platform.entropy)}`);
  }
  return properties;
}

/** Ends a transaction and begins the next when it is time; does nothing for a producer without transactions. */
class TransactionClock {
  readonly #producer: Producer;
  readonly #durationMs: number | undefined;
  #endsAtMs = 0;
  #isOpen = false;

  constructor(producer: Producer, durationMs: number | undefined) {
    this.#producer = producer;
    this.#durationMs = durationMs;
  }

  async tick(nowMs: number): Promise<void> {
    if (this.#durationMs === undefined || (this.#isOpen && nowMs < this.#endsAtMs)) return;
    await this.end();
    this.#producer.beginTransaction();
    this.#isOpen = true;
    this.#endsAtMs = nowMs + this.#durationMs;
  }

  async end(): Promise<void> {
    if (this.#isOpen) await this.#producer.commitTransaction();
    this.#isOpen = false;
  }
}

async function measure(
  args: Arguments,
  producer: Producer,
  payloads: Payloads,
  durationMs: number | undefined,
  { out, err, platform, signal }: ToolContext,
): Promise<number> {
  const { clock } = platform;
  const topic = given(args.text('topic'));
  const recordsMax = given(args.number('num-records'));
  const warmup = given(args.number('warmup-records'));
  const transactions = new TransactionClock(producer, durationMs);
  if (durationMs !== undefined) await producer.initTransactions();
  const reportIntervalMs = given(args.number('reporting-interval'));
  const statisticsOf = (count: number, isSteadyState: boolean) =>
    new LatencyStatistics({ nowMs: clock.now(), recordsMax: count, reportIntervalMs, isSteadyState });
  const all = statisticsOf(recordsMax, false);
  let steady: LatencyStatistics | undefined;
  let told = Promise.resolve();
  const tell = (text: string) => {
    told = told.then(() => out.line(text));
  };
  if (warmup > 0) {
    tell(`Warmup first ${warmup} records. Steady state results will print after the complete test summary.`);
  }
  const throttle = new Throttle(given(args.number('throughput')), platform);
  for (let index = 0; index < recordsMax && !signal.aborted; index += 1) {
    await transactions.tick(clock.monotonic());
    if (warmup > 0 && index === warmup) {
      steady = statisticsOf(recordsMax - warmup, true);
      tell('In steady state.');
    }
    const statistics = steady;
    const value = payloads(index);
    const sentAtMs = clock.now();
    const hasRoom = producer.append({ topic, value, timestamp: sentAtMs }, (error) => {
      if (error !== undefined) {
        told = told.then(() => err.line(javaText(error)));
        return;
      }
      const nowMs = clock.now();
      const report = all.record(nowMs - sentAtMs, value.length, nowMs);
      const steadyReport = statistics?.record(nowMs - sentAtMs, value.length, nowMs);
      const shown = warmup > 0 ? steadyReport : report;
      if (shown !== undefined) tell(shown);
    });
    if (!hasRoom) await producer.ready();
    await throttle.pass(index + 1, signal);
  }
  await transactions.end();
  await producer.flush();
  tell(all.summary(clock.now()));
  if (steady !== undefined) tell(steady.summary(clock.now()));
  await told;
  return 0;
}
