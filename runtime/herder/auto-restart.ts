import type { Clock, Timer } from '../../platform/clock.ts';
import type { RestartSettings } from '../config/index.ts';
import { isRetriable } from '../tasks/index.ts';

interface Attempts {
  count: number;
  /** Monotonic. */
  startedAt: number;
  timer: Timer | undefined;
}

/** Starts tasks and connectors again that failed, as their `restart.policy` says. Knows them by a key. */
export class AutoRestart<K> {
  readonly #clock: Clock;
  readonly #attempts = new Map<K, Attempts>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It begins to work. */
  started(key: K): void {
    const attempts = this.#attempts.get(key) ?? { count: 0, startedAt: 0, timer: undefined };
    attempts.startedAt = this.#clock.monotonic();
    this.#attempts.set(key, attempts);
  }

  /**
   * It has failed: `restart` is called after a pause unless {@link forget} comes first. Returns the pause in ms, or undefined
   * when the failure is final.
   */
  failed(key: K, error: unknown, settings: RestartSettings, restart: () => void): number | undefined {
    const attempts = this.#attempts.get(key) ?? { count: 0, startedAt: 0, timer: undefined };
    this.#attempts.set(key, attempts);
    if (this.#clock.monotonic() - attempts.startedAt >= settings.resetMs) attempts.count = 0;
    if (!isCovered(error, settings.policy) || attempts.count >= settings.attemptsMax) return undefined;
    const delayMs = Math.min(settings.backoffMaxMs, settings.backoffMs * 2 ** Math.min(attempts.count, 40));
    attempts.count++;
    attempts.timer?.cancel();
    attempts.timer = this.#clock.timer(delayMs, () => {
      attempts.timer = undefined;
      restart();
    });
    return delayMs;
  }

  /** Whether a restart is due. */
  isDue(key: K): boolean {
    return this.#attempts.get(key)?.timer !== undefined;
  }

  /** Someone else decides what becomes of it: no restart any more, and the next failure is the first. */
  forget(key: K): void {
    this.#attempts.get(key)?.timer?.cancel();
    this.#attempts.delete(key);
  }

  forgetAll(): void {
    for (const key of [...this.#attempts.keys()]) this.forget(key);
  }
}

/** What may pass: the plugin or the client says so, or the thread or process of the task is lost. */
const passing = new Set(['CONNECT_ISOLATE_LOST', 'CONNECT_ISOLATE_MEMORY', 'CONNECT_ISOLATE_UNRESPONSIVE']);

function isCovered(error: unknown, policy: RestartSettings['policy']): boolean {
  if (policy === 'any') return true;
  if (policy === 'none') return false;
  for (let each = error; each instanceof Error; each = each.cause) {
    if (isRetriable(each) || isTemporary(each)) return true;
    if ('code' in each && passing.has(String(each.code))) return true;
  }
  return false;
}

/** A Kafka error or broken connection that the client itself would try again. */
function isTemporary(error: Error): boolean {
  return 'isRetriable' in error && error.isRetriable === true;
}
