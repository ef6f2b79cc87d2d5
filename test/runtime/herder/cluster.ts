import { Broker } from '../../../broker/index.ts';
import { createClient, type KafkaClient } from '../../../kafka/client/index.ts';
import { type Logger, silentLogger } from '../../../platform/logger.ts';
import { MemoryNet } from '../../../platform/memory-net.ts';
import type { Net } from '../../../platform/net.ts';
import type { Platform } from '../../../platform/platform.ts';
import { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { SeverableNet } from '../../../platform/simulation/severable-net.ts';
import { systemPlatform } from '../../../platform/system-platform.ts';
import { builtInConverters } from '../../../runtime/converters/index.ts';
import { type Plugin, PluginRegistry } from '../../../runtime/plugin/index.ts';
import { builtInPredicates } from '../../../runtime/predicates/index.ts';
import { builtInTransforms } from '../../../runtime/transforms/index.ts';
import { startWorker, type Worker } from '../../../runtime/worker.ts';

const port = 9092;

/** Settings with which nothing waits longer than it has to. */
const quickWorker = {
  'offset.flush.interval.ms': '20',
  'offset.storage.partitions': '3',
  'status.storage.partitions': '2',
  'task.shutdown.graceful.timeout.ms': '2000',
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};

/** A broker in this process, in memory, and the workers and clients that a test starts on it. */
export class TestCluster {
  readonly platform: Platform;
  readonly #broker: Broker;
  readonly #closables: { close(): Promise<void> }[] = [];

  private constructor(platform: Platform, broker: Broker) {
    this.platform = platform;
    this.#broker = broker;
  }

  static async start(logger: Logger = silentLogger): Promise<TestCluster> {
    const system = systemPlatform(logger);
    const { clock, entropy, executor } = system;
    const files = new MemoryFiles({ clock, entropy, executor } as ConstructorParameters<
      typeof MemoryFiles
    >[0]);
    const platform = { ...system, files, net: new MemoryNet({ executor }) };
    const broker = await Broker.start({
      platform,
      properties: new Map([
        ['log.dirs', '/data'],
        ['listeners', `PLAINTEXT://localhost:${port}`],
        ['group.initial.rebalance.delay.ms', '0'],
        ['offsets.topic.num.partitions', '2'],
      ]),
    });
    return new TestCluster(platform, broker);
  }

  client(): KafkaClient {
    const client = this.#client(this.platform.net);
    this.#closables.push(client);
    return client;
  }

  #client(net: Net): KafkaClient {
    return createClient({ ...this.platform, net, bootstrapServers: `localhost:${port}` });
  }

  /** A worker that can be killed: from then on nothing it does reaches the cluster. */
  async mortalWorker(
    plugins: readonly Plugin[],
    config: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly worker: Worker; kill(): void }> {
    const net = new SeverableNet(this.platform.net);
    const worker = await startWorker({
      client: this.#client(net),
      platform: this.platform,
      plugins: registryOf(plugins),
      config: { ...quickWorker, ...config },
    });
    return { worker, kill: () => net.sever() };
  }

  /** `found`: further plugins, with the file that isolated tasks load them from. */
  async worker(
    plugins: readonly Plugin[],
    config: Readonly<Record<string, string>> = {},
    found: { readonly file: string; readonly plugins: readonly Plugin[] } = { file: '', plugins: [] },
    isHeld = false,
  ): Promise<Worker> {
    const client = this.client();
    const registry = registryOf(plugins);
    for (const plugin of found.plugins) registry.add(plugin, found.file);
    const worker = await startWorker({
      client,
      platform: this.platform,
      plugins: registry,
      config: { ...quickWorker, ...config },
      environment: { SECRET: 'geheim' },
      isHeld,
    });
    this.#closables.push(worker);
    return worker;
  }

  /** All records of a topic, read to its end at the time of the call. */
  async read(topic: string): Promise<ReadRecord[]> {
    const client = this.client();
    const [described] = await client.admin().describeTopics([topic]);
    const partitions = (described?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
    const consumer = client.consumer({ autoOffsetReset: 'earliest' });
    const ends = await consumer.endOffsets(partitions);
    const left = new Set(ends.filter(({ offset }) => offset > 0).map(({ partition }) => partition));
    consumer.assign(await consumer.beginningOffsets(partitions));
    const records: ReadRecord[] = [];
    while (left.size > 0) {
      for (const polled of await consumer.poll(1_000)) {
        for (const view of polled.records) {
          const { key, value, headers, offset, timestamp } = view;
          records.push({
            partition: polled.partition,
            offset,
            timestamp,
            key: key?.toString() ?? null,
            value: value?.toString() ?? null,
            headers: Object.fromEntries(headers.map((each) => [each.key, each.value?.toString() ?? null])),
          });
        }
        const end = ends.find(({ partition }) => partition === polled.partition)?.offset ?? 0;
        if (polled.nextOffset >= end) left.delete(polled.partition);
      }
    }
    await client.close();
    return records;
  }

  async close(): Promise<void> {
    for (const each of this.#closables.toReversed()) await each.close();
    await this.#broker.close();
    await this.platform.executor.close();
  }
}

/** A record as tests compare it. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string | null>>;
}

/** The built-in plugins and those given. */
export function registryOf(plugins: readonly Plugin[]): PluginRegistry {
  const registry = new PluginRegistry();
  for (const plugin of [...builtInConverters, ...builtInTransforms, ...builtInPredicates, ...plugins]) {
    registry.add(plugin, 'the test');
  }
  return registry;
}

/** Resolves when `condition` holds; the test's own time limit ends the wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
