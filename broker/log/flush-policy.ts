import type { TopicConfig } from '../config/index.ts';

/** When the records of a log that does not sync each append are synced: `flush.messages`, `flush.ms`. */
export class FlushPolicy {
  #flushedOffset: number;
  #flushedMs: number;

  constructor(endOffset: number, nowMs: number) {
    this.#flushedOffset = endOffset;
    this.#flushedMs = nowMs;
  }

  /** Whether `flush.messages` records have been written since the last sync: they count once they are synced, as in Kafka. */
  isFull(writtenOffset: number, { flushMessages }: TopicConfig): boolean {
    return writtenOffset - this.#flushedOffset >= flushMessages;
  }

  /** Whether records have waited for `flush.ms`. */
  isLate(writtenOffset: number, { flushMs }: TopicConfig, nowMs: number): boolean {
    return writtenOffset > this.#flushedOffset && nowMs - this.#flushedMs >= flushMs;
  }

  /** All below `offset` is synced. */
  onFlushed(offset: number, nowMs: number): void {
    this.#flushedOffset = offset;
    this.#flushedMs = nowMs;
  }
}
