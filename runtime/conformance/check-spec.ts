import type { Bench } from './bench.ts';

/** A check of connectors before it has a connector. `needs`: what a description must have for it. */
export interface CheckSpec<D> {
  readonly name: string;
  readonly needs?: keyof D & string;
  run(bench: Bench, description: D): Promise<void>;
}
