import type { ProducerAppend } from '../log/index.ts';
import type { VerificationGuard, VerificationStart } from './transaction-marker.ts';

interface PendingVerification {
  readonly guard: VerificationGuard;
  readonly mode: VerificationStart['mode'];
  readonly startedMs: number;
  lowestSequence: number;
}

/**
 * The producers of one partition whose transactions are being verified (KIP-890). A guard is good for one transaction:
 * its first batch and a marker both end it, so that what a coordinator said of an earlier transaction opens no other.
 */
export class TransactionGuards {
  /** Made when there is one: most partitions never have any. */
  #pending: Map<number, PendingVerification> | undefined;

  /** The guard of a verification that begins, or is under way for the same epoch. */
  start({ producerId, producerEpoch, sequence, mode }: VerificationStart, nowMs: number): VerificationGuard {
    const pending = this.#pending?.get(producerId);
    if (pending !== undefined && producerEpoch <= pending.guard.producerEpoch) {
      // A batch that failed and is sent again must not find that a later one was appended before it.
      if (producerEpoch === pending.guard.producerEpoch && sequence < pending.lowestSequence) {
        pending.lowestSequence = sequence;
      }
      return pending.guard;
    }
    const guard = { producerId, producerEpoch };
    this.#pending ??= new Map();
    this.#pending.set(producerId, { guard, mode, startedMs: nowMs, lowestSequence: sequence });
    return guard;
  }

  isCurrent(producerId: number, guard: VerificationGuard | undefined): boolean {
    return guard !== undefined && this.#pending?.get(producerId)?.guard === guard;
  }

  /**
   * Whether the first batch of a transaction comes in order: it must not be later than one that was verified, and in
   * transaction version 2 a producer without batches here begins at 0.
   */
  isInOrder({ producerId, firstSequence }: ProducerAppend, hasBatches: boolean): boolean {
    const pending = this.#pending?.get(producerId);
    if (pending === undefined) return true;
    if (pending.mode === 'add' && firstSequence !== 0 && !hasBatches) return false;
    return firstSequence <= pending.lowestSequence;
  }

  clear(producerId: number): void {
    this.#pending?.delete(producerId);
  }

  /** Forgets those that began before `timestamp` and came to nothing. */
  expireBefore(timestamp: number): void {
    for (const [producerId, { startedMs }] of this.#pending ?? []) {
      if (startedMs < timestamp) this.#pending?.delete(producerId);
    }
  }
}
