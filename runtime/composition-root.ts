import { type RunningBroker, startBroker as start } from '../broker/index.ts';
import { type Logger, silentLogger } from '../platform/logger.ts';
import { createLogger, type LogLevel } from '../platform/pino-logger.ts';

/** How a broker of its own is run. */
export interface BrokerSettings {
  /** Kafka's `server.properties`. */
  readonly properties: ReadonlyMap<string, string>;
  readonly logLevel: LogLevel;
}

/** Starts a broker and nothing else. Rejects with what is wrong with its properties or its data. */
export async function startBroker({ properties, logLevel }: BrokerSettings): Promise<RunningBroker> {
  return start({ properties, logger: await loggerFor(logLevel) });
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

async function loggerFor(level: LogLevel): Promise<Logger> {
  return level === 'silent' ? silentLogger : createLogger(level);
}
