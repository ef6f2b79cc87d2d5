import { batchHeader } from '../../../kafka/records/index.ts';
import type { TaskWorld } from '../../../platform/executor.ts';
import { scanBatches } from '../batch-scan.ts';
import type { RottenRange } from './rotten-batches.ts';

/** Checks the batches of a closed segment's file that begin in [`from`, `from + bytesMax`). */
export interface ScrubTask {
  readonly path: string;
  readonly from: number;
  readonly bytesMax: number;
  /** Bytes of the segment. */
  readonly size: number;
  /** Offset that the batch at `from` has at least. */
  readonly nextOffset: number;
  /** Offset after the last record of the segment. */
  readonly endOffset: number;
}

/** `from` and `nextOffset` for the next piece; `from` is the size when the segment is done. */
export interface ScrubOutcome {
  readonly from: number;
  readonly nextOffset: number;
  readonly rotten: readonly RottenRange[];
}

/** The work of a scrub, off the event loop. Throws the system's errors. */
export function run(task: ScrubTask, { files }: TaskWorld): ScrubOutcome {
  const file = files.open(task.path, 'read');
  const rotten: RottenRange[] = [];
  let { nextOffset } = task;
  let isOver = false;
  try {
    const from = scanBatches(file, { from: task.from, to: task.size }, (buffer, at, position) => {
      isOver = position >= task.from + task.bytesMax;
      if (isOver) return false;
      const firstOffset = batchHeader.baseOffset(buffer, at);
      const lastOffset = batchHeader.lastOffset(buffer, at);
      // The CRC does not cover the base offset.
      if (firstOffset < nextOffset || lastOffset < firstOffset || lastOffset >= task.endOffset) return false;
      if (!batchHeader.isCrcValid(buffer, at)) rotten.push({ position, firstOffset, lastOffset });
      nextOffset = lastOffset + 1;
      return true;
    });
    if (isOver || from === task.size) return { from, nextOffset, rotten };
    const rest = { position: from, firstOffset: nextOffset, lastOffset: task.endOffset - 1 };
    return { from: task.size, nextOffset: task.endOffset, rotten: [...rotten, rest] };
  } finally {
    file.close();
  }
}
