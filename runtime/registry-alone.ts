import { createClient } from '../kafka/client/index.ts';
import { keepHeapSmall } from '../platform/heap-size.ts';
import type { LogLevel } from '../platform/pino-logger.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { openSchemaTopic, type Personality, startRegistry } from '../schema-registry/index.ts';
import { unlessInterrupted } from './interrupted-start.ts';
import { loggingAt } from './logging.ts';

/** How a registry on another cluster is run. */
export interface RegistryStackSettings {
  readonly bootstrapServers: string;
  readonly host: string;
  readonly port: number;
  /** Where other registries of the group reach this one. Default: `host`. */
  readonly advertisedHost?: string | undefined;
  readonly groupId: string;
  readonly topic: string;
  readonly personality: Personality;
  readonly logLevel: LogLevel;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** Starts a registry on another cluster; resolves when it answers. */
export async function startRegistryAlone(
  settings: RegistryStackSettings,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { bootstrapServers, groupId, advertisedHost, topic, host, port, personality } = settings;
  const opened = new AsyncDisposableStack();
  try {
    const { logger, loggers } = loggingAt(settings.logLevel);
    const platform = systemPlatform(loggers.logger('millrace', logger));
    opened.defer(() => platform.executor.close());
    const client = createClient({ ...platform, bootstrapServers });
    opened.defer(() => client.close());
    const registry = await unlessInterrupted(settings.signal, client, async () => {
      const [{ clusterId }, log] = await Promise.all([
        client.admin().describeCluster(),
        openSchemaTopic(client, platform.logger, topic),
      ]);
      const election = { client, groupId, ...(advertisedHost !== undefined && { advertisedHost }) };
      const options = { log, host, port, personality, election, clusterId: clusterId ?? '' };
      return startRegistry({ ...platform, ...options });
    });
    opened.defer(() => registry.close());
    // Only now: starting makes much garbage at once.
    keepHeapSmall();
    return { url: registry.url, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}
