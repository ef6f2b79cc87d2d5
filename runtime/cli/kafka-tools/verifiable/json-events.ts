import type { Clock } from '../../../../platform/clock.ts';
import type { ToolOutput } from '../tool-output.ts';

/** Tells what happens as a line of JSON each: its time, its name, and the rest. */
export class JsonEvents {
  readonly #out: ToolOutput;
  readonly #clock: Clock;

  constructor(out: ToolOutput, clock: Clock) {
    this.#out = out;
    this.#clock = clock;
  }

  tell(name: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
    return this.#out.line(JSON.stringify({ timestamp: this.#clock.now(), name, ...fields }));
  }
}
