import type { ApiCounters } from './request-metrics.ts';

/** Requests of one connection that may be in work at the same time. */
const IN_WORK_MAX = 512;

/** A request that was taken from a connection and has not been answered yet. */
export interface PendingRequest {
  readonly overlaps: boolean;
  readonly sizeInBytes: number;
  readonly apiVersion: number;
  /** Of its API; `undefined` for one that is not served. */
  readonly counters: ApiCounters | undefined;
  /** When it came, on the monotonic clock, ms. */
  readonly arrivedMs: number;
  /** The encoded answer; `undefined` while there is none. Empty for a request that is not answered. */
  chunks: readonly Buffer[] | undefined;
  /** Memory that is free again once the answer has been sent. */
  readonly lent: Buffer[];
}

/**
 * The requests of one connection that are in work, in order. Answers leave in that order, whatever order they came in.
 */
export class RequestQueue {
  #pending: PendingRequest[] = [];
  #overlapping = 0;
  #bytes = 0;

  get size(): number {
    return this.#pending.length;
  }

  /** Bytes of the requests in work. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a request may begin now: alone, or beside others when all of them may overlap. */
  mayBegin(overlaps: boolean): boolean {
    if (this.#pending.length >= IN_WORK_MAX) return false;
    return this.#pending.length === 0 || (overlaps && this.#overlapping === this.#pending.length);
  }

  begin(request: PendingRequest): void {
    this.#bytes += request.sizeInBytes;
    this.#pending.push(request);
    if (request.overlaps) this.#overlapping += 1;
  }

  /** Removes the leading requests that have been answered and returns them with their answers' bytes. */
  takeAnswered(): { taken: readonly PendingRequest[]; chunks: Buffer[]; lent: Buffer[] } {
    const answered = this.#pending.findIndex((request) => request.chunks === undefined);
    const taken = this.#pending.splice(0, answered === -1 ? this.#pending.length : answered);
    for (const { overlaps, sizeInBytes } of taken) {
      this.#bytes -= sizeInBytes;
      if (overlaps) this.#overlapping -= 1;
    }
    return {
      taken,
      chunks: taken.flatMap(({ chunks }) => chunks ?? []),
      lent: taken.flatMap(({ lent }) => lent),
    };
  }
}
