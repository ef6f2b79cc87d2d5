import type { PartitionOffset, SinkBatch, SinkRecord } from '../plugin/index.ts';
import type { Origin } from './sink-decoder.ts';

/** A batch for a sink, with where each record came from. */
export interface OriginBatch extends SinkBatch {
  /** As long as `records`; a record's entry is what it was made of. */
  readonly origins: readonly Origin[];
}

/**
 * Cuts a batch in two. Offsets of the first part end before what the second part begins with, so that a sink that stores
 * them never skips a record.
 */
export function splitBatch(batch: OriginBatch): readonly [OriginBatch, OriginBatch] {
  const middle = batch.records.length >> 1;
  const first = { records: batch.records.slice(0, middle), origins: batch.origins.slice(0, middle) };
  const second = { records: batch.records.slice(middle), origins: batch.origins.slice(middle) };
  return [
    { ...first, offsets: offsetsBefore(batch.offsets, second.origins) },
    { ...second, offsets: batch.offsets },
  ];
}

/** The batch without the partitions that `isKept` is false for. */
export function keepPartitions(
  batch: OriginBatch,
  isKept: (at: { readonly topic: string; readonly partition: number }) => boolean,
): OriginBatch {
  const records: SinkRecord[] = [];
  const origins: Origin[] = [];
  for (const [index, origin] of batch.origins.entries()) {
    const record = batch.records[index];
    if (record === undefined || !isKept(origin)) continue;
    records.push(record);
    origins.push(origin);
  }
  return { records, origins, offsets: batch.offsets.filter(isKept) };
}

function offsetsBefore(offsets: readonly PartitionOffset[], rest: readonly Origin[]): PartitionOffset[] {
  return offsets.map((end) => {
    const next = rest.find(({ topic, partition }) => topic === end.topic && partition === end.partition);
    return next === undefined ? end : { ...end, offset: next.view.offset };
  });
}
