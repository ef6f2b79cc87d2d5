/** How often connectors or tasks were started on this worker, and how that ended. */
export interface StartupCounts {
  readonly attempts: number;
  readonly successes: number;
  readonly failures: number;
}

/** Counts starts since the worker's own: Kafka Connect's `connector-startup-*` and `task-startup-*`. */
export class Startups {
  #successes = 0;
  #failures = 0;

  get counts(): StartupCounts {
    const [successes, failures] = [this.#successes, this.#failures];
    return { attempts: successes + failures, successes, failures };
  }

  succeeded(): void {
    this.#successes++;
  }

  failed(): void {
    this.#failures++;
  }
}

/** Both kinds. */
export interface WorkerStartups {
  readonly connectors: Startups;
  readonly tasks: Startups;
}
