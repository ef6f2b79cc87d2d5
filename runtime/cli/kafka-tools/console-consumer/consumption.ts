import type { Consumer } from '../../../../kafka/client/index.ts';
import type { ToolContext } from '../tool.ts';
import type { Progress } from './progress.ts';
import type { RecordPrinter } from './record-printer.ts';

const POLL_MS = 1_000;

/** When to stop, and how often to commit. */
export interface Limits {
  /** Undefined: none. */
  readonly recordsMax: number | undefined;
  /** Undefined: for ever. */
  readonly idleMs: number | undefined;
  readonly commitIntervalMs: number;
}

/** How it went. `isTimedOut`: no record came for `idleMs`. */
export interface Consumption {
  records: number;
  isTimedOut: boolean;
}

/** Polls and prints until a limit is reached, the process is asked to stop, or nobody reads the output any more. */
export async function consume(
  consumer: Consumer,
  printer: RecordPrinter,
  progress: Progress,
  limits: Limits,
  { platform: { clock }, signal, out }: ToolContext,
  consumption: Consumption,
): Promise<void> {
  const recordsMax = limits.recordsMax ?? Number.POSITIVE_INFINITY;
  let lastRecordAt = clock.monotonic();
  let lastCommitAt = lastRecordAt;
  while (consumption.records < recordsMax && !signal.aborted && !out.isClosed) {
    const idleMs = clock.monotonic() - lastRecordAt;
    if (limits.idleMs !== undefined && idleMs >= limits.idleMs) {
      consumption.isTimedOut = true;
      return;
    }
    const leftMs = limits.idleMs === undefined ? POLL_MS : Math.ceil(limits.idleMs - idleMs);
    const polled = await consumer.poll(Math.min(POLL_MS, leftMs));
    for (const each of polled) {
      const left = recordsMax - consumption.records;
      if (left <= 0) break;
      await printer.print(each, left);
      const { topic, partition, records, nextOffset } = each;
      const isComplete = records.length <= left;
      consumption.records += isComplete ? records.length : left;
      progress.reach({
        topic,
        partition,
        offset: isComplete ? nextOffset : (records[left]?.offset ?? nextOffset),
      });
      if (records.length > 0) lastRecordAt = clock.monotonic();
    }
    if (clock.monotonic() - lastCommitAt >= limits.commitIntervalMs) {
      await progress.commit();
      lastCommitAt = clock.monotonic();
    }
  }
}
