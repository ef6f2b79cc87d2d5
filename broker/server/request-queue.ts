/** A request that was taken from a connection and has not been answered yet. */
export interface PendingRequest {
  readonly overlaps: boolean;
  /** The encoded answer; `undefined` while there is none. Empty for a request that is not answered. */
  chunks: readonly Buffer[] | undefined;
}

/**
 * The requests of one connection that are in work, in order. Answers leave in that order, whatever order they came in.
 */
export class RequestQueue {
  #pending: PendingRequest[] = [];
  #overlapping = 0;

  get size(): number {
    return this.#pending.length;
  }

  /** Whether a request may begin now: alone, or beside others when all of them may overlap. */
  mayBegin(overlaps: boolean): boolean {
    return this.#pending.length === 0 || (overlaps && this.#overlapping === this.#pending.length);
  }

  begin(overlaps: boolean): PendingRequest {
    const request: PendingRequest = { overlaps, chunks: undefined };
    this.#pending.push(request);
    if (overlaps) this.#overlapping += 1;
    return request;
  }

  /** Removes the leading requests that have been answered and returns their bytes. */
  takeAnswered(): Buffer[] {
    const answered = this.#pending.findIndex((request) => request.chunks === undefined);
    const taken = this.#pending.splice(0, answered === -1 ? this.#pending.length : answered);
    this.#overlapping -= taken.filter((request) => request.overlaps).length;
    return taken.flatMap((request) => request.chunks ?? []);
  }
}
