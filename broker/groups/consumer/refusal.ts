import { StreamError } from '../../../platform/errors.ts';

/**
 * Ends a decision: the request is answered with this Kafka error, and nothing changes. The message is what Kafka's
 * clients show; null leaves it to the error code.
 */
export class Refusal extends StreamError {
  readonly errorCode: number;
  readonly errorMessage: string | null;

  constructor(errorCode: number, errorMessage: string | null = null) {
    super('BROKER_GROUP_REFUSAL', errorMessage ?? `The group refuses the request: error ${errorCode}.`);
    this.errorCode = errorCode;
    this.errorMessage = errorMessage;
  }
}

/** What `decide` returns, or what `refuse` makes of the {@link Refusal} that it threw. */
export function orRefuse<T>(decide: () => T, refuse: (refusal: Refusal) => T): T {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return refuse(error);
    throw error;
  }
}
