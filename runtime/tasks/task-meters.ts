import type { Clock } from '../../platform/clock.ts';
import { WindowedStat } from './windowed-stat.ts';

/** What a task measures beside what it counts in its progress. Recorded once a batch or commit, never per record. */
export interface TaskMeters {
  /** Records that were read, by batch. */
  readonly read: WindowedStat;
  /** Records that were written, by batch. */
  readonly written: WindowedStat;
  /** Ms that a source took for a batch, or a sink's `write`. */
  readonly batchMs: WindowedStat;
  /** Ms of commits that succeeded: offsets of a sink, positions of a source. */
  readonly commitMs: WindowedStat;
  readonly commitFailures: WindowedStat;
  /** Commits of a sink whose end came too late to count. */
  readonly commitSkips: WindowedStat;
  /** Rebalances of a sink's group: ms from giving partitions up, or from joining, to the new assignment. */
  readonly rebalanceMs: WindowedStat;
  /** Records that were read and not yet written, looked at with each batch. */
  readonly active: WindowedStat;
}

/** All empty. */
export function newMeters(clock: Clock): TaskMeters {
  return {
    read: new WindowedStat(clock),
    written: new WindowedStat(clock),
    batchMs: new WindowedStat(clock),
    commitMs: new WindowedStat(clock),
    commitFailures: new WindowedStat(clock),
    commitSkips: new WindowedStat(clock),
    rebalanceMs: new WindowedStat(clock),
    active: new WindowedStat(clock),
  };
}
