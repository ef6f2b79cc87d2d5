import { sleep } from '../../../platform/clock.ts';
import { StreamError } from '../../../platform/errors.ts';
import { ErrorCode, initProducerIdRequest, initProducerIdResponse } from '../../protocol/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { isRetriable, KafkaError } from '../errors.ts';
import type { ProducerIdentity } from './partition-queue.ts';

/** A producer without transactions never times one out. */
const TRANSACTION_TIMEOUT_MS = 0x7fff_ffff;

/** Who waits for a producer id. */
export interface IdentityListener {
  onIdentity(): void;
  /** No id can be had: nothing can be sent. The next {@link IdentitySource.request} tries again. */
  onRefused(error: StreamError): void;
}

/** The producer id of an idempotent producer, asked of any broker when it is first needed (KIP-98). */
export class IdentitySource {
  readonly #cluster: Cluster;
  readonly #listener: IdentityListener;
  readonly #closing = new AbortController();
  #current: ProducerIdentity | undefined;
  #isAsking = false;

  constructor(cluster: Cluster, listener: IdentityListener) {
    this.#cluster = cluster;
    this.#listener = listener;
  }

  get current(): ProducerIdentity | undefined {
    return this.#current;
  }

  /** Asks for a (new) id, again and again until there is one. */
  request(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#ask().then(
      (identity) => {
        this.#isAsking = false;
        this.#current = identity;
        if (!this.#closing.signal.aborted) this.#listener.onIdentity();
      },
      (error: unknown) => {
        this.#isAsking = false;
        if (this.#closing.signal.aborted) return;
        this.#listener.onRefused(
          error instanceof StreamError
            ? error
            : new StreamError('CLIENT_PRODUCER_ID', String(error), { cause: error }),
        );
      },
    );
  }

  close(): void {
    this.#closing.abort();
  }

  async #ask(): Promise<ProducerIdentity> {
    const { clock } = this.#cluster.settings;
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.#attempt();
      } catch (error) {
        if (!isRetriable(error)) throw error;
        await sleep(clock, this.#cluster.backoffMs(failures), this.#closing.signal);
      }
    }
  }

  async #attempt(): Promise<ProducerIdentity> {
    const { errorCode, producerId, producerEpoch } = await this.#cluster.any((connection) =>
      connection.send(initProducerIdRequest, initProducerIdResponse, {
        transactionalId: null,
        transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
      }),
    );
    if (errorCode === ErrorCode.NONE) return { producerId, producerEpoch };
    throw new KafkaError(errorCode, 'asking for a producer id');
  }
}
