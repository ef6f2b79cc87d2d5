import { ErrorCode } from '../../kafka/protocol/index.ts';
import {
  BatchBuilder,
  type BatchFields,
  batchHeader,
  controlRecordType,
  readRecords,
} from '../../kafka/records/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { StreamError } from '../../platform/errors.ts';
import type { Partition } from '../replica/partition.ts';
import type { Partitions } from '../replica/partitions.ts';
import type { TransactionMarker } from '../replica/transaction-marker.ts';
import type { CoordinatorRecord } from './coordinator-record.ts';
import { CoordinatorLogError } from './errors.ts';
import type { CoordinatorBatch, LogTransaction, TransactionalLog } from './ports.ts';

const READ_BYTES = 1 << 20;
const OUTPUT_BYTES_MAX = 1 << 30;

/** The partitions of a coordinator's topic (`__consumer_offsets`, `__transaction_state`) as a log of records. */
export class CoordinatorTopic implements TransactionalLog {
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

  appendTransactional(
    index: number,
    { producerId, producerEpoch, guard }: LogTransaction,
    records: readonly CoordinatorRecord[],
  ): Promise<void> {
    const partition = this.#find(index);
    const bytesMax = partition.log.config.maxMessageBytes;
    const fields = { producerId, producerEpoch, baseSequence: -1, isTransactional: true };
    const [batch, more] = this.#batches(records, bytesMax, fields);
    if (batch === undefined) return Promise.resolve();
    if (more !== undefined) {
      const message = `The offsets of one commit do not fit in ${bytesMax} bytes (max.message.bytes).`;
      throw new CoordinatorLogError(ErrorCode.RECORD_LIST_TOO_LARGE, message);
    }
    return this.#settle(index, (done) => partition.appendTransactional(batch, guard, done));
  }

  appendMarker(index: number, marker: TransactionMarker): Promise<void> {
    const partition = this.#find(index);
    return this.#settle(index, (done) => partition.appendMarker(marker, done));
  }

  /** All durable batches from the start of the log. */
  async *read(index: number): AsyncGenerator<CoordinatorBatch> {
    const partition = this.#find(index);
    const endOffset = partition.highWatermark;
    for (let startOffset = partition.log.logStartOffset; startOffset < endOffset; ) {
      const range = { startOffset, endOffset, maxBytes: READ_BYTES, minOneBatch: true };
      const bytes = partition.log.read(range, (size) => Buffer.allocUnsafeSlow(size));
      if (bytes.length === 0) return;
      for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
        startOffset = batchHeader.lastOffset(bytes, at) + 1;
        yield batchOf(bytes, at);
      }
    }
  }

  /** Makes a refusal (`done` with an error before `append` returns) a throw, and what comes later a promise. */
  #settle(index: number, append: (done: (errorCode: number) => void) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let refusal: CoordinatorLogError | undefined;
    let isAppended = false;
    append((errorCode) => {
      if (errorCode === ErrorCode.NONE) {
        resolve();
        return;
      }
      const error = new CoordinatorLogError(
        errorCode,
        `${this.#topic}-${index} refused a transactional append.`,
      );
      if (isAppended) reject(error);
      else refusal = error;
    });
    isAppended = true;
    if (refusal !== undefined) throw refusal;
    return promise;
  }

  #find(index: number): Partition {
    const partition = this.#partitions.find(this.#topic, index);
    if (partition !== undefined) return partition;
    const message = `${this.#topic}-${index} does not exist.`;
    throw new CoordinatorLogError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message);
  }

  #batches(
    records: readonly CoordinatorRecord[],
    bytesMax: number,
    fields: BatchFields = {},
  ): readonly Buffer[] {
    const nowMs = this.#clock.now();
    const batches: Buffer[] = [];
    let builder = new BatchBuilder();
    for (const { key, value } of records) {
      const bytes = key.length + (value?.length ?? 0) + 64;
      if (builder.recordCount > 0 && builder.estimatedSizeInBytes + bytes > bytesMax) {
        batches.push(builder.build(fields));
        builder = new BatchBuilder();
      }
      builder.append(nowMs, key, value);
    }
    if (builder.recordCount > 0) batches.push(builder.build(fields));
    return batches;
  }
}

function batchOf(bytes: Buffer, at: number): CoordinatorBatch {
  const producerId = batchHeader.isTransactional(bytes, at) ? batchHeader.producerId(bytes, at) : -1;
  if (batchHeader.isControl(bytes, at)) {
    return { records: [], producerId, marker: producerId === -1 ? undefined : markerOf(bytes, at) };
  }
  return { records: recordsOf(bytes, at), producerId, marker: undefined };
}

function markerOf(bytes: Buffer, at: number): CoordinatorBatch['marker'] {
  for (const { key } of readRecords(bytes, at, OUTPUT_BYTES_MAX)) {
    const type = controlRecordType(key);
    if (type === 'COMMIT') return 'commit';
    if (type === 'ABORT') return 'abort';
  }
  return undefined;
}

function recordsOf(bytes: Buffer, at: number): CoordinatorRecord[] {
  const records: CoordinatorRecord[] = [];
  for (const { key, value } of readRecords(bytes, at, OUTPUT_BYTES_MAX)) {
    if (key !== null) records.push({ key, value });
  }
  return records;
}
