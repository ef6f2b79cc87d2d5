import type { Files } from '../../platform/files.ts';
import { removeProducerSnapshots, writeProducerSnapshot } from './producer-snapshot.ts';
import type { ProducerState } from './producer-state.ts';
import type { Segment } from './segment.ts';

/**
 * Writes what a later start should find of the last segment of a log, which ends at `endOffset`: its indexes, closed,
 * and the producers as of its end. Throws the system's errors.
 */
export function writeSegmentEnd(
  files: Files,
  directory: string,
  segment: Segment,
  producers: ProducerState,
  endOffset: number,
): void {
  // The snapshot is durable with the directory, and what it says makes a start look for this index.
  if (producers.knowsMarkers && segment.writtenSize > 0) segment.transactions.persistDurably();
  segment.seal();
  segment.persistIndexes();
  writeProducerSnapshot(files, directory, endOffset, producers);
  producers.onSegmentEnd();
}

/** As {@link writeSegmentEnd} for the last of a log's segments; the others get the index entries that their files lack. */
export function writeLogEnd(
  files: Files,
  directory: string,
  segments: readonly Segment[],
  producers: ProducerState,
  endOffset: number,
): void {
  for (const segment of segments) segment.persistIndexes();
  const active = segments.at(-1);
  if (active !== undefined) writeSegmentEnd(files, directory, active, producers, endOffset);
  removeProducerSnapshots(files, directory, [...segments.map(({ baseOffset }) => baseOffset), endOffset]);
}
