import type { AbortedTransaction } from '../log/index.ts';

/** A partition that a fetch asks for, with everything the request says of it. */
export interface FetchTarget {
  /** Name and id of the topic; whichever the request did not carry is looked up, '' or the zero id when unknown. */
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  readonly lastFetchedEpoch: number;
  readonly partitionMaxBytes: number;
}

/** What a fetch found in one partition, in the words of FetchResponse. */
export interface FetchResult {
  readonly target: FetchTarget;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly records: Buffer;
  /**
   * The aborted transactions of which there are records among these, by first offset; `null` for read_uncommitted and
   * when reading failed.
   */
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  readonly divergingEpoch?: { readonly epoch: number; readonly endOffset: number };
  /** The epoch that this broker leads the partition in, told to who took it for another or for no leader. */
  readonly leaderEpoch?: number;
}

const NO_RECORDS = Buffer.alloc(0);

/** The result for a partition that could not be read. */
export function failedFetch(target: FetchTarget, errorCode: number): FetchResult {
  return {
    target,
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    records: NO_RECORDS,
    abortedTransactions: null,
  };
}
