import { batchHeader, readEndTxnMarker } from '../../kafka/records/index.ts';
import type { CompletedTransaction } from './open-transactions.ts';
import type { EndOfTransaction, ProducerAppend, ProducerBatch, ProducerState } from './producer-state.ts';

/**
 * Notes in `state` what the appended batch at `at` says of its producer. Returns the transaction that it ended, if it is
 * a marker that ended one.
 */
export function replayBatch(
  state: ProducerState,
  buffer: Buffer,
  at: number,
): CompletedTransaction | undefined {
  if (batchHeader.producerId(buffer, at) < 0) return undefined;
  if (batchHeader.isControl(buffer, at)) {
    const marker = markerOf(buffer, at);
    return marker && state.end(marker);
  }
  state.update(producerAppendOf(buffer, at), producerBatchOf(buffer, at));
  return undefined;
}

/** The producer fields of the batch at `at`. */
export function producerAppendOf(buffer: Buffer, at: number): ProducerAppend {
  return {
    producerId: batchHeader.producerId(buffer, at),
    producerEpoch: batchHeader.producerEpoch(buffer, at),
    firstSequence: batchHeader.baseSequence(buffer, at),
    lastSequence: batchHeader.lastSequence(buffer, at),
    isTransactional: batchHeader.isTransactional(buffer, at),
  };
}

/** What is to be remembered of the batch at `at`, whose offsets are final. */
export function producerBatchOf(buffer: Buffer, at: number): ProducerBatch {
  return {
    lastSequence: batchHeader.lastSequence(buffer, at),
    lastOffset: batchHeader.lastOffset(buffer, at),
    offsetDelta: batchHeader.lastOffsetDelta(buffer, at),
    timestamp: batchHeader.maxTimestamp(buffer, at),
  };
}

/** `undefined` for control batches that are no markers. */
function markerOf(buffer: Buffer, at: number): EndOfTransaction | undefined {
  const header = {
    producerId: batchHeader.producerId(buffer, at),
    producerEpoch: batchHeader.producerEpoch(buffer, at),
    offset: batchHeader.lastOffset(buffer, at),
    timestamp: batchHeader.maxTimestamp(buffer, at),
  };
  // Compaction keeps the header of a producer's last marker for its epoch, when nothing of the transaction is left.
  if (batchHeader.recordCount(buffer, at) === 0) return { ...header, coordinatorEpoch: -1, isAborted: false };
  const marker = readEndTxnMarker(buffer, at);
  if (marker === undefined) return undefined;
  return { ...header, coordinatorEpoch: marker.coordinatorEpoch, isAborted: marker.type === 'ABORT' };
}
