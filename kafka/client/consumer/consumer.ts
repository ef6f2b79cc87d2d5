import type { RecordView } from '../../records/index.ts';
import type { Assignor } from '../group/assignor.ts';
import type {
  CommittedOffset,
  TimestampedOffset,
  TopicPartition,
  TopicPartitionOffset,
} from '../topic-partition.ts';

/** Where to begin when a group has no offset, or the offset is out of the log: `none` throws NoOffsetError at poll. */
export type AutoOffsetReset = 'earliest' | 'latest' | 'none';

/** How a consumer reads. Times are in ms; the defaults are those of Kafka's Java client unless noted. */
export interface ConsumerOptions {
  /** Needed for {@link Consumer.subscribe} and for commits. */
  readonly groupId?: string;
  /** Shown in the broker's logs, quotas and group descriptions. Default: the client's. */
  readonly clientId?: string;
  /** Static membership (KIP-345): a restart within the session timeout causes no rebalance. */
  readonly groupInstanceId?: string;
  /** Whether `poll` and `close` commit what was returned by earlier polls. Default: true with a group. */
  readonly autoCommit?: boolean;
  /** Default 5,000. */
  readonly autoCommitIntervalMs?: number;
  /** Default `latest`. */
  readonly autoOffsetReset?: AutoOffsetReset;
  /** Default `read_uncommitted`. */
  readonly isolationLevel?: 'read_uncommitted' | 'read_committed';
  /** In order of preference. Default: range, then cooperative-sticky. Cooperative only when all of them are. */
  readonly assignors?: readonly (AssignorName | Assignor)[];
  /** Default 45,000. */
  readonly sessionTimeoutMs?: number;
  /** Default 3,000. */
  readonly heartbeatIntervalMs?: number;
  /** A member that does not poll for so long leaves the group; also the rebalance timeout. Default 300,000. */
  readonly maxPollIntervalMs?: number;
  /** Most records one poll returns. Default 10,000 (Java: 500). */
  readonly pollRecordsMax?: number;
  /** Default 1. */
  readonly fetchMinBytes?: number;
  /** Default 500. */
  readonly fetchMaxWaitMs?: number;
  /** Of one answer. Default 50 MiB. */
  readonly fetchBytesMax?: number;
  /** Of one partition in one answer. Default 1 MiB. */
  readonly partitionFetchBytesMax?: number;
  /** Fetched bytes that wait for poll, above which nothing more is fetched. Default 32 MiB. */
  readonly prefetchBytesMax?: number;
  /** Whether the CRC of batches is checked. Default true. */
  readonly isCrcChecked?: boolean;
  /** Most bytes that one batch may expand to. Default 256 MiB. */
  readonly decompressedBytesMax?: number;
  /** Brokers may be asked to serve from a replica in the same rack (KIP-392). Default ''. */
  readonly rackId?: string;
  /** Whether subscribing creates topics. Default false (Java: true). */
  readonly allowAutoTopicCreation?: boolean;
  /** Of calls that ask the brokers. Default: the client's. */
  readonly apiTimeoutMs?: number;
}

/** The assignors that are built in. `cooperative-sticky` never takes away more than it must (KIP-429). */
export type AssignorName = 'range' | 'roundrobin' | 'sticky' | 'cooperative-sticky';

/** Records of one partition, in order. */
export interface PolledRecords extends TopicPartition {
  /** Parse their parts when asked; slices of the fetched bytes. May be empty when only control records were passed. */
  readonly records: readonly RecordView[];
  /** Where the next poll goes on: commit this once the records are processed. */
  readonly nextOffset: number;
  /** Leader epoch of the last batch; -1 when not known. */
  readonly leaderEpoch: number;
  readonly highWatermark: number;
}

/**
 * Hears of changes of the assignment. Called and awaited within `poll`, `unsubscribe` and `close`, never beside the
 * processing of polled records. An error is thrown by that call, after the change.
 */
export interface RebalanceListener {
  /** New partitions, before the first record of them. With the cooperative protocol only those added, maybe none. */
  onAssigned?(partitions: readonly TopicPartition[]): Promise<void> | void;
  /** Partitions that are about to go to another member: their offsets can still be committed. */
  onRevoked?(partitions: readonly TopicPartition[]): Promise<void> | void;
  /** Partitions that other members may have already. Default: `onRevoked`, as in Java. */
  onLost?(partitions: readonly TopicPartition[]): Promise<void> | void;
}

/** What to subscribe to: topics by name, or all whose name the pattern matches as a whole, now and later. */
export type Subscription = { readonly topics: readonly string[] } | { readonly pattern: TopicPattern };

/** A RegExp does: internal topics are never offered to it. */
export interface TopicPattern {
  test(topic: string): boolean;
}

/**
 * Reads records. One poll at a time; calls of other methods between polls, or within a rebalance listener. Fetching goes
 * on in the background up to `prefetchBytesMax`. Methods that ask the brokers retry up to `apiTimeoutMs`.
 */
export interface Consumer {
  /** Becomes a member of the group at the next poll. Replaces an earlier subscription. */
  subscribe(subscription: Subscription, listener?: RebalanceListener): void;
  /** Leaves the group, after `onRevoked`; also ends an {@link assign}. */
  unsubscribe(): Promise<void>;
  /** Reads exactly these, without a group; from the committed offset, or by the reset policy, where none is given. */
  assign(partitions: readonly (TopicPartition & { readonly offset?: number | undefined })[]): void;
  /** Partitions that are read at present. */
  assignment(): readonly TopicPartition[];
  /**
   * Joins or rebalances when due, then returns what has been fetched, or waits for it up to `timeoutMs`. Throws
   * NoOffsetError, KafkaError (authorization), CorruptRecordError or ClientClosedError; {@link wakeup} ends it early.
   */
  poll(timeoutMs: number): Promise<readonly PolledRecords[]>;
  /** Makes the poll under way, or the next, return at once. */
  wakeup(): void;
  /** Offset of the next record that poll returns; determined first when it is not known. */
  position(partition: TopicPartition): Promise<number>;
  /** Continues there at the next poll. Throws NotAssignedError. */
  seek(position: TopicPartitionOffset): void;
  /** Of the given partitions, or of all. Throws NotAssignedError. */
  seekToBeginning(partitions?: readonly TopicPartition[]): void;
  seekToEnd(partitions?: readonly TopicPartition[]): void;
  /** Poll returns nothing of these until {@link resume}; positions, group membership and prefetched data stay. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  paused(): readonly TopicPartition[];
  /**
   * Stores offsets, of all assigned partitions when none are given. Throws CommitFailedError when the member is no longer
   * in the group, RebalanceInProgressError when it has to poll first, KafkaError for a refused partition.
   */
  commit(offsets?: readonly CommittedOffset[]): Promise<void>;
  /** Offsets the group has stored; partitions without one are left out. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]>;
  beginningOffsets(partitions: readonly TopicPartition[]): Promise<readonly TopicPartitionOffset[]>;
  /** The high watermark, or the last stable offset under read_committed. */
  endOffsets(partitions: readonly TopicPartition[]): Promise<readonly TopicPartitionOffset[]>;
  /** For each the first record at or after the time; partitions that have none are left out. */
  offsetsForTimes(
    times: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<readonly TimestampedOffset[]>;
  /** Member id, generation and the rest; undefined before the first join and without a group. */
  groupMetadata(): ConsumerGroupMetadata | undefined;
  /** Asks for a rebalance at the next poll. */
  enforceRebalance(reason?: string): void;
  /** Commits if `autoCommit`, calls `onRevoked`, leaves the group (a static member does not) and closes. Idempotent. */
  close(): Promise<void>;
}

/** What a transactional producer would send along with offsets. */
export interface ConsumerGroupMetadata {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
}
