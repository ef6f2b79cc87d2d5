import {
  BatchCursor,
  batchHeader,
  CorruptRecordError,
  controlRecordType,
  openRecords,
  type RecordCursor,
  type RecordView,
} from '../../records/index.ts';
import type { TopicPartition } from '../topic-partition.ts';

/** A transaction that was aborted: batches of this producer from this offset on do not count (KIP-98). */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** How batches are read. */
export interface ChunkOptions {
  readonly isCrcChecked: boolean;
  readonly decompressedBytesMax: number;
}

/** Records taken from a chunk, and where reading goes on. */
export interface TakenRecords {
  readonly records: RecordView[];
  readonly nextOffset: number;
  /** Of the last batch that was read from; -1 when none was. */
  readonly leaderEpoch: number;
}

/**
 * The bytes that one Fetch brought of one partition: whole batches, maybe followed by part of one. Expanded batch by
 * batch, as records are taken.
 */
export class FetchedChunk {
  readonly sizeInBytes: number;
  /** Where the next Fetch goes on; -1 when there is no whole batch. */
  readonly endOffset: number;
  readonly #source: TopicPartition;
  readonly #bytes: Buffer;
  readonly #options: ChunkOptions;
  /** Undefined: everything counts. Sorted by offset, those that have begun taken out. */
  readonly #aborted: AbortedTransaction[] | undefined;
  readonly #abortedProducers = new Set<number>();
  readonly #starts: number[] = [];
  #next = 0;
  #open: RecordCursor | undefined;

  /** `aborted` is undefined unless only committed records are wanted. Throws CorruptRecordError. */
  constructor(
    source: TopicPartition,
    bytes: Buffer,
    aborted: readonly AbortedTransaction[] | undefined,
    options: ChunkOptions,
  ) {
    this.#source = source;
    this.#bytes = bytes;
    this.#options = options;
    this.#aborted = aborted?.toSorted((a, b) => a.firstOffset - b.firstOffset);
    this.sizeInBytes = bytes.length;
    const cursor = new BatchCursor(bytes);
    while (cursor.next()) this.#starts.push(cursor.at);
    if (cursor.state === 'corrupt' || (this.#starts.length === 0 && bytes.length > 0)) {
      throw new CorruptRecordError(`the broker sent something that is no batch of ${nameOf(source)}`);
    }
    const last = this.#starts.at(-1);
    this.endOffset = last === undefined ? -1 : batchHeader.lastOffset(bytes, last) + 1;
  }

  get isDone(): boolean {
    return this.#open === undefined && this.#next >= this.#starts.length;
  }

  /**
   * Takes at most `recordsMax` records from `position` on. Nothing is lost by an error (CorruptRecordError,
   * DecompressionLimitError, UnsupportedCodecError): it comes again, once the records before it have been taken.
   */
  take(position: number, recordsMax: number): TakenRecords {
    const records: RecordView[] = [];
    let nextOffset = position;
    let leaderEpoch = -1;
    while (records.length < recordsMax) {
      const at = this.#starts[this.#next];
      if (at === undefined) break;
      try {
        this.#open ??= this.#openBatch(at, position);
        if (this.#open !== undefined) this.#read(this.#open, position, recordsMax, records);
      } catch (error) {
        if (records.length === 0) throw error;
        break;
      }
      leaderEpoch = batchHeader.leaderEpoch(this.#bytes, at);
      const last = records.at(-1);
      if (this.#open !== undefined) {
        nextOffset = Math.max(nextOffset, (last?.offset ?? -1) + 1);
        break;
      }
      nextOffset = Math.max(nextOffset, batchHeader.lastOffset(this.#bytes, at) + 1);
      this.#next += 1;
    }
    return { records, nextOffset, leaderEpoch };
  }

  /** Closes the batch when it is read to its end. */
  #read(open: RecordCursor, position: number, recordsMax: number, records: RecordView[]): void {
    while (records.length < recordsMax) {
      if (!open.next()) {
        this.#open = undefined;
        return;
      }
      if (open.offset >= position) records.push(open.view());
    }
  }

  /** The records of a batch; undefined when none of them counts. */
  #openBatch(at: number, position: number): RecordCursor | undefined {
    const bytes = this.#bytes;
    const lastOffset = batchHeader.lastOffset(bytes, at);
    if (lastOffset < position) return undefined;
    if (this.#options.isCrcChecked && !batchHeader.isCrcValid(bytes, at)) {
      const offset = batchHeader.baseOffset(bytes, at);
      throw new CorruptRecordError(
        `the checksum of the batch at offset ${offset} of ${nameOf(this.#source)} is wrong: seek to ${lastOffset + 1} to go on behind it`,
      );
    }
    this.#beginTransactions(lastOffset);
    if (batchHeader.isControl(bytes, at)) {
      this.#endTransaction(at);
      return undefined;
    }
    const isAborted =
      batchHeader.isTransactional(bytes, at) && this.#abortedProducers.has(batchHeader.producerId(bytes, at));
    return isAborted ? undefined : openRecords(bytes, at, this.#options.decompressedBytesMax);
  }

  #beginTransactions(lastOffset: number): void {
    const aborted = this.#aborted;
    while (aborted?.[0] !== undefined && aborted[0].firstOffset <= lastOffset) {
      this.#abortedProducers.add(aborted[0].producerId);
      aborted.shift();
    }
  }

  #endTransaction(at: number): void {
    if (this.#aborted === undefined) return;
    const control = openRecords(this.#bytes, at, this.#options.decompressedBytesMax);
    const key = control.next() ? control.view().key : null;
    if (key !== null && controlRecordType(key) === 'ABORT') {
      this.#abortedProducers.delete(batchHeader.producerId(this.#bytes, at));
    }
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
