import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { batchHeader, readRecords } from '../../../kafka/records/index.ts';

const BATCHES_REMEMBERED = 5;
const NO_SEQUENCE = -1;

interface Remembered {
  readonly first: number;
  readonly last: number;
}

/** A partition as a leader keeps it for one idempotent producer: the rules of KIP-98, in the simplest form. */
export class IdempotentLog {
  readonly values: string[] = [];
  #epoch = -1;
  #lastSequence = NO_SEQUENCE;
  #remembered: Remembered[] = [];

  /** Appends the batch, and gives the error code of the answer. */
  append(batch: Buffer): number {
    const epoch = batchHeader.producerEpoch(batch, 0);
    const first = batchHeader.baseSequence(batch, 0);
    const last = batchHeader.lastSequence(batch, 0);
    if (epoch < this.#epoch) return ErrorCode.INVALID_PRODUCER_EPOCH;
    if (epoch === this.#epoch) {
      if (this.#remembered.some((known) => known.first === first && known.last === last))
        return ErrorCode.NONE;
      if (first !== this.#lastSequence + 1) return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    } else if (first !== 0) {
      return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    } else {
      this.#remembered = [];
    }
    this.#epoch = epoch;
    this.#lastSequence = last;
    this.#remembered = [...this.#remembered, { first, last }].slice(-BATCHES_REMEMBERED);
    for (const record of readRecords(batch, 0, 1 << 20)) this.values.push(record.value?.toString() ?? '');
    return ErrorCode.NONE;
  }
}
