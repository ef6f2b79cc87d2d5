import { abortedTransactions, type PartitionLog } from '../../../broker/log/index.ts';
import { batchHeader, readEndTxnMarker, readRecords } from '../../../kafka/records/index.ts';

/** The last stable offset of a log on one replica. */
export function lastStableOffset(log: PartitionLog): number {
  return Math.min(log.durableOffset, log.firstUnstableOffset);
}

/**
 * What a read_committed consumer sees from `fromOffset` on, as `offset:key=value`: what Kafka's client makes of fetches
 * of at most `maxBytes` and the aborted transactions that come with them.
 */
export function readCommitted(log: PartitionLog, fromOffset = log.logStartOffset, maxBytes = 200): string[] {
  const seen: string[] = [];
  const endOffset = lastStableOffset(log);
  for (let startOffset = fromOffset; startOffset < endOffset; ) {
    const bytes = log.read({ startOffset, endOffset, maxBytes, minOneBatch: true }, (size) =>
      Buffer.alloc(size),
    );
    if (bytes.length === 0) break;
    const aborted = [...abortedTransactions(log.segments, startOffset, Math.min(endOf(bytes), endOffset))];
    expectSorted(aborted.map(({ firstOffset }) => firstOffset));
    const abortedProducers = new Set<number>();
    for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
      const producerId = batchHeader.producerId(bytes, at);
      while ((aborted[0]?.firstOffset ?? Number.POSITIVE_INFINITY) <= batchHeader.lastOffset(bytes, at)) {
        abortedProducers.add(aborted.shift()?.producerId ?? -1);
      }
      if (batchHeader.isControl(bytes, at)) {
        if (readEndTxnMarker(bytes, at)?.type === 'ABORT') abortedProducers.delete(producerId);
        continue;
      }
      if (batchHeader.isTransactional(bytes, at) && abortedProducers.has(producerId)) continue;
      for (const { offset, key, value } of readRecords(bytes, at, 1 << 20)) {
        if (offset >= fromOffset) seen.push(`${offset}:${key}=${value}`);
      }
    }
    startOffset = endOf(bytes);
  }
  return seen;
}

function endOf(bytes: Buffer): number {
  let end = 0;
  for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
    end = batchHeader.lastOffset(bytes, at) + 1;
  }
  return end;
}

function expectSorted(offsets: readonly number[]): void {
  for (const [i, offset] of offsets.entries()) {
    if (i > 0 && offset < (offsets[i - 1] ?? 0)) throw new Error(`not sorted: ${offsets.join(', ')}`);
  }
}
