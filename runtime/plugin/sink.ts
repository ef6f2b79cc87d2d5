import type { SinkRecord } from '../data/index.ts';
import type { ConfigOf, ConfigSchema } from './config-schema.ts';
import type { PluginContext, SinkContext } from './context.ts';
import type { RecordError } from './errors.ts';
import type { OffsetChange, PartitionOffset, TopicPartition } from './topic-partition.ts';

/**
 * Consumed records, transformed, in order within each partition; several partitions may be mixed. `topic`, `partition`
 * and `offset` of a record are those it was consumed from, unless a transform changed the topic.
 */
export interface SinkBatch {
  readonly records: readonly SinkRecord[];
  /** For each consumed partition the offset after this batch, records that transforms dropped included. */
  readonly offsets: readonly PartitionOffset[];
}

/**
 * A plugin that writes to the outside world. `H` is whatever `open` returns: a connection, a pool, a state object.
 *
 * Delivery: when `write` has resolved, its records are written for good and the runtime commits their offsets; after a
 * crash the records since the last commit come again. Two ways to make that repetition harmless: write idempotently
 * (upsert by key, or by topic-partition-offset), or store `batch.offsets` in the transaction that stores the records
 * and return them from `committedOffsets`.
 */
export interface SinkPlugin<S extends ConfigSchema = ConfigSchema, C = ConfigOf<S>, H = unknown> {
  /** kebab-case, unique among the sinks. */
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Other names that `connector.class` may have, Java class names among them. */
  readonly aliases?: readonly string[];
  readonly config: S;
  /** Rules between keys. Throws `ConfigError`. No I/O. */
  validate?(config: C): void;
  /** Tries the connection. Throws when the sink could not be written. Called only on request. */
  check?(config: C, ctx: PluginContext): Promise<void>;
  open(config: C, ctx: SinkContext): Promise<H> | H;
  /**
   * Writes a batch. Resolving with RecordErrors: those records were refused, all others are written; when all of several
   * records are refused with the same message, that is taken as a refusal of the batch as a whole. Throwing
   * RetriableError: the same batch comes again. Throwing anything else: nothing of it counts as written. A batch that failed
   * as a whole comes again in halves when errors are tolerated, to find the record at fault.
   */
  write(
    handle: H,
    batch: SinkBatch,
    ctx: SinkContext,
  ): Promise<void> | Promise<readonly RecordError[] | undefined>;
  /**
   * A sink that has this may buffer in `write`. Offsets are committed only after `flush` has resolved: before a
   * rebalance, at stop, and every `offset.flush.interval.ms`.
   */
  flush?(handle: H, ctx: SinkContext): Promise<void>;
  /**
   * For sinks that store offsets themselves: where to resume. Partitions that are not in the answer resume from the
   * group's committed offset. Called whenever partitions are assigned, before their first batch.
   */
  committedOffsets?(
    handle: H,
    partitions: readonly TopicPartition[],
    ctx: SinkContext,
  ): Promise<readonly PartitionOffset[]>;
  /**
   * For sinks that know better than the runtime what is written for good: called after `flush` with the offsets that could
   * be committed; those it returns are. Partitions that it leaves out keep their committed offset, and so does one whose
   * answer lies past what was asked.
   */
  preCommit?(
    handle: H,
    offsets: readonly PartitionOffset[],
    ctx: SinkContext,
  ): Promise<readonly PartitionOffset[]>;
  /** Partitions were assigned, and their batches follow. */
  assigned?(handle: H, partitions: readonly TopicPartition[], ctx: SinkContext): Promise<void> | void;
  /** Partitions go to another task; what was written of them is flushed and committed. */
  revoked?(handle: H, partitions: readonly TopicPartition[], ctx: SinkContext): Promise<void> | void;
  /** Partitions have gone without a chance to commit. Default: as `revoked`. */
  lost?(handle: H, partitions: readonly TopicPartition[], ctx: SinkContext): Promise<void> | void;
  /**
   * For sinks that store offsets themselves: an operator wants others; `offsets` undefined: forget all. The connector is
   * stopped. Throws `ConfigError` when they cannot be right.
   */
  alterOffsets?(
    config: C,
    offsets: readonly OffsetChange[] | undefined,
    ctx: PluginContext,
  ): Promise<void> | void;
  /** Called once, also after a failure. `flush` was called before it when the stop was orderly. */
  close?(handle: H): Promise<void> | void;
}
