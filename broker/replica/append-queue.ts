import type { StreamError } from '../../platform/errors.ts';

/** An append that waits for its records to become durable. */
interface Waiting {
  readonly endOffset: number;
  readonly done: (error?: StreamError) => void;
}

/** The appends of one partition that are not acknowledged yet, in offset order. */
export class AppendQueue {
  #waiting: Waiting[] = [];

  /** `done` is called once, when everything below `endOffset` is durable, or with the error that undid it. */
  add(endOffset: number, done: (error?: StreamError) => void): void {
    // A retry waits for what was appended before: rarely is its place not the last.
    const after = this.#waiting.findLastIndex((each) => each.endOffset <= endOffset);
    this.#waiting.splice(after + 1, 0, { endOffset, done });
  }

  /** Acknowledges what lies below `endOffset`. */
  release(endOffset: number): void {
    const first = this.#waiting.findIndex((each) => each.endOffset > endOffset);
    const released = this.#waiting.splice(0, first === -1 ? this.#waiting.length : first);
    for (const { done } of released) done();
  }

  /** Fails what reaches beyond `fromOffset`. */
  fail(fromOffset: number, error: StreamError): void {
    const first = this.#waiting.findIndex((each) => each.endOffset > fromOffset);
    if (first === -1) return;
    for (const { done } of this.#waiting.splice(first)) done(error);
  }
}
