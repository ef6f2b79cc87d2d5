import { type RunningBroker, startBroker as start } from '../broker/index.ts';
import type { LogLevel } from '../platform/pino-logger.ts';
import { loggingAt } from './logging.ts';

export { examineProperties } from '../broker/index.ts';

/** How a broker of its own is run. */
export interface BrokerSettings {
  /** Kafka's `server.properties`. */
  readonly properties: ReadonlyMap<string, string>;
  /** Id of the cluster when the data directory is new; one that has another is refused. Default: a random one. */
  readonly clusterId?: string | undefined;
  readonly logLevel: LogLevel;
}

/** Starts a broker and nothing else. Rejects with what is wrong with its properties or its data. */
export async function startBroker(settings: BrokerSettings): Promise<RunningBroker> {
  const { properties, clusterId, logLevel } = settings;
  return start({ properties, clusterId, ...loggingAt(logLevel) });
}
