import type { Clock } from '../../platform/clock.ts';
import { type ConformanceCheck, ConformanceError } from '../conformance/index.ts';

/** Runs checks and prints a line for each; three more for one that fails. */
export class ConformanceReport {
  readonly #print: (line: string) => void;
  readonly #clock: Clock;
  readonly #again: string;
  readonly #startedAt: number;
  #passed = 0;
  #failed = 0;
  #notApplicable = 0;

  /** `again`: the command line that repeats all of it. */
  constructor(print: (line: string) => void, clock: Clock, again: string) {
    this.#print = print;
    this.#clock = clock;
    this.#again = again;
    this.#startedAt = clock.monotonic();
  }

  /** The checks that follow are about this plugin. */
  begin(title: string): void {
    this.#print(title);
  }

  /** Runs a check, unless it does not apply. Never rejects. */
  async run({ name, notApplicable, run }: ConformanceCheck): Promise<void> {
    if (notApplicable !== undefined) {
      this.#notApplicable++;
      this.#print(`  -       ${name} (not applicable: ${notApplicable})`);
      return;
    }
    try {
      await run();
      this.#passed++;
      this.#print(`  ok      ${name}`);
    } catch (error) {
      this.#failed++;
      this.#print(`  FAILED  ${name}`);
      for (const line of reasonOf(error)) this.#print(`          ${line}`);
      this.#print(`          again:    ${this.#again} --only ${name.split(':')[0]}`);
    }
  }

  /** Prints the sum. Returns whether nothing has failed. */
  finish(): boolean {
    const seconds = ((this.#clock.monotonic() - this.#startedAt) / 1000).toFixed(1);
    this.#print(
      `${this.#passed} ok, ${this.#failed} failed, ${this.#notApplicable} not applicable, in ${seconds} s`,
    );
    return this.#failed === 0;
  }
}

function reasonOf(error: unknown): readonly string[] {
  if (error instanceof ConformanceError) return [`expected: ${error.expected}`, `came:     ${error.actual}`];
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return ['expected: the check to run', `came:     ${text.replaceAll('\n', '\n          ')}`];
}
