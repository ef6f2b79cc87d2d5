import { sleep } from '../../../platform/clock.ts';
import { ErrorCode } from '../../protocol/index.ts';
import { BrokerConnectionError, KafkaError, RequestTimeoutError } from '../errors.ts';
import type { Cluster, RetryOptions } from './cluster.ts';

/** The answer to one item of a request. */
export interface ItemAnswer {
  readonly error: KafkaError | undefined;
}

/** Limits of {@link retryItems}. */
export interface ItemRetryOptions extends RetryOptions {
  /** Which retriable errors are an answer all the same. */
  readonly isFinal?: (error: KafkaError) => boolean;
}

/**
 * Calls `attempt` with the items that have no final answer yet, until none is left or the time is up. `attempt` answers in
 * the order of what it is given; resolves with the last answers in the order of `items`; rejects as `attempt` does.
 */
export async function retryItems<I, A extends ItemAnswer>(
  cluster: Cluster,
  what: string,
  items: readonly I[],
  attempt: (left: readonly I[]) => Promise<readonly A[]>,
  options: ItemRetryOptions = {},
): Promise<A[]> {
  const { clock } = cluster.settings;
  const timeoutMs = options.timeoutMs ?? cluster.settings.apiTimeoutMs;
  const deadlineMs = clock.monotonic() + timeoutMs;
  const answers = new Map<number, A>();
  let left = items.map((item, index) => ({ item, index }));
  for (let failures = 1; left.length > 0; failures += 1) {
    const leftMs = Math.max(deadlineMs - clock.monotonic(), 0);
    const given = await cluster.retry(what, () => attempt(left.map(({ item }) => item)), {
      ...options,
      timeoutMs: leftMs,
    });
    for (const [position, { index }] of left.entries()) answers.set(index, given[position] as A);
    left = left.filter(({ index }) => {
      const error = answers.get(index)?.error;
      return error?.isRetriable === true && options.isFinal?.(error) !== true;
    });
    const waitMs = cluster.backoffMs(failures);
    if (left.length === 0 || clock.monotonic() + waitMs >= deadlineMs) break;
    const isOutdated = left.some(({ index }) => answers.get(index)?.error?.needsRefresh === true);
    await sleep(clock, waitMs, options.signal);
    if (isOutdated) await cluster.refresher.refresh().catch(() => {});
  }
  return items.map((_, index) => answers.get(index) as A);
}

/** How long after its creation a topic may not be known to every broker. */
const PROPAGATION_MS = 3_000;

/** For {@link retryItems}: a topic or partition that is not known after a while does not exist. */
export function isMissing(cluster: Cluster): (error: KafkaError) => boolean {
  const { clock } = cluster.settings;
  const sinceMs = clock.monotonic();
  return ({ errorCode }) =>
    errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION && clock.monotonic() - sinceMs >= PROPAGATION_MS;
}

/** A failed connection to one of several brokers, as the error of the items that were meant for it. */
export function itemErrorOf(error: unknown, what: string): KafkaError {
  if (error instanceof KafkaError) return error;
  if (error instanceof BrokerConnectionError || error instanceof RequestTimeoutError) {
    return new KafkaError(ErrorCode.NETWORK_EXCEPTION, what, error.message);
  }
  throw error;
}
