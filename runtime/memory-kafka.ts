import { Broker } from '../broker/index.ts';
import { silentLogger } from '../platform/logger.ts';
import { MemoryNet } from '../platform/memory-net.ts';
import type { Platform } from '../platform/platform.ts';
import { MemoryFiles } from '../platform/simulation/memory-files.ts';
import { SeededEntropy } from '../platform/simulation/seeded-entropy.ts';
import { systemPlatform } from '../platform/system-platform.ts';

/** Where clients in the process reach the broker. */
const IN_PROCESS = { host: 'in-process', port: 9092 } as const;

/** A Kafka that is gone when it is closed. */
export interface MemoryKafka {
  /** The broker is in its network; time, randomness and processes are real. */
  readonly platform: Platform;
  readonly bootstrapServers: string;
  close(): Promise<void>;
}

/** Starts a broker in memory, without a socket or a file. Takes a few milliseconds. */
export async function startMemoryKafka(): Promise<MemoryKafka> {
  const system = systemPlatform(silentLogger);
  const { clock, executor } = system;
  const files = new MemoryFiles({ clock, executor, entropy: new SeededEntropy('memory') });
  const platform = { ...system, files, net: new MemoryNet({ executor }) };
  const bootstrapServers = `${IN_PROCESS.host}:${IN_PROCESS.port}`;
  const properties = new Map([
    ['log.dirs', '/data'],
    ['listeners', `PLAINTEXT://${bootstrapServers}`],
    ['group.initial.rebalance.delay.ms', '0'],
    ['offsets.topic.num.partitions', '1'],
  ]);
  const broker = await Broker.start({ platform, properties });
  return {
    platform,
    bootstrapServers,
    close: async () => {
      await broker.close();
      await executor.close();
    },
  };
}
