import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { TransactionVerification, TransactionVerifier } from './transaction-verifier.ts';

/** `add.partitions.to.txn.retry.backoff.ms` and `add.partitions.to.txn.retry.backoff.max.ms`. */
export interface VerifierBackoff {
  readonly backoffMs: number;
  readonly backoffMsMax: number;
}

/** Whom to ask, and how often again. */
export interface VerifierAsking {
  readonly verifier: TransactionVerifier;
  readonly clock: Clock;
  readonly backoff: () => VerifierBackoff;
}

/**
 * Asks the transaction coordinator. A transaction that follows another at once is told to wait until that one's markers
 * are written: it takes not long, so the question is asked again for a while.
 */
export function askVerifier(
  question: TransactionVerification,
  { verifier, clock, backoff }: VerifierAsking,
  done: (errorCodes: readonly number[]) => void,
): void {
  const startedMs = clock.now();
  const ask = () =>
    verifier.verify(question, (codes) => {
      const { backoffMs, backoffMsMax } = backoff();
      const isWorthRetrying =
        question.mode === 'add' &&
        codes.includes(ErrorCode.CONCURRENT_TRANSACTIONS) &&
        clock.now() - startedMs < backoffMsMax;
      if (isWorthRetrying) clock.timer(backoffMs, ask);
      else done(codes);
    });
  ask();
}
