import type { Clock } from '../../platform/clock.ts';

/** What an example of a plugin that is no connector comes to. */
export interface ExampleCheck {
  readonly name: string;
  run(clock: Clock): Promise<void>;
}
