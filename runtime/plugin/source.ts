import type { SourceRecord } from '../data/index.ts';
import type { ConfigOf, ConfigSchema } from './config-schema.ts';
import type { PluginContext, SourceContext } from './context.ts';

/** What can be stored as a position. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Names one independent stream of a source: a file, a table, a queue. Kafka Connect's source partition. Positions are
 * stored under its exact content, so it must not change between runs.
 */
export type SourcePartition = JsonObject;

/** Where reading resumes: `position` is what the last durable batch carried, undefined on the first run. */
export interface ReadFrom<P = JsonValue> {
  readonly partition: SourcePartition;
  readonly position: P | undefined;
}

/**
 * Something that was read but could not become a record: a line with too few cells, bytes that are not UTF-8. It goes to
 * the dead-letter queue as it was read.
 */
export interface UnreadableRecord {
  /** Why, for people, with the place: `orders.csv line 7: 3 cells where the header has 4`. */
  readonly error: Error;
  /** What was read, byte for byte: the value of the dead-letter record. Kept, not copied. */
  readonly raw: Uint8Array;
  /** Where the record would have gone; may be left out when the connector's config names the topic. */
  readonly topic?: string | undefined;
  /** Headers of the dead-letter record, beside those that the runtime adds. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Records and the position after them. The runtime stores the position once all records of the batch, and of every batch
 * before it, are durable. A batch without records just moves the position.
 */
export interface SourceBatch<P = JsonValue> {
  readonly records: readonly SourceRecord[];
  readonly position: P;
  /**
   * What was read between the last position and this one, and is not among `records`. Handled as `errors.tolerance` says:
   * `none` fails the task before anything of this batch is written; `all` writes each to the dead-letter queue, counts
   * and logs it, and the position waits for that as it waits for the records.
   */
  readonly unreadable?: readonly UnreadableRecord[] | undefined;
}

/**
 * A plugin that reads the outside world.
 *
 * Delivery: after a crash or restart, `read` is called with the last stored position, so records after it come again:
 * at least once, or exactly once when the worker writes positions and records in one transaction. The runtime asks for
 * the next batch only when there is room for it; nothing has to be acknowledged by hand.
 */
export interface SourcePlugin<S extends ConfigSchema = ConfigSchema, C = ConfigOf<S>, P = JsonValue> {
  /** kebab-case, unique among the sources. */
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Other names that `connector.class` may have, Java class names among them. */
  readonly aliases?: readonly string[];
  readonly config: S;
  /** Rules between keys. Throws `ConfigError`. No I/O. */
  validate?(config: C): void;
  /** Tries the connection. Throws when the source could not be read. Called only on request. */
  check?(config: C, ctx: PluginContext): Promise<void>;
  /** The streams that can be read in parallel. Default: one, `{}`. Spread over at most `tasks.max` tasks. */
  partitions?(config: C, ctx: PluginContext): Promise<readonly SourcePartition[]>;
  /**
   * Reads one partition from a position on, batch by batch. Ends when a bounded source is exhausted or the signal is
   * aborted; use `finally` to close what was opened. Throws RetriableError to be called again from the last position.
   */
  read(config: C, from: ReadFrom<P>, ctx: SourceContext): AsyncIterable<SourceBatch<P>>;
  /** Called when a position has been stored: confirm to the upstream system (LSN, queue delete). In order, may skip. */
  acked?(
    config: C,
    at: { readonly partition: SourcePartition; readonly position: P },
    ctx: PluginContext,
  ): Promise<void>;
  /** Throws `ConfigError` when an operator's new positions cannot be right. `position` null: forget it. */
  alterOffsets?(
    config: C,
    offsets: readonly { readonly partition: SourcePartition; readonly position: JsonValue }[],
  ): void;
}
