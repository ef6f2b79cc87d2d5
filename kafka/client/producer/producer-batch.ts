import type { StreamError } from '../../../platform/errors.ts';
import {
  BatchBuilder,
  batchHeader,
  type Codec,
  type HeaderInput,
  type RecordContent,
  readRecords,
} from '../../records/index.ts';
import type { OnDone } from './producer.ts';

/** Who sends a batch, and where it stands in the order of its partition (KIP-98). */
export interface Sequence {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** How batches are packed. */
export interface Packing {
  readonly codec: Codec;
  readonly level: number | undefined;
  readonly isTransactional?: boolean;
}

/** Where a batch stands among those of its partition. */
interface Place {
  /** Rises with each batch; parts of a split batch share the room up to the next. */
  readonly ordinal: number;
  readonly span: number;
  readonly createdAtMs: number;
}

const INITIAL_BYTES_MIN = 1024;
/** No batch that was received from ourselves can expand to more. */
const EXPANDED_BYTES_MAX = 0x7fff_ffff;

/** Records of one partition that are sent, repeated and settled together. */
export class ProducerBatch {
  readonly ordinal: number;
  readonly createdAtMs: number;
  /** Whether an attempt ended without a clear answer, so that the records may be in the log. */
  isPossiblyWritten = false;
  attempts = 0;
  readonly #span: number;
  #builder: BatchBuilder | undefined;
  #memory: Buffer | undefined;
  #bytes: Buffer | undefined;
  #sequence: Sequence | undefined;
  #sizeInBytes = 0;
  #recordCount = 0;
  readonly #onDone: OnDone[] = [];
  readonly #deltas: number[] = [];
  readonly #timestamps: number[] = [];
  #isSettled = false;
  #whenSettled: PromiseWithResolvers<void> | undefined;

  /** Builds in `memory`, or else in new memory of `initialBytes` at first. */
  constructor({ ordinal, span, createdAtMs }: Place, initialBytes: number, memory?: Buffer) {
    this.ordinal = ordinal;
    this.#span = span;
    this.createdAtMs = createdAtMs;
    this.#memory = memory;
    this.#builder = new BatchBuilder({ initialBytes: Math.max(initialBytes, INITIAL_BYTES_MIN), memory });
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** Before compression. */
  get sizeInBytes(): number {
    return this.#builder?.estimatedSizeInBytes ?? this.#sizeInBytes;
  }

  get sequence(): Sequence | undefined {
    return this.#sequence;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Whether some record has nobody who hears of its failure. */
  get hasSilentRecords(): boolean {
    return this.#onDone.length < this.#recordCount;
  }

  append(
    timestamp: number,
    key: RecordContent,
    value: RecordContent,
    headers: readonly HeaderInput[] | undefined,
    onDone: OnDone | undefined,
  ): void {
    this.#builder?.append(timestamp, key, value, headers);
    if (onDone !== undefined) {
      this.#onDone.push(onDone);
      this.#deltas.push(this.#recordCount);
      this.#timestamps.push(timestamp);
    }
    this.#recordCount += 1;
  }

  /** The bytes to send, packed at the first call, with the sequence in them. Nothing can be appended afterwards. */
  pack(packing: Packing, sequence: Sequence | undefined): Buffer {
    if (this.#builder !== undefined) {
      this.#sizeInBytes = this.#builder.estimatedSizeInBytes;
      this.#bytes = this.#builder.build({ ...packing, ...sequence });
      this.#builder = undefined;
    } else if (this.#bytes !== undefined && sequence !== undefined && !isSame(sequence, this.#sequence)) {
      batchHeader.setProducerState(this.#bytes, 0, sequence);
    }
    this.#sequence = sequence;
    return this.#bytes ?? Buffer.alloc(0);
  }

  /**
   * Two batches with half of the records each, which take this one's place and the callbacks with it. The sequence goes
   * on from the first to the second. Undefined when there is only one record.
   */
  split(): readonly [ProducerBatch, ProducerBatch] | undefined {
    if (this.#bytes === undefined || this.#recordCount < 2) return undefined;
    const half = this.#recordCount >>> 1;
    const first = this.#part(0, half, 0);
    const second = this.#part(half, this.#recordCount, 1);
    this.#bytes = undefined;
    this.#onDone.length = 0;
    Promise.all([first.settled(), second.settled()]).then(() => this.#settle());
    return [first, second];
  }

  /** Tells every record where it is. `baseOffset` is -1 when not known; `appendTimeMs` is -1 unless the broker set it. */
  succeed(partition: number, baseOffset: number, appendTimeMs: number): void {
    for (let index = 0; index < this.#onDone.length; index += 1) {
      const offset = baseOffset < 0 ? -1 : baseOffset + (this.#deltas[index] as number);
      const timestamp = appendTimeMs < 0 ? (this.#timestamps[index] as number) : appendTimeMs;
      this.#onDone[index]?.(undefined, partition, offset, timestamp);
    }
    this.#settle();
  }

  fail(error: StreamError, partition: number): void {
    for (let index = 0; index < this.#onDone.length; index += 1) {
      this.#onDone[index]?.(error, partition, -1, this.#timestamps[index] as number);
    }
    this.#settle();
  }

  /**
   * Hands back the memory it was given, once. Only for a batch that was sent once and answered: of one that was sent
   * several times, a broken connection may still hold the bytes.
   */
  releaseMemory(): Buffer | undefined {
    const memory = this.attempts === 1 ? this.#memory : undefined;
    this.#memory = undefined;
    return memory;
  }

  /** Resolves when every record has heard. */
  settled(): Promise<void> {
    if (this.#isSettled) return Promise.resolve();
    this.#whenSettled ??= Promise.withResolvers();
    return this.#whenSettled.promise;
  }

  #settle(): void {
    this.#isSettled = true;
    this.#onDone.length = 0;
    this.#bytes = undefined;
    this.#whenSettled?.resolve();
  }

  #part(from: number, to: number, index: 0 | 1): ProducerBatch {
    const span = this.#span / 2;
    const place = { ordinal: this.ordinal + index * span, span, createdAtMs: this.createdAtMs };
    const part = new ProducerBatch(place, this.#sizeInBytes >>> 1);
    const records = readRecords(this.#bytes as Buffer, 0, EXPANDED_BYTES_MAX);
    let next = this.#deltas.findIndex((delta) => delta >= from);
    for (let delta = from; delta < to; delta += 1) {
      const record = records[delta];
      if (record === undefined) break;
      const onDone = next >= 0 && this.#deltas[next] === delta ? this.#onDone[next] : undefined;
      if (onDone !== undefined) next += 1;
      part.append(record.timestamp, record.key, record.value, record.headers, onDone);
    }
    if (this.#sequence !== undefined) {
      const baseSequence = batchHeader.incrementSequence(this.#sequence.baseSequence, from);
      part.#sequence = { ...this.#sequence, baseSequence };
    }
    return part;
  }
}

function isSame(a: Sequence, b: Sequence | undefined): boolean {
  return (
    a.producerId === b?.producerId && a.producerEpoch === b.producerEpoch && a.baseSequence === b.baseSequence
  );
}
