import type { KafkaClient } from '../../kafka/client/index.ts';
import type { Clock } from '../../platform/clock.ts';

/** Whether a worker can do what it is asked, and if not, what it waits for since when. */
export type Health =
  | { readonly isHealthy: true }
  | { readonly isHealthy: false; readonly waitingFor: string; readonly since: number };

/** Finds out whether the herder gets its turn and the brokers answer, as a request that changes something would need it. */
export class HealthCheck {
  readonly #client: KafkaClient;
  readonly #clock: Clock;
  /** Shared by those who ask while one is under way. */
  #checking: Promise<Health> | undefined;
  #waitingFor = '';
  #startedAt = 0;

  constructor(client: KafkaClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** `turn` resolves when the changes before this are done. Answers after `timeoutMs` in any case. */
  async check(turn: () => Promise<unknown>, timeoutMs: number): Promise<Health> {
    this.#checking ??= this.#check(turn).finally(() => {
      this.#checking = undefined;
    });
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = this.#clock.timer(timeoutMs, () => resolve('late'));
    const outcome = await Promise.race([this.#checking, late]);
    timer.cancel();
    return outcome === 'late' ? this.#unhealthy() : outcome;
  }

  async #check(turn: () => Promise<unknown>): Promise<Health> {
    this.#startedAt = this.#clock.now();
    this.#waitingFor = 'finishing the changes of connectors that were asked for before';
    await turn();
    this.#waitingFor = 'waiting for an answer of the brokers';
    try {
      await this.#client.admin().describeCluster();
      return { isHealthy: true };
    } catch {
      return this.#unhealthy();
    }
  }

  #unhealthy(): Health {
    return { isHealthy: false, waitingFor: this.#waitingFor, since: this.#startedAt };
  }
}
