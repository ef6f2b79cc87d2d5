import { batchHeader, type HeaderInput, type RecordContent } from '../../records/index.ts';
import type { BatchMemory } from './batch-memory.ts';
import type { OnDone } from './producer.ts';
import { ProducerBatch, type Sequence } from './producer-batch.ts';

/** Batches a broker remembers per producer and partition: with more under way, repeats would not be recognised. */
const IDEMPOTENT_IN_FLIGHT_MAX = 5;
const SLACK_BYTES = 1024;
const EPOCH_MAX = 0x7fff;
/** However often a topic refuses batches as too large, they are not made smaller than this. */
const BATCH_BYTES_MIN = 1024;

/** What the broker knows this producer by. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** How the batches of a partition are formed. */
export interface QueueOptions {
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly isIdempotent: boolean;
  /** A new identity begins anew from sequence 0; the epoch is the coordinator's to raise. */
  readonly isTransactional?: boolean;
  readonly memory?: BatchMemory | undefined;
}

/**
 * The batches of one partition in order, from the open one to those under way, and their sequence numbers. Pure: told
 * what happened, it knows what may be sent when.
 *
 * Order is kept like this: while a batch waits for its repetition, nothing new is sent; the repetitions go out in order,
 * each when all before it are answered. A batch that the broker refuses because of its sequence, though none before it
 * is open, shows that broker and producer disagree: then all wait until nothing is under way, and the partition goes on
 * with a higher epoch from sequence 0 (KIP-360, for each partition by itself). A refused batch is not in the log, and
 * neither is any sent after it, so this makes no duplicates.
 */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  /** The node that the batches under way were sent to. */
  sentTo = -1;
  readonly #options: QueueOptions;
  readonly #sealed: ProducerBatch[] = [];
  readonly #retries: ProducerBatch[] = [];
  readonly #inFlight: ProducerBatch[] = [];
  #open: ProducerBatch | undefined;
  #batchBytes: number;
  #lastBatchBytes = 0;
  #nextOrdinal = 0;
  #notBeforeMs = 0;
  #identity: ProducerIdentity | undefined;
  #nextSequence = 0;
  #isResetDue = false;

  constructor(topic: string, partition: number, options: QueueOptions) {
    this.topic = topic;
    this.partition = partition;
    this.#options = options;
    this.#batchBytes = options.batchBytes;
  }

  get inFlightCount(): number {
    return this.#inFlight.length;
  }

  /** Whether there is anything to send, now or later. */
  get hasUnsent(): boolean {
    return this.#open !== undefined || this.#sealed.length > 0 || this.#retries.length > 0;
  }

  get hasOpenBatch(): boolean {
    return this.#open !== undefined;
  }

  /** Whether the next batch needs a producer id that differs from the present one. */
  get isIdentityUsedUp(): boolean {
    if (this.#options.isTransactional === true) return false;
    return this.#isResetDue && this.#identity !== undefined && this.#identity.producerEpoch >= EPOCH_MAX;
  }

  /** Bytes of the batch that records are appended to. */
  get openBytes(): number {
    return this.#open?.sizeInBytes ?? 0;
  }

  /** Whether the open batch, if there is one, has room for a record of at most so many bytes. */
  hasRoom(bytesMax: number): boolean {
    return this.#open !== undefined && this.#open.sizeInBytes + bytesMax <= this.#batchBytes;
  }

  /** Begins a batch, which is the open one from now on. */
  begin(nowMs: number): ProducerBatch {
    const place = { ordinal: this.#nextOrdinal, span: 1, createdAtMs: nowMs };
    this.#nextOrdinal += 1;
    this.#seal();
    // As large as the last one was, so that the buffer need not grow, and a little more for its last record.
    const expectedBytes = Math.min(this.#lastBatchBytes, this.#batchBytes);
    this.#open = new ProducerBatch(
      place,
      expectedBytes + SLACK_BYTES,
      this.#options.memory?.take(expectedBytes),
    );
    return this.#open;
  }

  /** Appends to the open batch. */
  append(
    timestamp: number,
    key: RecordContent,
    value: RecordContent,
    headers: readonly HeaderInput[] | undefined,
    onDone: OnDone | undefined,
  ): void {
    this.#open?.append(timestamp, key, value, headers, onDone);
  }

  isInFlight(batch: ProducerBatch): boolean {
    return this.#inFlight.includes(batch);
  }

  /** From when on {@link take} may be called, in monotonic ms; Infinity while it depends on answers. */
  sendableAtMs(isFlushing: boolean): number {
    const inFlight = this.#inFlight.length;
    if (this.#isResetDue || this.#retries.length > 0) {
      if (inFlight > 0 || !this.hasUnsent) return Number.POSITIVE_INFINITY;
      return this.#notBeforeMs;
    }
    if (this.#options.isIdempotent && inFlight >= IDEMPOTENT_IN_FLIGHT_MAX) return Number.POSITIVE_INFINITY;
    if (this.#sealed.length > 0) return 0;
    if (this.#open === undefined) return Number.POSITIVE_INFINITY;
    return isFlushing || this.#options.lingerMs <= 0 ? 0 : this.#open.createdAtMs + this.#options.lingerMs;
  }

  /** Size of what {@link take} would return, before compression. */
  get nextBytes(): number {
    return (this.#retries[0] ?? this.#sealed[0] ?? this.#open)?.sizeInBytes ?? 0;
  }

  /** The next batch, which is under way from now on, and its sequence: to be packed and sent. */
  take(
    identity: ProducerIdentity | undefined,
  ): { batch: ProducerBatch; sequence: Sequence | undefined } | undefined {
    if (this.#retries.length === 0 && this.#sealed.length === 0) this.#seal();
    const isRetry = this.#retries.length > 0;
    const batch = this.#retries[0] ?? this.#sealed[0];
    if (batch === undefined) return undefined;
    const sequence = this.#sequenceOf(batch, identity);
    if (isRetry) this.#retries.shift();
    else this.#sealed.shift();
    batch.attempts += 1;
    this.#inFlight.push(batch);
    return { batch, sequence };
  }

  /** The broker has it. `isAnswered`: it said so itself, so it does not read the bytes any more. */
  succeeded(batch: ProducerBatch, isAnswered = true): void {
    remove(this.#inFlight, batch);
    const memory = isAnswered ? batch.releaseMemory() : undefined;
    if (memory !== undefined) this.#options.memory?.give(memory);
  }

  /** To be sent again, not before `atMs`. */
  retry(batch: ProducerBatch, atMs: number): void {
    remove(this.#inFlight, batch);
    const at = this.#retries.findIndex(({ ordinal }) => ordinal > batch.ordinal);
    this.#retries.splice(at < 0 ? this.#retries.length : at, 0, batch);
    this.#notBeforeMs = Math.max(this.#notBeforeMs, atMs);
  }

  /** Refused because of its sequence number. */
  outOfSequence(batch: ProducerBatch, atMs: number): void {
    const hasEarlier = [...this.#inFlight, ...this.#retries].some(({ ordinal }) => ordinal < batch.ordinal);
    if (!hasEarlier) this.#isResetDue = true;
    batch.isPossiblyWritten = false;
    this.retry(batch, atMs);
  }

  /** Too large for the broker: returns the halves that take its place, or undefined when it is a single record. */
  tooLarge(batch: ProducerBatch): readonly ProducerBatch[] | undefined {
    const parts = batch.split();
    if (parts === undefined) return undefined;
    remove(this.#inFlight, batch);
    for (const part of parts) this.retry(part, 0);
    this.#batchBytes = Math.max(BATCH_BYTES_MIN, Math.min(this.#batchBytes, batch.sizeInBytes >>> 1));
    return parts;
  }

  /**
   * It will not be sent (again). When its sequence is certainly not in the log, the broker would refuse the next one; when
   * it may be, the next attempt shows.
   */
  giveUp(batch: ProducerBatch): void {
    remove(this.#inFlight, batch);
    remove(this.#retries, batch);
    remove(this.#sealed, batch);
    if (this.#open === batch) this.#open = undefined;
    if (batch.sequence !== undefined && !batch.isPossiblyWritten) this.#isResetDue = true;
  }

  #seal(): void {
    if (this.#open === undefined) return;
    this.#lastBatchBytes = this.#open.sizeInBytes;
    this.#sealed.push(this.#open);
    this.#open = undefined;
  }

  #sequenceOf(batch: ProducerBatch, identity: ProducerIdentity | undefined): Sequence | undefined {
    if (!this.#options.isIdempotent || identity === undefined) return undefined;
    if (this.#options.isTransactional === true) this.#follow(identity);
    else if (this.#isResetDue) this.#reset(identity);
    this.#identity ??= identity;
    const { producerId, producerEpoch } = this.#identity;
    const assigned = batch.sequence;
    if (assigned?.producerId === producerId && assigned.producerEpoch === producerEpoch) return assigned;
    const baseSequence = this.#nextSequence;
    this.#nextSequence = batchHeader.incrementSequence(baseSequence, batch.recordCount);
    return { producerId, producerEpoch, baseSequence };
  }

  #follow(identity: ProducerIdentity): void {
    this.#isResetDue = false;
    if (this.#identity === identity) return;
    this.#identity = identity;
    this.#nextSequence = 0;
  }

  #reset(identity: ProducerIdentity): void {
    const old = this.#identity;
    const isUsedUp = old === undefined || old.producerEpoch >= EPOCH_MAX;
    this.#identity = isUsedUp ? identity : { ...old, producerEpoch: old.producerEpoch + 1 };
    this.#nextSequence = 0;
    this.#isResetDue = false;
  }
}

function remove(batches: ProducerBatch[], batch: ProducerBatch): void {
  const at = batches.indexOf(batch);
  if (at >= 0) batches.splice(at, 1);
}
