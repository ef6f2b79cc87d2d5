import { createClient, type KafkaClient } from '../../../kafka/client/index.ts';
import { ToolError } from './errors.ts';
import type { Properties } from './properties-file.ts';
import type { ToolContext } from './tool.ts';

/** Where and how a tool connects. */
export interface Connection {
  /** The value of `--bootstrap-server`. */
  readonly servers: string;
  /** Kafka's client properties, as `--command-config` gives them. */
  readonly properties: Properties;
  /** Unless the properties name one. */
  readonly clientId: string;
  readonly apiTimeoutMs?: number | undefined;
  /** For tools that do not look at the signal: what is under way fails at once when the process is asked to stop. */
  readonly endsOnInterrupt?: boolean;
}

/**
 * Runs `work` with a client and closes it afterwards. Throws {@link ToolError} for properties that ask for a secured
 * connection, and whatever `work` throws.
 */
export async function withClient<T>(
  { platform, signal }: ToolContext,
  { servers, properties, clientId, apiTimeoutMs, endsOnInterrupt = false }: Connection,
  work: (client: KafkaClient) => Promise<T>,
): Promise<T> {
  refuseSecurity(properties);
  const { net, clock, entropy, executor, logger } = platform;
  const client = createClient({
    bootstrapServers: servers,
    net,
    clock,
    entropy,
    executor,
    logger,
    clientId: properties.get('client.id') ?? clientId,
    ...timesOf(properties),
    ...(apiTimeoutMs === undefined ? {} : { apiTimeoutMs }),
  });
  const end = () => client.close();
  if (endsOnInterrupt) {
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) await end();
  }
  try {
    return await work(client);
  } finally {
    signal.removeEventListener('abort', end);
    await client.close();
  }
}

const timeNames = {
  'default.api.timeout.ms': 'apiTimeoutMs',
  'request.timeout.ms': 'requestTimeoutMs',
  'metadata.max.age.ms': 'metadataMaxAgeMs',
  'retry.backoff.ms': 'retryBackoffMs',
  'retry.backoff.max.ms': 'retryBackoffMaxMs',
  'reconnect.backoff.ms': 'reconnectBackoffMs',
  'reconnect.backoff.max.ms': 'reconnectBackoffMaxMs',
  'socket.connection.setup.timeout.ms': 'connectTimeoutMs',
} as const;

type Times = { [K in (typeof timeNames)[keyof typeof timeNames]]?: number };

function timesOf(properties: Properties): Times {
  const times: Times = {};
  for (const [name, option] of Object.entries(timeNames)) {
    const text = properties.get(name);
    if (text !== undefined) times[option] = wholeNumber(name, text);
  }
  return times;
}

/** A property that is a whole number of 0 or more. Throws {@link ToolError} in Kafka's words for anything else. */
export function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text.trim())) throw configError(name, text, 'Not a number of type LONG');
  return Number(text);
}

/** The value of a property is not one of those it may have. */
export function configError(name: string, value: string, reason: string): ToolError {
  return new ToolError(
    `Invalid value ${value} for configuration ${name}: ${reason}`,
    'org.apache.kafka.common.config.ConfigException',
  );
}

function refuseSecurity(properties: Properties): void {
  const protocol = properties.get('security.protocol');
  if (protocol?.toUpperCase() === 'PLAINTEXT') return;
  const found =
    protocol === undefined
      ? [...properties.keys()].find((name) => /^(sasl|ssl)\./.test(name))
      : `security.protocol=${protocol}`;
  if (found === undefined) return;
  throw new ToolError(
    `${found}: SASL and TLS are not supported by this tool yet; connect to a PLAINTEXT listener, without sasl.* and ssl.* settings`,
  );
}
