import type { StreamError } from '../../../platform/errors.ts';
import type { Codec, HeaderInput, RecordContent } from '../../records/index.ts';
import type { CommittedOffset } from '../topic-partition.ts';

/** A record to append. Its bytes are copied at once, unless its topic is not known yet: then they must not change. */
export interface ProducerRecord {
  readonly topic: string;
  /** Left out: by the key's hash as in Java, or one partition after another when there is no key. */
  readonly partition?: number | undefined;
  /** Text is written as UTF-8. */
  readonly key?: RecordContent | undefined;
  /** Text is written as UTF-8. */
  readonly value: RecordContent;
  readonly headers?: readonly HeaderInput[] | undefined;
  /** In ms since the epoch; left out: now. */
  readonly timestamp?: number | undefined;
}

/** Where a record was written. */
export interface RecordMetadata {
  readonly topic: string;
  readonly partition: number;
  /** -1 with acks 0, and when the broker has forgotten the offset of a batch that it had already. */
  readonly offset: number;
  /** In ms: the record's own, or the broker's when the topic has LogAppendTime. */
  readonly timestamp: number;
}

/**
 * Called once per record, in order within a partition: with an error, or with where the record is. Must not throw.
 * `partition` is -1 when the record failed before it had one. `offset` and `timestamp` are as in {@link RecordMetadata}.
 */
export type OnDone = (
  error: StreamError | undefined,
  partition: number,
  offset: number,
  timestamp: number,
) => void;

/** Chooses the partition of a record without one; an answer outside 0 to `partitionCount` - 1 fails the record. */
export type Partitioner = (record: ProducerRecord, partitionCount: number) => number;

/** How a producer collects, sends and repeats. Times are in ms. */
export interface ProducerOptions {
  /** Shown in the broker's logs and quotas. Default: the client's. */
  readonly clientId?: string;
  /** -1: all in-sync replicas, 1: the leader, 0: no answer at all. Default -1. */
  readonly acks?: -1 | 0 | 1;
  /** No duplicates and no reordering by repeats (KIP-98). Needs acks -1 and at most 5 in flight; default: when it can be. */
  readonly isIdempotent?: boolean;
  /** How long a batch waits for more records. Default 0: batches form while requests are under way. */
  readonly lingerMs?: number;
  /** A batch is closed at this size before compression. Default 1,000,000. */
  readonly batchBytes?: number;
  /** Largest record, and largest request unless a single batch is larger. Default 1,048,576. */
  readonly requestBytesMax?: number;
  /** Default `none`. */
  readonly compression?: Codec;
  readonly compressionLevel?: number;
  /** Requests under way per broker. Default 5. */
  readonly maxInFlight?: number;
  /** From append to success or failure, repeats included. Default 120,000. */
  readonly deliveryTimeoutMs?: number;
  /** How long the broker may wait for replicas, and we for the broker. Default: the client's. */
  readonly requestTimeoutMs?: number;
  /** How long a record may wait for metadata of its topic. Default 60,000. */
  readonly metadataTimeoutMs?: number;
  /** Bytes of records not yet delivered from which on the producer is full. Default 32 MiB. */
  readonly bufferBytesMax?: number;
  readonly partitioner?: Partitioner;
  /** Makes the producer transactional: it sends within transactions only, and fences others with the same id (KIP-98). */
  readonly transactionalId?: string;
  /** After how long the coordinator aborts a transaction that is left open. Default 60,000. */
  readonly transactionTimeoutMs?: number;
  /** Whether the broker may create a topic that does not exist. Default true. */
  readonly allowAutoTopicCreation?: boolean;
}

/** Whose offsets a transaction stores: a group, and the member of it that has read, if there is one. */
export interface TransactionGroup {
  readonly groupId: string;
  readonly memberId?: string;
  readonly generationId?: number;
  readonly groupInstanceId?: string | undefined;
}

/** Writes records to topics. */
export interface Producer {
  /**
   * Takes a record and returns whether there is room for more; when not, wait for {@link ready} (the record is taken all
   * the same). Throws ClientClosedError, RecordTooLargeError, and RangeError for a timestamp that is no safe integer.
   * Every other failure goes to `onDone`; without it, the error appears at {@link flush}.
   */
  append(record: ProducerRecord, onDone?: OnDone): boolean;
  /** Whether `bufferBytesMax` is reached. */
  readonly isFull: boolean;
  /** Bytes of records that are taken and not yet delivered. */
  readonly bufferedBytes: number;
  /** Resolves when there is room again, or the producer is closed. */
  ready(): Promise<void>;
  /** Appends all and resolves when all are delivered, in order; rejects with the first error when all are settled. */
  send(records: readonly ProducerRecord[]): Promise<RecordMetadata[]>;
  /**
   * Sends everything now and resolves when all that was appended before is settled. Rejects with the first error that no
   * `onDone` has heard of since the last flush.
   */
  flush(): Promise<void>;
  /** Must be the first call of a transactional producer: fences earlier ones and ends what they have left open. */
  initTransactions(): Promise<void>;
  /** Throws IllegalStateError when one is open, and the error that has made the producer useless. */
  beginTransaction(): void;
  /**
   * Stores offsets that count when the transaction is committed; `group` is a consumer's `groupMetadata()`. Throws
   * TransactionAbortableError or ProducerFencedError.
   */
  sendOffsets(offsets: readonly CommittedOffset[], group: TransactionGroup): Promise<void>;
  /**
   * Flushes, then commits. Throws TransactionAbortableError when something was not delivered: abort then. After an
   * ApiTimeoutError it may be called again.
   */
  commitTransaction(): Promise<void>;
  /** Drops what is not sent yet and aborts. */
  abortTransaction(): Promise<void>;
  /** Number of partitions of a topic, waiting for its metadata. Throws TopicMissingError. */
  partitionCount(topic: string): Promise<number>;
  /** Aborts an open transaction, flushes for at most `timeoutMs` (default: the delivery timeout), fails what is left, and takes nothing more. */
  close(timeoutMs?: number): Promise<void>;
}
