import { Broker } from '../broker/index.ts';
import { type Logger, silentLogger } from '../platform/logger.ts';
import { createLogger, type LogLevel } from '../platform/pino-logger.ts';
import { systemPlatform } from '../platform/system-platform.ts';

/** How a broker of its own is run. */
export interface BrokerSettings {
  /** Kafka's `server.properties`. */
  readonly properties: ReadonlyMap<string, string>;
  readonly logLevel: LogLevel | 'silent';
}

/** A running broker. */
export interface RunningBroker {
  /** `host:port` for clients. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts a broker on the real platform. Rejects with what is wrong with its properties or its data. */
export async function startBroker(settings: BrokerSettings): Promise<RunningBroker> {
  const platform = systemPlatform(await loggerFor(settings.logLevel));
  const broker = await Broker.start({ platform, properties: settings.properties });
  return {
    address: addressOf(broker),
    async close() {
      await broker.close();
      await platform.executor.close();
    },
  };
}

/** How the whole stack is run. */
export interface StackSettings extends BrokerSettings {
  readonly host: string;
  readonly registryPort: number;
  readonly restPort: number;
}

/** Broker, registry and worker in one process. */
export interface Stack {
  readonly addresses: { readonly kafka: string; readonly registry: string; readonly rest: string };
  close(): Promise<void>;
}

/** Starts everything; resolves when all of it answers. */
export async function startStack(settings: StackSettings): Promise<Stack> {
  const broker = await startBroker(settings);
  return {
    addresses: { kafka: broker.address, registry: '', rest: '' },
    close: () => broker.close(),
  };
}

function addressOf(broker: Broker): string {
  const { host, port } = broker.listeners[0]?.advertised ?? { host: '', port: 0 };
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

async function loggerFor(level: LogLevel | 'silent'): Promise<Logger> {
  return level === 'silent' ? silentLogger : createLogger(level);
}
