import {
  type AcceptedBatch,
  needsRecompression,
  type ProduceRules,
  type RejectedBatch,
  validateProduced,
  validationTask,
} from '../../kafka/records/index.ts';
import type { Executor } from '../../platform/executor.ts';
import type { Partition } from './partition.ts';

/** A smaller batch is recompressed faster than it is given to another thread and taken back. */
const THREAD_BYTES_MIN = 16 << 10;

/** What has become of a batch that was checked. */
export type Validated = AcceptedBatch | RejectedBatch;

interface Turn {
  readonly accept: (validated: Validated) => void;
  /** Checks the batch here; `undefined` when that was given to a thread. */
  readonly validate: (() => Validated) | undefined;
  validated: Validated | undefined;
}

/**
 * Checks produced batches: at once, but those that have to be recompressed and are large, in a thread. What follows such a
 * batch in its partition waits for it: the order of appends is that of the requests.
 */
export class ProduceValidation {
  readonly #executor: Executor;
  /** By partition, those that wait for a thread, or for one that does. */
  readonly #turns = new Map<Partition, Turn[]>();

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** `accept` is called once, at once or later; what it throws comes out of here, or ends the process. `records` may be written to. */
  run(
    partition: Partition,
    records: Buffer,
    rules: ProduceRules,
    accept: (validated: Validated) => void,
  ): void {
    const isLong = records.length >= THREAD_BYTES_MIN && needsRecompression(records, rules);
    const turns = this.#turns.get(partition);
    if (turns === undefined && !isLong) {
      accept(validateProduced(records, rules));
      return;
    }
    const validate = () => validateProduced(records, rules);
    const turn: Turn = { accept, validate: isLong ? undefined : validate, validated: undefined };
    if (turns === undefined) this.#turns.set(partition, [turn]);
    else turns.push(turn);
    if (!isLong) return;
    void this.#inThread(records, rules).then((validated) => {
      turn.validated = validated ?? validate();
      this.#drain(partition);
    });
  }

  /** `undefined` when the thread was lost or the executor is closing: then the work can be done here. */
  async #inThread(records: Buffer, rules: ProduceRules): Promise<Validated | undefined> {
    const bytes = new Uint8Array(records);
    try {
      const input = { bytes, rules };
      const validated = await this.#executor.run<typeof input, Validated>(validationTask, input, [
        bytes.buffer,
      ]);
      if (!validated.ok) return validated;
      const { buffer, byteOffset, byteLength } = validated.batch;
      return { ...validated, batch: Buffer.from(buffer, byteOffset, byteLength) };
    } catch {
      return undefined;
    }
  }

  #drain(partition: Partition): void {
    const turns = this.#turns.get(partition) ?? [];
    for (let next = turns[0]; next !== undefined; next = turns[0]) {
      const validated = next.validated ?? next.validate?.();
      if (validated === undefined) return;
      turns.shift();
      if (turns.length === 0) this.#turns.delete(partition);
      next.accept(validated);
    }
  }
}
