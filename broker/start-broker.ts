import type { StreamError } from '../platform/errors.ts';
import type { LazyHttpServer } from '../platform/lazy-http-server.ts';
import { type Logger, silentLogger } from '../platform/logger.ts';
import type { LoggerLevels } from '../platform/logger-levels.ts';
import type { MetricFamily } from '../platform/metrics.ts';
import type { Endpoint, Net } from '../platform/net.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { Broker } from './broker.ts';
import { serveMetrics } from './metrics-server.ts';
import { IN_PROCESS_LISTENER } from './server/request-context.ts';

/** How a broker is run on this machine. */
export interface BrokerSettings {
  /**
   * Kafka's `server.properties`. `listeners` is `PLAINTEXT://127.0.0.1:0` (a free port) and `log.dirs` `.millrace/data`
   * unless they are given; `durability` is `fsync` or `page-cache`.
   */
  readonly properties?: ReadonlyMap<string, string> | Readonly<Record<string, string>>;
  /** Id of the cluster when the data directory is new; one that has another is refused. Default: a random one. */
  readonly clusterId?: string | undefined;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Levels that BROKER_LOGGER configs change. Default: everything is passed on to {@link logger}. */
  readonly loggers?: LoggerLevels | undefined;
  /** A network inside the process on which the broker listens as well. */
  readonly inProcess?: { readonly net: Net; readonly host: string; readonly port: number } | undefined;
}

/** A running broker. */
export interface RunningBroker {
  readonly clusterId: string;
  /** `host:port` for clients, as `bootstrap.servers`. */
  readonly address: string;
  /** Where clients inside the process reach it, when it was given a network for that. */
  readonly inProcess: Endpoint | undefined;
  /**
   * Resolves with the reason after the broker has stopped by itself, because its metadata directory failed or all of its
   * log directories did. A process that is only a broker should end then, with exit code 1.
   */
  readonly halted: Promise<StreamError>;
  /** Where `/metrics` and `/health` are served, `http://host:port`; only with `metrics.port`. */
  readonly metricsUrl: string | undefined;
  /** Has `/metrics` show these as well: for what runs beside the broker in its process. */
  addMetrics(collect: () => readonly MetricFamily[]): void;
  /** Orderly stop. */
  close(): Promise<void>;
}

/** Starts a broker. Rejects with what is wrong with its properties, its data or its port. */
export async function startBroker({
  properties = {},
  clusterId,
  logger,
  loggers,
  inProcess,
}: BrokerSettings = {}): Promise<RunningBroker> {
  const platform = systemPlatform(logger ?? silentLogger);
  const given = properties instanceof Map ? [...properties] : Object.entries(properties);
  const hasDirectory = given.some(([name]) => name === 'log.dir');
  const standard: [string, string][] = [
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
    ...(hasDirectory ? [] : [['log.dirs', '.millrace/data'] satisfies [string, string]]),
  ];
  const options = { platform, properties: new Map([...standard, ...given]), clusterId, loggers, inProcess };
  const broker = await Broker.start(options);
  const [first, ...others] = broker.listeners;
  const collectors: (() => readonly MetricFamily[])[] = [];
  const metrics = await metricsServer(broker, platform.logger, collectors);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= Promise.all([metrics?.close(), broker.close()]).then(() => platform.executor.close());
    return closed;
  };
  return {
    clusterId: broker.clusterId,
    address: first === undefined ? '' : addressOf(first.advertised),
    metricsUrl: metrics === undefined ? undefined : `http://${addressOf(metrics.endpoint)}`,
    inProcess: others.at(-1)?.name === IN_PROCESS_LISTENER ? others.at(-1)?.advertised : undefined,
    addMetrics: (collect) => void collectors.push(collect),
    halted: broker.halted.then((error) => close().then(() => error)),
    close,
  };
}

/** With `metrics.port` only. A port that is taken ends the broker again. */
async function metricsServer(
  broker: Broker,
  logger: Logger,
  others: readonly (() => readonly MetricFamily[])[],
): Promise<LazyHttpServer | undefined> {
  const { metricsHost: host, metricsPort: port } = broker.config;
  if (port < 0) return undefined;
  try {
    return await serveMetrics(broker, { host, port }, logger, others);
  } catch (error) {
    await broker.close();
    throw error;
  }
}

function addressOf({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
