import { Broker } from '../../../broker/index.ts';
import { type ClientOptions, createClient, type KafkaClient } from '../../../kafka/client/index.ts';
import { type SimulatedPlatform, simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';

const PORT = 9092;

/** A broker of ours and clients of it in a simulation: time passes only while {@link run} waits. */
export class SimulatedCluster {
  readonly platform: SimulatedPlatform;
  readonly #properties: ReadonlyMap<string, string>;
  #broker: Broker | undefined;

  private constructor(platform: SimulatedPlatform, properties: ReadonlyMap<string, string>) {
    this.platform = platform;
    this.#properties = properties;
  }

  static async start(
    seed: string,
    overrides: Readonly<Record<string, string>> = {},
    platform: SimulatedPlatform = simulatedPlatform(seed),
  ): Promise<SimulatedCluster> {
    const properties = {
      'log.dirs': '/data',
      listeners: `PLAINTEXT://broker:${PORT}`,
      'group.initial.rebalance.delay.ms': '0',
      'offsets.topic.num.partitions': '2',
      ...overrides,
    };
    const cluster = new SimulatedCluster(platform, new Map(Object.entries(properties)));
    platform.files.makeDirectory('/data');
    platform.files.syncDirectory('/');
    await cluster.startBroker();
    return cluster;
  }

  client(options: Partial<ClientOptions> = {}): KafkaClient {
    const { clock, net, executor, entropy, logger } = this.platform;
    return createClient({
      clock,
      net,
      executor,
      entropy: entropy.fork('client'),
      logger,
      bootstrapServers: `broker:${PORT}`,
      ...options,
    });
  }

  async startBroker(): Promise<void> {
    this.#broker = await this.run(Broker.start({ platform: this.platform, properties: this.#properties }));
  }

  async stopBroker(): Promise<void> {
    await this.run(this.#broker?.close() ?? Promise.resolve());
  }

  /** Lets time pass until the work is done, and gives its result. */
  async run<T>(work: Promise<T>, withinMs = 120_000): Promise<T> {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    work.then(settle, settle);
    await this.platform.runUntil(() => isSettled, withinMs);
    return work;
  }
}
