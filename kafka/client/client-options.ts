import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { Executor } from '../../platform/executor.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Net } from '../../platform/net.ts';

/** How a client reaches its cluster. Times are in ms; the defaults are those of Kafka's Java client. */
export interface ClientOptions {
  /** `host:port`, or several, as a list or separated by commas. Any one of them must answer. */
  readonly bootstrapServers: string | readonly string[];
  /** Shown in the broker's logs, quotas and group descriptions. Default `millrace`. */
  readonly clientId?: string;
  readonly net: Net;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly executor: Executor;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long one request may take. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** How long an operation may take, retries and metadata included. Default 60,000. */
  readonly apiTimeoutMs?: number;
  /** Age at which metadata is read anew without a reason. Default 300,000. */
  readonly metadataMaxAgeMs?: number;
  /** First wait between attempts, doubled with jitter up to the maximum. Default 100 and 1,000. */
  readonly retryBackoffMs?: number;
  readonly retryBackoffMaxMs?: number;
  /** First wait before a broken connection is made anew, doubled with jitter up to the maximum. Default 50 and 1,000. */
  readonly reconnectBackoffMs?: number;
  readonly reconnectBackoffMaxMs?: number;
}
