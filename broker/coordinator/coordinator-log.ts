import { BatchBuilder, batchHeader, readRecords } from '../../kafka/records/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { StreamError } from '../../platform/errors.ts';
import type { Partition } from '../replica/partition.ts';
import type { Partitions } from '../replica/partitions.ts';

/** A record of a coordinator's topic; a null value is a tombstone. */
export interface CoordinatorRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

const READ_BYTES = 1 << 20;
const OUTPUT_BYTES_MAX = 1 << 30;

/** The partitions of a coordinator's topic (`__consumer_offsets`) as a log of records. */
export class CoordinatorLog {
  readonly #topic: string;
  readonly #partitions: Partitions;
  readonly #clock: Clock;

  constructor(topic: string, partitions: Partitions, clock: Clock) {
    this.#topic = topic;
    this.#partitions = partitions;
    this.#clock = clock;
  }

  /**
   * Appends the records in order, in batches of at most `max.message.bytes`. Throws when nothing could be appended;
   * resolves when they are durable.
   */
  append(index: number, records: readonly CoordinatorRecord[]): Promise<void> {
    const partition = this.#find(index);
    const batches = this.#batches(records, partition.log.config.maxMessageBytes);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (batches.length === 0) resolve();
    for (const [i, batch] of batches.entries()) {
      const done = (error?: StreamError): void => {
        if (error !== undefined) reject(error);
        else if (i === batches.length - 1) resolve();
      };
      partition.append(batch, done);
    }
    return promise;
  }

  /** All durable records from the start of the log, batch by batch. */
  async *read(index: number): AsyncGenerator<readonly CoordinatorRecord[]> {
    const partition = this.#find(index);
    const endOffset = partition.highWatermark;
    for (let startOffset = partition.log.logStartOffset; startOffset < endOffset; ) {
      const range = { startOffset, endOffset, maxBytes: READ_BYTES, minOneBatch: true };
      const bytes = partition.log.read(range, (size) => Buffer.allocUnsafeSlow(size));
      if (bytes.length === 0) return;
      for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
        startOffset = batchHeader.lastOffset(bytes, at) + 1;
        if (!batchHeader.isControl(bytes, at)) yield recordsOf(bytes, at);
      }
    }
  }

  #find(index: number): Partition {
    const partition = this.#partitions.find(this.#topic, index);
    if (partition === undefined) throw new Error(`${this.#topic}-${index} does not exist`);
    return partition;
  }

  #batches(records: readonly CoordinatorRecord[], bytesMax: number): Buffer[] {
    const nowMs = this.#clock.now();
    const batches: Buffer[] = [];
    let builder = new BatchBuilder();
    for (const { key, value } of records) {
      const bytes = key.length + (value?.length ?? 0) + 64;
      if (builder.recordCount > 0 && builder.estimatedSizeInBytes + bytes > bytesMax) {
        batches.push(builder.build());
        builder = new BatchBuilder();
      }
      builder.append(nowMs, key, value);
    }
    if (builder.recordCount > 0) batches.push(builder.build());
    return batches;
  }
}

function recordsOf(bytes: Buffer, at: number): CoordinatorRecord[] {
  const records: CoordinatorRecord[] = [];
  for (const { key, value } of readRecords(bytes, at, OUTPUT_BYTES_MAX)) {
    if (key !== null) records.push({ key, value });
  }
  return records;
}
