import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { OffsetTransaction, OffsetTransactions } from '../groups/index.ts';
import type { Partition } from '../replica/partition.ts';
import { askVerifier, type VerifierAsking } from '../replica/verifier-retry.ts';
import type { LogTransaction } from './ports.ts';

/** What the verification of offsets works with. */
interface VerifiedOffsetsOptions extends VerifierAsking {
  /** A partition of `__consumer_offsets`, or the error code that says why there is none. */
  readonly find: (partition: number) => Partition | number;
}

/** Asks the transaction coordinator before a group takes the first offsets of a transaction (KIP-890). */
export class VerifiedOffsets implements OffsetTransactions {
  readonly #options: VerifiedOffsetsOptions;

  constructor(options: VerifiedOffsetsOptions) {
    this.#options = options;
  }

  async begin(index: number, transaction: OffsetTransaction): Promise<LogTransaction | number> {
    const partition = this.#options.find(index);
    if (typeof partition === 'number') return ErrorCode.NOT_COORDINATOR;
    const { producerId, producerEpoch } = transaction;
    const guard = partition.startVerification({ ...transaction, sequence: -1 });
    if (guard === 'fenced') return ErrorCode.INVALID_PRODUCER_EPOCH;
    if (guard !== undefined) {
      const errorCode = await this.#ask(partition, transaction);
      if (errorCode !== ErrorCode.NONE) return errorCode;
    }
    return { producerId, producerEpoch, guard };
  }

  #ask({ topic, index }: Partition, transaction: OffsetTransaction): Promise<number> {
    const question = { ...transaction, partitions: [{ topic, partition: index }] };
    return new Promise((resolve) =>
      askVerifier(question, this.#options, ([errorCode = ErrorCode.UNKNOWN_SERVER_ERROR]) =>
        resolve(errorCode),
      ),
    );
  }
}
