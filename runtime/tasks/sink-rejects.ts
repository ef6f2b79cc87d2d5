import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ErrorPolicy } from './error-policy.ts';
import type { StageError } from './errors.ts';
import type { TaskProgress } from './progress.ts';
import type { Origin } from './sink-decoder.ts';

/** Where a sink's bad records go once their failure is tolerated: dead letter queue, log, or nowhere. */
export class SinkRejects {
  readonly #policy: ErrorPolicy;
  readonly #deadLetters: DeadLetterQueue | undefined;
  readonly #progress: TaskProgress;
  /** A record that became several is put aside once. */
  #last: Origin['view'] | undefined;

  constructor(policy: ErrorPolicy, deadLetters: DeadLetterQueue | undefined, progress: TaskProgress) {
    this.#policy = policy;
    this.#deadLetters = deadLetters;
    this.#progress = progress;
  }

  setAside(origin: Origin, failure: StageError): void {
    const { topic, partition, view } = origin;
    if (this.#last === view) return;
    this.#last = view;
    const { offset, timestamp } = view;
    this.#policy.log(failure, { topic, partition, offset, timestamp });
    if (this.#deadLetters === undefined) {
      this.#progress.recordsSkipped++;
      return;
    }
    const letter = {
      key: view.key,
      value: view.value,
      headers: view.headers,
      timestamp: timestamp < 0 ? undefined : timestamp,
      context: { topic, partition: String(partition), offset: String(offset) },
    };
    this.#deadLetters.report(letter, failure, () => {
      this.#progress.recordsDeadLettered++;
    });
  }

  /** C14: resolves when everything put aside is durable; only then may offsets go past it. */
  async settled(): Promise<void> {
    await this.#deadLetters?.settled();
  }
}
