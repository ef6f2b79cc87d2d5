import { silentLogger } from '../../../platform/logger.ts';
import type { Endpoint } from '../../../platform/net.ts';
import type { ClientOptions } from '../client-options.ts';
import { ConfigurationError } from '../errors.ts';

/** Client options with their defaults filled in. */
export interface ClientSettings extends Required<Omit<ClientOptions, 'bootstrapServers'>> {
  readonly bootstrap: readonly Endpoint[];
}

/** Fills in the defaults. Throws {@link ConfigurationError} for an address that is none, or no address at all. */
export function settingsOf(options: ClientOptions): ClientSettings {
  const { bootstrapServers } = options;
  const texts = typeof bootstrapServers === 'string' ? bootstrapServers.split(',') : bootstrapServers;
  const bootstrap = texts.map((text) => text.trim()).filter((text) => text !== '');
  if (bootstrap.length === 0)
    throw new ConfigurationError('bootstrapServers names no server: give host:port');
  return {
    net: options.net,
    clock: options.clock,
    entropy: options.entropy,
    executor: options.executor,
    logger: options.logger ?? silentLogger,
    clientId: options.clientId ?? 'millrace',
    bootstrap: bootstrap.map(endpointOf),
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    apiTimeoutMs: options.apiTimeoutMs ?? 60_000,
    metadataMaxAgeMs: options.metadataMaxAgeMs ?? 300_000,
    retryBackoffMs: options.retryBackoffMs ?? 100,
    retryBackoffMaxMs: options.retryBackoffMaxMs ?? 1_000,
    reconnectBackoffMs: options.reconnectBackoffMs ?? 50,
    reconnectBackoffMaxMs: options.reconnectBackoffMaxMs ?? 1_000,
  };
}

/** `host:port`, `[v6]:port`, or either behind `PROTOCOL://`. */
function endpointOf(text: string): Endpoint {
  const match = /^(?:[A-Za-z_]+:\/\/)?(?:\[([0-9a-fA-F:.%]+)\]|([^:\s/]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? 0);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) {
    throw new ConfigurationError(`bootstrapServers: '${text}' is not an address of the form host:port`);
  }
  return { host, port };
}
