import type { Transaction } from './transaction.ts';

/**
 * What the coordinator decided about a transactional id. Nothing has changed yet: the caller appends the record of
 * `transaction`, makes it the state, and answers once the record, and all before it, are committed.
 */
export interface Decision<Response> {
  /** The new state; undefined when it stays as it is. */
  readonly transaction?: Transaction | undefined;
  readonly response: Response;
}

/** The decision has to be made again with a producer id that was never given before. */
export const NEEDS_PRODUCER_ID = 'needs-producer-id';

/** A decision, or the wish for a producer id. */
export type DecisionOrNeed<Response> = Decision<Response> | typeof NEEDS_PRODUCER_ID;
