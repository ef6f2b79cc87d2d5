import { Broker } from '../../../broker/index.ts';
import type { ClientOptions, KafkaClient } from '../../../kafka/client/index.ts';
import type { SimulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import { Simulation } from './simulation.ts';

const PORT = 9092;

/** A broker of ours and clients of it in a simulation: time passes only while {@link run} waits. */
export class SimulatedCluster {
  readonly #simulation: Simulation;
  readonly #properties: ReadonlyMap<string, string>;
  #broker: Broker | undefined;

  private constructor(simulation: Simulation, properties: ReadonlyMap<string, string>) {
    this.#simulation = simulation;
    this.#properties = properties;
  }

  get platform(): SimulatedPlatform {
    return this.#simulation.platform;
  }

  static async start(
    seed: string,
    overrides: Readonly<Record<string, string>> = {},
  ): Promise<SimulatedCluster> {
    const properties = {
      'log.dirs': '/data',
      listeners: `PLAINTEXT://broker:${PORT}`,
      'group.initial.rebalance.delay.ms': '0',
      'offsets.topic.num.partitions': '2',
      ...overrides,
    };
    const cluster = new SimulatedCluster(new Simulation(seed), new Map(Object.entries(properties)));
    cluster.platform.files.makeDirectory('/data');
    cluster.platform.files.syncDirectory('/');
    await cluster.startBroker();
    return cluster;
  }

  client(options: Partial<ClientOptions> = {}): KafkaClient {
    return this.#simulation.client({ bootstrapServers: `broker:${PORT}`, ...options });
  }

  async startBroker(): Promise<void> {
    this.#broker = await this.run(Broker.start({ platform: this.platform, properties: this.#properties }));
  }

  async stopBroker(): Promise<void> {
    await this.run(this.#broker?.close() ?? Promise.resolve());
  }

  /** Lets time pass until the work is done, and gives its result. */
  run<T>(work: Promise<T>, withinMs?: number): Promise<T> {
    return this.#simulation.run(work, withinMs);
  }
}
