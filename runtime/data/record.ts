import type { Schema, SchemaAndValue } from './schema.ts';
import type { Value } from './value.ts';

/** One record header. Names may repeat; order matters. */
export interface Header {
  readonly key: string;
  readonly schema: Schema | undefined;
  readonly value: Value;
}

/**
 * A record between source, transforms, converters and sink. Immutable: a transform makes a new one with
 * {@link newRecord}. Every record has all properties in the same order, so that V8 sees one shape.
 */
export interface ConnectRecord<V = Value, K = Value> {
  readonly topic: string;
  /** Undefined: the producer chooses. */
  readonly partition: number | undefined;
  readonly keySchema: Schema | undefined;
  readonly key: K;
  readonly valueSchema: Schema | undefined;
  readonly value: V;
  /** Milliseconds since the epoch. */
  readonly timestamp: number | undefined;
  readonly headers: readonly Header[];
  /** Where a consumed record was in its partition; undefined on the source side. */
  readonly offset: number | undefined;
}

/** A record on its way to a sink: it was consumed, so it has a partition and an offset. */
export interface SinkRecord<V = Value, K = Value> extends ConnectRecord<V, K> {
  readonly partition: number;
  readonly offset: number;
}

/** What a source writes. `topic` may be left out when the connector's config names one. */
export interface SourceRecord<V = Value, K = Value> {
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly keySchema?: Schema | undefined;
  readonly key?: K;
  readonly valueSchema?: Schema | undefined;
  readonly value: V;
  readonly timestamp?: number | undefined;
  readonly headers?: readonly Header[] | Readonly<Record<string, string>> | undefined;
}

/** Which parts of a record {@link newRecord} replaces. */
export type RecordChange = Partial<ConnectRecord>;

const noHeaders: readonly Header[] = [];

/** Completes a source's record. `topic` is used where the record names none. */
export function connectRecord(record: SourceRecord, topic = ''): ConnectRecord {
  return {
    topic: record.topic ?? topic,
    partition: record.partition,
    keySchema: record.keySchema,
    key: record.key ?? null,
    valueSchema: record.valueSchema,
    value: record.value ?? null,
    timestamp: record.timestamp,
    headers: record.headers === undefined ? noHeaders : toHeaders(record.headers),
    offset: undefined,
  };
}

/** A copy with some parts replaced. A part named with the value undefined is set to undefined. */
export function newRecord(record: ConnectRecord, change: RecordChange): ConnectRecord {
  return {
    topic: change.topic ?? record.topic,
    partition: 'partition' in change ? change.partition : record.partition,
    keySchema: 'keySchema' in change ? change.keySchema : record.keySchema,
    key: 'key' in change ? change.key : record.key,
    valueSchema: 'valueSchema' in change ? change.valueSchema : record.valueSchema,
    value: 'value' in change ? change.value : record.value,
    timestamp: 'timestamp' in change ? change.timestamp : record.timestamp,
    headers: change.headers ?? record.headers,
    offset: 'offset' in change ? change.offset : record.offset,
  };
}

/** A copy with another key. */
export function withKey(record: ConnectRecord, keySchema: Schema | undefined, key: Value): ConnectRecord {
  const { topic, partition, valueSchema, value, timestamp, headers, offset } = record;
  return { topic, partition, keySchema, key, valueSchema, value, timestamp, headers, offset };
}

/** A copy with another value. */
export function withValue(
  record: ConnectRecord,
  valueSchema: Schema | undefined,
  value: Value,
): ConnectRecord {
  const { topic, partition, keySchema, key, timestamp, headers, offset } = record;
  return { topic, partition, keySchema, key, valueSchema, value, timestamp, headers, offset };
}

/** The last header with that name, as Connect's `lastWithName`. */
export function lastHeader(headers: readonly Header[], key: string): Header | undefined {
  return headers.findLast((header) => header.key === key);
}

/** A header from a name and what a header converter made of its bytes. */
export function makeHeader(key: string, { schema, value }: SchemaAndValue): Header {
  return { key, schema, value };
}

function toHeaders(headers: readonly Header[] | Readonly<Record<string, string>>): readonly Header[] {
  if (Array.isArray(headers)) return headers as readonly Header[];
  return Object.entries(headers as Readonly<Record<string, string>>).map(([key, value]) => ({
    key,
    schema: undefined,
    value,
  }));
}
