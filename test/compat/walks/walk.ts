import type { Dice } from '../dice.ts';
import type { Wire } from '../wire/wire.ts';

/**
 * Random questions about one room of a broker. What is asked may depend on the dice alone and on ids that the broker gave
 * out, so that two brokers are asked the same. The names of its topics, groups and transactions begin with `prefix`.
 */
export interface Walk {
  readonly name: string;
  readonly about: string;
  /** How many of them a run takes, and how many questions each asks. */
  readonly count: number;
  readonly steps: number;
  readonly take: (wire: Wire, dice: Dice, prefix: string) => Promise<void>;
}
