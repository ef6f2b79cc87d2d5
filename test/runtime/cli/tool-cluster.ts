import { Writable } from 'node:stream';
import { Broker } from '../../../broker/index.ts';
import { createClient, type KafkaClient } from '../../../kafka/client/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { MemoryNet } from '../../../platform/memory-net.ts';
import type { Platform } from '../../../platform/platform.ts';
import { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { systemPlatform } from '../../../platform/system-platform.ts';
import { kafkaBrokerApiVersions } from '../../../runtime/cli/kafka-tools/broker-api-versions/kafka-broker-api-versions.ts';
import { kafkaCluster } from '../../../runtime/cli/kafka-tools/cluster/kafka-cluster.ts';
import { kafkaConfigs } from '../../../runtime/cli/kafka-tools/configs/kafka-configs.ts';
import { kafkaConsoleConsumer } from '../../../runtime/cli/kafka-tools/console-consumer/kafka-console-consumer.ts';
import { kafkaConsoleProducer } from '../../../runtime/cli/kafka-tools/console-producer/kafka-console-producer.ts';
import { kafkaConsumerGroups } from '../../../runtime/cli/kafka-tools/consumer-groups/kafka-consumer-groups.ts';
import { kafkaConsumerPerfTest } from '../../../runtime/cli/kafka-tools/consumer-perf-test/kafka-consumer-perf-test.ts';
import { kafkaDeleteRecords } from '../../../runtime/cli/kafka-tools/delete-records/kafka-delete-records.ts';
import { kafkaDumpLog } from '../../../runtime/cli/kafka-tools/dump-log/kafka-dump-log.ts';
import { kafkaE2eLatency } from '../../../runtime/cli/kafka-tools/e2e-latency/kafka-e2e-latency.ts';
import { kafkaFeatures } from '../../../runtime/cli/kafka-tools/features/kafka-features.ts';
import { kafkaGetOffsets } from '../../../runtime/cli/kafka-tools/get-offsets/kafka-get-offsets.ts';
import { kafkaGroups } from '../../../runtime/cli/kafka-tools/groups/kafka-groups.ts';
import { kafkaLeaderElection } from '../../../runtime/cli/kafka-tools/leader-election/kafka-leader-election.ts';
import { kafkaLogDirs } from '../../../runtime/cli/kafka-tools/log-dirs/kafka-log-dirs.ts';
import { kafkaMetadataQuorum } from '../../../runtime/cli/kafka-tools/metadata-quorum/kafka-metadata-quorum.ts';
import { kafkaProducerPerfTest } from '../../../runtime/cli/kafka-tools/producer-perf-test/kafka-producer-perf-test.ts';
import { kafkaStorage } from '../../../runtime/cli/kafka-tools/storage/kafka-storage.ts';
import type { ToolIo } from '../../../runtime/cli/kafka-tools/tool.ts';
import { kafkaTopics } from '../../../runtime/cli/kafka-tools/topics/kafka-topics.ts';
import { kafkaTransactions } from '../../../runtime/cli/kafka-tools/transactions/kafka-transactions.ts';
import { kafkaVerifiableConsumer } from '../../../runtime/cli/kafka-tools/verifiable/kafka-verifiable-consumer.ts';
import { kafkaVerifiableProducer } from '../../../runtime/cli/kafka-tools/verifiable/kafka-verifiable-producer.ts';

const tools = {
  'kafka-dump-log': kafkaDumpLog,
  'kafka-verifiable-consumer': kafkaVerifiableConsumer,
  'kafka-verifiable-producer': kafkaVerifiableProducer,
  'kafka-e2e-latency': kafkaE2eLatency,
  'kafka-consumer-perf-test': kafkaConsumerPerfTest,
  'kafka-producer-perf-test': kafkaProducerPerfTest,
  'kafka-topics': kafkaTopics,
  'kafka-configs': kafkaConfigs,
  'kafka-console-producer': kafkaConsoleProducer,
  'kafka-console-consumer': kafkaConsoleConsumer,
  'kafka-consumer-groups': kafkaConsumerGroups,
  'kafka-groups': kafkaGroups,
  'kafka-get-offsets': kafkaGetOffsets,
  'kafka-delete-records': kafkaDeleteRecords,
  'kafka-transactions': kafkaTransactions,
  'kafka-log-dirs': kafkaLogDirs,
  'kafka-leader-election': kafkaLeaderElection,
  'kafka-features': kafkaFeatures,
  'kafka-broker-api-versions': kafkaBrokerApiVersions,
  'kafka-metadata-quorum': kafkaMetadataQuorum,
  'kafka-cluster': kafkaCluster,
  'kafka-storage': kafkaStorage,
};

const SERVER = 'localhost:9092';

/** What a tool left behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  readonly stdin?: string | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly stdout?: Writable;
}

/** A broker in memory and Kafka's tools against it, all in this process. */
export class ToolCluster {
  readonly platform: Platform;
  readonly files: MemoryFiles;
  readonly #broker: Broker;
  readonly #clients: KafkaClient[] = [];

  private constructor(platform: Platform, files: MemoryFiles, broker: Broker) {
    this.platform = platform;
    this.files = files;
    this.#broker = broker;
  }

  static async start(): Promise<ToolCluster> {
    const system = systemPlatform(silentLogger);
    const { clock, executor } = system;
    const files = new MemoryFiles({ clock, executor, entropy: new SeededEntropy('tools') });
    const platform = { ...system, files, net: new MemoryNet({ executor }) };
    const properties = new Map([
      ['log.dirs', '/data'],
      ['listeners', `PLAINTEXT://${SERVER}`],
      ['group.initial.rebalance.delay.ms', '0'],
      ['offsets.topic.num.partitions', '2'],
    ]);
    return new ToolCluster(platform, files, await Broker.start({ platform, properties }));
  }

  /** Runs a command line as a shell would; `--bootstrap-server` is added. Tables of options are cut off. */
  async run(command: string, options: RunOptions = {}): Promise<Ran> {
    const [name = '', ...args] = words(command);
    return this.runWith(name as keyof typeof tools, ['--bootstrap-server', SERVER, ...args], options);
  }

  async runWith(name: keyof typeof tools, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { platform } = this;
    return runTool(tools[name], args, { platform, ...options });
  }

  client(clientId = 'test'): KafkaClient {
    const { clock, entropy, executor, net } = this.platform;
    const client = createClient({ bootstrapServers: SERVER, clientId, net, clock, entropy, executor });
    this.#clients.push(client);
    return client;
  }

  writeFile(path: string, text: string): void {
    const file = this.files.open(path, 'write');
    file.append([Buffer.from(text)]);
    file.close();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.#broker.close();
    await this.platform.executor.close();
  }
}

/** Runs a tool on streams in memory. */
export async function runTool(
  tool: (args: readonly string[], io: ToolIo) => Promise<number>,
  args: readonly string[],
  {
    platform,
    stdin = '',
    signal = new AbortController().signal,
    stdout,
  }: RunOptions & { readonly platform: Platform },
): Promise<Ran> {
  const out = new TextStream();
  const err = new TextStream();
  const code = await tool(args, {
    stdin: typeof stdin === 'string' ? bytesOf(stdin) : stdin,
    stdout: stdout ?? out,
    stderr: err,
    platform,
    signal,
  });
  return { code, out: out.text, err: err.text.replace(/^Option +Description\n[\s\S]*/m, '(options)') };
}

class TextStream extends Writable {
  readonly #chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield Buffer.from(text);
}

/** Splits a command line at blanks outside single quotes. */
export function words(command: string): string[] {
  return [...command.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
}
