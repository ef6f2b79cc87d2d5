import type { Files } from '../../platform/files.ts';
import { removeProducerSnapshots, writeProducerSnapshot } from './producer-snapshot.ts';
import type { ProducerState } from './producer-state.ts';
import type { Segment } from './segment.ts';

/**
 * Writes what a later start should find of the last segment of a log, which ends at `endOffset`: its indexes, closed,
 * and the producers as of its end, durably. Throws the system's errors.
 */
export function writeSegmentEnd(
  files: Files,
  directory: string,
  segment: Segment,
  producers: ProducerState,
  endOffset: number,
): void {
  closeIndexes(segment, producers);
  writeProducerSnapshot(files, directory, endOffset, producers, 'durable');
  producers.onSegmentEnd();
}

/**
 * As {@link writeSegmentEnd} for the last of a log's segments at an orderly stop; the others get the index entries that
 * their files lack. No wait for the disk, but for transactions: thousands of logs may be closed, and a power cut that
 * takes a snapshot costs a scan of one segment.
 */
export function writeLogEnd(
  files: Files,
  directory: string,
  segments: readonly Segment[],
  producers: ProducerState,
  endOffset: number,
): void {
  for (const segment of segments) segment.persistIndexes();
  const active = segments.at(-1);
  if (active !== undefined) closeIndexes(active, producers);
  // In the place of the one from the last roll, which may be all that is known of an open transaction, goes no weaker one.
  const kind = active?.baseOffset === endOffset ? 'durable' : 'cached';
  writeProducerSnapshot(files, directory, endOffset, producers, kind);
  removeProducerSnapshots(files, directory, [...segments.map(({ baseOffset }) => baseOffset), endOffset]);
}

/** What a snapshot says of markers makes a start look for the index of transactions: that comes first. */
function closeIndexes(segment: Segment, producers: ProducerState): void {
  if (producers.knowsMarkers && segment.writtenSize > 0) segment.transactions.persistDurably();
  segment.seal();
  segment.persistIndexes();
}
