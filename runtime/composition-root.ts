import { type RunningBroker, startBroker as start } from '../broker/index.ts';
import { type ClientOptions, createClient, type KafkaClient } from '../kafka/client/index.ts';
import { diskFiles } from '../platform/disk-files.ts';
import { MemoryNet } from '../platform/memory-net.ts';
import type { Net } from '../platform/net.ts';
import type { LogLevel } from '../platform/pino-logger.ts';
import type { Platform } from '../platform/platform.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { type TlsClientOptions, tlsNet } from '../platform/tls-net.ts';
import {
  httpClient,
  inProcessClient,
  openRegistryStore,
  openSchemaTopic,
  type Personality,
  type RegistryClient,
  type RegistryStore,
  startRegistry,
} from '../schema-registry/index.ts';
import type { BrokerSettings } from './broker-alone.ts';
import type { ClientFor } from './converters/index.ts';
import type { Herder } from './herder/index.ts';
import { unlessInterrupted } from './interrupted-start.ts';
import { type Logging, loggingAt } from './logging.ts';
import { loadPlugins, type PluginPlaces, RegistryMissingError } from './plugins.ts';
import {
  isLoopback,
  isWildcard,
  type Rest,
  type RestSettings,
  restSettings,
  startRest,
} from './rest/index.ts';
import { requireAlone, startWorker, type Worker } from './worker.ts';

/** Where clients in the process reach the broker in it. */
const IN_PROCESS = { host: 'in-process', port: 9092 } as const;

/** How the whole stack is run. */
export interface StackSettings extends BrokerSettings {
  readonly host: string;
  readonly registryPort: number;
  /** Whose answers the registry gives: those of Confluent's releases 7 or 8. */
  readonly personality: Personality;
  /** Kafka Connect's worker properties, those of its REST API too. */
  readonly workerProperties?: Readonly<Record<string, string>>;
  /** Before the port of `listeners`. */
  readonly restPort: number | undefined;
  /** Where third-party plugins are looked for. */
  readonly plugins: Pick<PluginPlaces, 'folders' | 'packages'>;
}

/** Broker, registry and worker in one process. */
export interface Stack {
  readonly addresses: {
    readonly kafka: string;
    readonly registry: string;
    readonly rest: string;
    /** See `RunningBroker.metricsUrl`. */
    readonly metrics: string | undefined;
  };
  /** See `RunningBroker.halted`. */
  readonly halted: Promise<Error>;
  close(): Promise<void>;
}

/** Starts everything with every listener open; resolves when all of it answers. */
export async function startStack(settings: StackSettings): Promise<Stack> {
  const { host, registryPort, restPort, personality, workerProperties = {} } = settings;
  const restOptions = stackRest(workerProperties, { host, port: restPort });
  const opened = new AsyncDisposableStack();
  try {
    const logging = loggingAt(settings.logLevel);
    const platform = systemPlatform(logging.loggers.logger('millrace', logging.logger));
    opened.defer(() => platform.executor.close());
    const { broker, client } = await embeddedKafka(platform, { ...settings, ...logging }, opened);
    const { clusterId } = broker;
    const registering = openSchemaTopic(client, platform.logger).then((log) =>
      startRegistry({ log, host, port: registryPort, ...platform, clusterId, personality }),
    );
    adopt(opened, registering);
    const { rest, serve } = await restBefore(restOptions, opened);
    const store = registering.then((registry) => registry.store);
    const opening = adopt(
      opened,
      openWorker(
        platform,
        client,
        registryClients(platform, store),
        settings.plugins,
        advertised(workerProperties, restOptions.host, rest),
      ),
    );
    const [registry, worker] = await Promise.all([registering, opening]);
    broker.addMetrics(() => worker.metrics());
    serve(worker);
    return {
      addresses: {
        kafka: broker.address,
        registry: registry.url,
        rest: rest.url,
        metrics: broker.metricsUrl,
      },
      halted: broker.halted,
      close: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** How pipelines are run. */
export interface WorkerStackSettings {
  /** A broker of our own with these properties, or the brokers of another cluster. */
  readonly kafka:
    | { readonly properties: ReadonlyMap<string, string> }
    | { readonly bootstrapServers: string; readonly tls?: TlsClientOptions | undefined };
  readonly logLevel: LogLevel;
  readonly plugins: Pick<PluginPlaces, 'folders' | 'packages'>;
  /**
   * First part of the names of the worker's topics: on a cluster that is not ours, `connect-configs` may be that of
   * another worker. Default: Connect's own names.
   */
  readonly storage?: string | undefined;
  /** Kafka Connect's worker properties, which come before `storage`. */
  readonly workerProperties?: Readonly<Record<string, string>>;
  /** Ends a start that is under way, with StartInterruptedError. */
  readonly signal?: AbortSignal;
}

/** A worker with what it needs. */
export interface WorkerStack {
  readonly worker: Worker;
  readonly client: KafkaClient;
  readonly clientFor: ClientFor;
  readonly platform: Platform;
  /** `host:port` of the cluster. */
  readonly kafka: string;
  /** See `RunningBroker.halted`; never resolves with the brokers of another cluster. */
  readonly halted: Promise<Error>;
  close(): Promise<void>;
}

/** A worker with a registry of its own, on a broker of our own or on another cluster; no REST. What is stored is held. */
export async function startWorkerStack(settings: WorkerStackSettings): Promise<WorkerStack> {
  const opened = new AsyncDisposableStack();
  try {
    const logging = loggingAt(settings.logLevel);
    const platform = systemPlatform(logging.loggers.logger('millrace', logging.logger));
    opened.defer(() => platform.executor.close());
    const { kafka, client, halted } = await kafkaFor(platform, { ...settings.kafka, ...logging }, opened);
    const storing = openSchemaTopic(client, platform.logger).then((log) =>
      openRegistryStore({ log, ...platform }),
    );
    adopt(opened, storing);
    const clientFor = registryClients(platform, storing);
    const config = { ...runConfig(settings.storage), ...settings.workerProperties };
    const opening = adopt(opened, openWorker(platform, client, clientFor, settings.plugins, config, true));
    const [worker] = await unlessInterrupted(settings.signal, client, () => Promise.all([opening, storing]));
    return { worker, client, clientFor, platform, kafka, halted, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** How a worker's client connects; its times are in ms. */
export type ConnectClientSettings = Pick<ClientOptions, 'bootstrapServers'> &
  Partial<
    Pick<
      ClientOptions,
      | 'clientId'
      | 'requestTimeoutMs'
      | 'apiTimeoutMs'
      | 'metadataMaxAgeMs'
      | 'retryBackoffMs'
      | 'retryBackoffMaxMs'
      | 'reconnectBackoffMs'
      | 'reconnectBackoffMaxMs'
      | 'connectTimeoutMs'
    >
  > & {
    /** Undefined: no TLS. */
    readonly tls?: TlsClientOptions;
  };

/** How a Connect worker on another cluster is run. */
export interface ConnectStackSettings {
  readonly client: ConnectClientSettings;
  readonly workerProperties: Readonly<Record<string, string>>;
  readonly plugins: Pick<PluginPlaces, 'folders' | 'packages'>;
  readonly logLevel: LogLevel;
  /** See `WorkerOptions.offsetFile`. */
  readonly offsetFile?: string | undefined;
  /** Ends a start that is under way, with StartInterruptedError. */
  readonly signal?: AbortSignal;
}

/** A Connect worker with its REST API. */
export interface ConnectStack {
  readonly worker: Worker;
  /** Bootstrap servers of the cluster. */
  readonly kafka: string;
  /** URL of the REST API. */
  readonly rest: string;
  close(): Promise<void>;
}

/**
 * A Connect worker with its REST API on another cluster, without a registry: converters name theirs. Throws
 * WorkerGroupError when others share the work in its group.
 */
export async function startConnectStack(settings: ConnectStackSettings): Promise<ConnectStack> {
  const { workerProperties, offsetFile } = settings;
  const restOptions = restSettings(workerProperties, (path) => diskFiles.readFile(path));
  const opened = new AsyncDisposableStack();
  try {
    const { logger, loggers } = loggingAt(settings.logLevel);
    const platform = systemPlatform(loggers.logger('millrace', logger));
    opened.defer(() => platform.executor.close());
    const { tls, ...connecting } = settings.client;
    const client = createClient({ ...platform, net: netFor(platform, tls), ...connecting });
    opened.defer(() => client.close());
    const { rest, serve } = await restBefore(restOptions, opened);
    const worker = await unlessInterrupted(settings.signal, client, async () => {
      if (offsetFile === undefined) await requireAlone(client, workerProperties['group.id'] ?? '');
      const clientFor: ClientFor = ({ urls, headers }) => {
        if (urls.length > 0) return httpClient({ urls, headers, clock: platform.clock });
        throw new RegistryMissingError();
      };
      return startWorker({
        client,
        platform,
        plugins: await loadPlugins({ files: platform.files, ...settings.plugins, registry: clientFor }),
        config: advertised(workerProperties, restOptions.host, rest),
        environment: process.env,
        ...(offsetFile !== undefined && { offsetFile }),
      });
    });
    opened.defer(() => worker.close());
    serve(worker);
    const kafka = String(settings.client.bootstrapServers);
    return { worker, kafka, rest: rest.url, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function kafkaFor(
  platform: Platform,
  kafka: WorkerStackSettings['kafka'] & Logging,
  opened: AsyncDisposableStack,
): Promise<{ kafka: string; client: KafkaClient; halted: Promise<Error> }> {
  if ('properties' in kafka) {
    const { broker, client } = await embeddedKafka(platform, kafka, opened);
    return { kafka: broker.address, client, halted: broker.halted };
  }
  const net = netFor(platform, kafka.tls);
  const client = createClient({ ...platform, net, bootstrapServers: kafka.bootstrapServers });
  opened.defer(() => client.close());
  return { kafka: kafka.bootstrapServers, client, halted: new Promise(() => undefined) };
}

function netFor({ net }: Platform, tls: TlsClientOptions | undefined): Net {
  return tls === undefined ? net : tlsNet(net, tls);
}

/** The client reaches the broker by a pipe within the process: the same protocol and code, no socket. */
async function embeddedKafka(
  platform: Platform,
  { properties, clusterId, logger, loggers }: Pick<BrokerSettings, 'properties' | 'clusterId'> & Logging,
  opened: AsyncDisposableStack,
): Promise<{ broker: RunningBroker; client: KafkaClient }> {
  const net = new MemoryNet(platform);
  const inProcess = { net, ...IN_PROCESS };
  const broker = await start({ properties, clusterId, logger, loggers, inProcess });
  opened.defer(() => broker.close());
  const bootstrapServers = `${IN_PROCESS.host}:${IN_PROCESS.port}`;
  const client = createClient({ ...platform, net, bootstrapServers });
  opened.defer(() => client.close());
  return { broker, client };
}

/**
 * Where the REST API of the stack listens. With `listeners` there; else where the rest does, but on loopback as long as
 * anybody may call it.
 */
function stackRest(
  properties: Readonly<Record<string, string>>,
  given: { readonly host: string; readonly port: number | undefined },
): RestSettings {
  const settings = restSettings(properties, (path) => diskFiles.readFile(path));
  const port = given.port ?? settings.port;
  if (properties['listeners'] !== undefined) return { ...settings, port };
  const isOpen = settings.users !== undefined || isLoopback(given.host);
  return { ...settings, port, host: isOpen ? given.host : '127.0.0.1' };
}

/** Opens the REST API of a worker that is yet to start. It is closed before the worker: what it was asked is answered. */
async function restBefore(
  settings: RestSettings,
  opened: AsyncDisposableStack,
): Promise<{ readonly rest: Rest; serve(worker: Worker): void }> {
  const { promise: herder, resolve } = Promise.withResolvers<Herder>();
  const rest = await startRest({ herder, ...settings });
  opened.defer(() => rest.close());
  return {
    rest,
    serve: (worker) => {
      opened.defer(() => rest.close());
      resolve(worker.herder);
    },
  };
}

/** The worker's name is the address of its REST API, unless it has another. */
function advertised(
  properties: Readonly<Record<string, string>>,
  host: string,
  { port }: Rest,
): Readonly<Record<string, string>> {
  const isNamed = properties['listeners'] !== undefined && !isWildcard(host);
  return {
    ...(isNamed && { 'rest.advertised.host.name': host }),
    'rest.advertised.port': String(port),
    ...properties,
  };
}

async function openWorker(
  platform: Platform,
  client: KafkaClient,
  clientFor: ClientFor,
  places: Pick<PluginPlaces, 'folders' | 'packages'>,
  config: Readonly<Record<string, string>> = {},
  isHeld = false,
): Promise<Worker> {
  const plugins = await loadPlugins({ files: platform.files, ...places, registry: clientFor });
  return startWorker({ client, platform, plugins, config, environment: process.env, isHeld });
}

/** A run stores positions often: it is stopped by Ctrl-C more often than a worker. */
function runConfig(storage: string | undefined): Record<string, string> {
  const names = ['config', 'offset', 'status'].map(
    (each) => [`${each}.storage.topic`, `${storage}-${each === 'status' ? each : `${each}s`}`] as const,
  );
  const own = storage === undefined ? {} : { 'group.id': storage, ...Object.fromEntries(names) };
  return { 'offset.flush.interval.ms': '1000', ...own };
}

/** What is being started is closed with the rest, once it has started. */
function adopt<T extends { close(): Promise<void> }>(
  opened: AsyncDisposableStack,
  starting: Promise<T>,
): Promise<T> {
  opened.defer(() =>
    starting.then(
      (started) => started.close(),
      () => undefined,
    ),
  );
  return starting;
}

/** Converters that name no registry use the one in this process, which may still be starting. */
function registryClients(platform: Platform, store: Promise<RegistryStore>): ClientFor {
  const own = store.then(inProcessClient);
  own.catch(() => undefined); // Told by whoever opens the store.
  const client: RegistryClient = {
    register: async (...args) => (await own).register(...args),
    lookUp: async (...args) => (await own).lookUp(...args),
    latest: async (subject) => (await own).latest(subject),
    latestWithMetadata: async (...args) => (await own).latestWithMetadata(...args),
    version: async (...args) => (await own).version(...args),
    byId: async (...args) => (await own).byId(...args),
    byGuid: async (guid) => (await own).byGuid(guid),
    associatedSubjects: async (...args) => (await own).associatedSubjects(...args),
  };
  return ({ urls, headers }) =>
    urls.length === 0 ? client : httpClient({ urls, headers, clock: platform.clock });
}
