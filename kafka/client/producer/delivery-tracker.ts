import type { Clock, Timer } from '../../../platform/clock.ts';
import type { StreamError } from '../../../platform/errors.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { ProducerBatch } from './producer-batch.ts';

/** A batch whose records have not all been delivered or failed. */
export interface Unsettled {
  readonly batch: ProducerBatch;
  readonly queue: PartitionQueue;
}

/** Counts what is buffered, lets callers wait for room and for delivery, and finds batches whose time is up. */
export class DeliveryTracker {
  readonly #clock: Clock;
  readonly #bufferBytesMax: number;
  readonly #deliveryTimeoutMs: number;
  readonly #onExpired: (expired: Unsettled) => void;
  readonly #batches = new Map<ProducerBatch, PartitionQueue>();
  #bufferedBytes = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #unheard: StreamError | undefined;
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    limits: { readonly bufferBytesMax: number; readonly deliveryTimeoutMs: number },
    onExpired: (expired: Unsettled) => void,
  ) {
    this.#clock = clock;
    this.#bufferBytesMax = limits.bufferBytesMax;
    this.#deliveryTimeoutMs = limits.deliveryTimeoutMs;
    this.#onExpired = onExpired;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  get isFull(): boolean {
    return this.#bufferedBytes >= this.#bufferBytesMax;
  }

  /** Resolves when there is room, or nothing more is taken. */
  ready(): Promise<void> {
    if (!this.isFull) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** A batch has begun; what it has so far counts, later records are counted by {@link grow}. */
  add(batch: ProducerBatch, queue: PartitionQueue): void {
    this.#batches.set(batch, queue);
    this.#bufferedBytes += batch.sizeInBytes;
    this.#timer ??= this.#schedule(batch);
  }

  /** A batch has grown, or records have come that have no batch yet. */
  grow(bytes: number): void {
    this.#bufferedBytes += bytes;
  }

  /** Records that had no batch have one now, or have failed. */
  shrink(bytes: number): void {
    this.#bufferedBytes -= bytes;
    this.#letIn();
  }

  /** A batch is settled, or others take its place. */
  remove(batch: ProducerBatch): void {
    if (!this.#batches.delete(batch)) return;
    this.shrink(batch.sizeInBytes);
    if (this.#batches.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  unsettled(): readonly Unsettled[] {
    return [...this.#batches].map(([batch, queue]) => ({ batch, queue }));
  }

  /** Resolves when all batches of now are settled. */
  async settled(): Promise<void> {
    await Promise.all([...this.#batches.keys()].map((batch) => batch.settled()));
  }

  /** An error that nobody was told of. */
  unheard(error: StreamError): void {
    this.#unheard ??= error;
  }

  /** Throws the first error since the last call that nobody was told of. */
  throwUnheard(): void {
    const error = this.#unheard;
    this.#unheard = undefined;
    if (error !== undefined) throw error;
  }

  /** What nobody was told of needs no telling any more. */
  forgetUnheard(): void {
    this.#unheard = undefined;
  }

  close(): void {
    this.#timer?.cancel();
    this.#room?.resolve();
  }

  #letIn(): void {
    if (this.isFull) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Batches are in order of age, but for the parts of those that were split. */
  #schedule(oldest: ProducerBatch): Timer {
    const waitMs = oldest.createdAtMs + this.#deliveryTimeoutMs - this.#clock.monotonic();
    return this.#clock.timer(Math.max(waitMs, 1), () => this.#expire());
  }

  #expire(): void {
    const untilMs = this.#clock.monotonic() - this.#deliveryTimeoutMs;
    for (const { batch, queue } of this.unsettled()) {
      if (batch.createdAtMs <= untilMs) this.#onExpired({ batch, queue });
    }
    this.#timer?.cancel();
    const oldest = this.#batches.keys().next().value;
    this.#timer = oldest === undefined ? undefined : this.#schedule(oldest);
  }
}
