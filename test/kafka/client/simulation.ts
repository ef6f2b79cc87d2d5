import { Cluster } from '../../../kafka/client/cluster/cluster.ts';
import { settingsOf } from '../../../kafka/client/cluster/settings.ts';
import { type ClientOptions, createClient, type KafkaClient } from '../../../kafka/client/index.ts';
import {
  type SimulatedPlatform,
  simulatedPlatform,
} from '../../../platform/simulation/simulated-platform.ts';
import { ScriptedBroker, type ServedVersions } from './scripted-broker.ts';

/** Scripted brokers and clients of them, on one simulated platform. */
export class Simulation {
  readonly platform: SimulatedPlatform;

  constructor(seed: string) {
    this.platform = simulatedPlatform(seed);
  }

  broker(nodeId = 1, served?: ServedVersions): Promise<ScriptedBroker> {
    const options = served === undefined ? { nodeId } : { nodeId, served };
    return new ScriptedBroker(this.platform, options).start();
  }

  client(options: Partial<ClientOptions> = {}): KafkaClient {
    return createClient(this.#options(options));
  }

  cluster(options: Partial<ClientOptions> = {}): Cluster {
    return new Cluster(settingsOf(this.#options(options)));
  }

  /** Lets time pass until the work is done, and gives its result. */
  async run<T>(work: Promise<T>, withinMs = 300_000): Promise<T> {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    work.then(settle, settle);
    await this.platform.runUntil(() => isSettled, withinMs);
    return work;
  }

  #options(options: Partial<ClientOptions>): ClientOptions {
    const { clock, net, executor, entropy, logger } = this.platform;
    return {
      clock,
      net,
      executor,
      entropy: entropy.fork('client'),
      logger,
      bootstrapServers: 'broker-1:9092',
      ...options,
    };
  }
}
