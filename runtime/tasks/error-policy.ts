import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ErrorSettings } from '../config/index.ts';
import {
  isFatal,
  isPassing,
  messageOf,
  reasonOf,
  StageError,
  TaskStoppedError,
  ToleranceExceededError,
} from './errors.ts';
import type { TaskProgress } from './progress.ts';
import { pause, retryDelayMs } from './retry.ts';

/** Where a bad record was, as far as it is known. */
export interface RecordPlace {
  readonly topic: string | undefined;
  readonly partition?: number | undefined;
  readonly offset?: number | undefined;
  readonly timestamp?: number | undefined;
}

/** What an {@link ErrorPolicy} works with. */
export interface ErrorPolicyParts {
  readonly settings: ErrorSettings;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly logger: Logger;
  readonly progress: TaskProgress;
  /** Aborted when the task is asked to stop. */
  readonly stopping: AbortSignal;
}

/** Connect's rules for records that fail: `errors.retry.*`, `errors.tolerance`, `errors.log.*` (KIP-298). */
export class ErrorPolicy {
  readonly #parts: ErrorPolicyParts;

  constructor(parts: ErrorPolicyParts) {
    this.#parts = parts;
  }

  get settings(): ErrorSettings {
    return this.#parts.settings;
  }

  /**
   * After a first failed attempt: tries again while that is allowed, and returns what the attempt returned, or the
   * tolerated failure. Throws {@link ToleranceExceededError}, or {@link TaskStoppedError} when the task stops meanwhile.
   */
  async recover<T>(first: StageError, attempt: () => T | Promise<T>): Promise<T | StageError> {
    const { settings, clock, entropy, progress, stopping } = this.#parts;
    const deadline = clock.monotonic() + settings.retryTimeoutMs;
    let failure = first;
    for (let attempts = 1; isPassing(reasonOf(failure)); attempts++) {
      const delayMs = retryDelayMs(attempts, settings.retryDelayMaxMs, entropy);
      if (clock.monotonic() + delayMs > deadline) break;
      progress.retries++;
      await pause(clock, delayMs, stopping);
      if (stopping.aborted) throw new TaskStoppedError();
      try {
        return await attempt();
      } catch (error) {
        failure = error instanceof StageError ? error : new StageError(first.stage, first.className, error);
      }
    }
    this.requireTolerated(failure);
    return failure;
  }

  /** Counts the failure. Throws {@link ToleranceExceededError} unless it is tolerated. */
  requireTolerated(failure: StageError): void {
    const { settings, clock, progress } = this.#parts;
    progress.failures++;
    progress.lastErrorAt = clock.now();
    const reason = reasonOf(failure);
    if (isFatal(reason)) throw reason;
    if (!settings.isTolerated) throw new ToleranceExceededError(failure.stage, failure.className, reason);
  }

  /** Logs a tolerated failure if that is wanted. */
  log(failure: StageError, place: RecordPlace): void {
    const { settings, logger, progress } = this.#parts;
    if (!settings.isLogged) return;
    progress.errorsLogged++;
    const fields = { stage: failure.stage, class: failure.className, reason: messageOf(reasonOf(failure)) };
    logger.error(
      settings.isMessageLogged ? { ...fields, record: place } : fields,
      'error encountered in task',
    );
  }
}
