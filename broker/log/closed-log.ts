import { batchHeader } from '../../kafka/records/index.ts';
import type { FileStat, Files } from '../../platform/files.ts';
import type { TopicConfig } from '../config/index.ts';
import { scanBatches } from './batch-scan.ts';
import { segmentsIn } from './partition-folder.ts';
import { segmentPath } from './segment-files.ts';
import { TimeIndex } from './time-index.ts';

/** A smaller segment is read itself: it may not have had its closing entry in the time index. */
const READ_WHOLE_BYTES_MAX = 1 << 16;

/**
 * From when on (ms since the epoch) a log that is not open has to be opened because retention may take something from it,
 * or compaction may clean it; Infinity: not before it is written to or its configs change. Looks at names, sizes and the
 * first segment only. Throws the system's errors.
 */
export function housekeepingDueMs(
  files: Files,
  folder: string,
  { config, logStartOffset }: { readonly config: TopicConfig; readonly logStartOffset: number },
): number {
  const [first, ...others] = segmentsIn(files, folder);
  if (first === undefined) return Number.POSITIVE_INFINITY;
  const { cleanupPolicy, retentionBytes, retentionMs } = config;
  if (others[0] !== undefined && others[0] <= logStartOffset) return 0;
  if (cleanupPolicy.compact && others.length > 0) return 0; // The cleaner looks at open logs.
  const stat = files.stat(segmentPath(folder, first, '.log'));
  const isEmpty = stat === undefined || (stat.size === 0 && others.length === 0);
  if (!cleanupPolicy.delete || isEmpty) return Number.POSITIVE_INFINITY;
  if (retentionBytes >= 0) {
    const sizes = others.map((offset) => files.stat(segmentPath(folder, offset, '.log'))?.size ?? 0);
    if (sizes.reduce((sum, size) => sum + size, 0) >= retentionBytes) return 0;
  }
  if (retentionMs < 0) return Number.POSITIVE_INFINITY;
  return newestMs(files, folder, first, stat) + retentionMs + 1;
}

/** The largest timestamp of a segment, at most the time of its last write: an index may be damaged, or behind. */
function newestMs(files: Files, folder: string, baseOffset: number, { size, modifiedMs }: FileStat): number {
  const largest =
    size <= READ_WHOLE_BYTES_MAX
      ? largestTimestamp(files, segmentPath(folder, baseOffset, '.log'), size)
      : lastEntry(files, segmentPath(folder, baseOffset, '.timeindex'));
  return largest < 0 ? modifiedMs : Math.min(largest, modifiedMs);
}

function largestTimestamp(files: Files, path: string, size: number): number {
  let largest = -1;
  const file = files.open(path, 'read');
  try {
    scanBatches(file, { from: 0, to: size }, (buffer, at) => {
      largest = Math.max(largest, batchHeader.maxTimestamp(buffer, at));
      return true;
    });
  } finally {
    file.close();
  }
  return largest;
}

/** 0, which is never too late, when the index is missing or says nothing. */
function lastEntry(files: Files, path: string): number {
  if (files.stat(path) === undefined) return 0;
  return TimeIndex.decode(files.readFile(path))?.last?.timestamp ?? 0;
}
