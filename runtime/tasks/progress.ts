/** What a task has done since it was started. Plain numbers, counted up while records pass. */
export interface TaskProgress {
  /** Records that a source's plugin gave, or a sink's consumer fetched. */
  recordsRead: number;
  /** Records that are durable in Kafka (source), or that the plugin has written (sink). */
  recordsWritten: number;
  /** Records that transforms dropped on purpose. */
  recordsFiltered: number;
  /** Bad records that were skipped under errors.tolerance=all without a dead letter queue. */
  recordsSkipped: number;
  recordsDeadLettered: number;
  /** Records that were sent to the dead letter queue, and those that did not arrive. */
  deadLetterRequests: number;
  deadLetterFailures: number;
  /** Tolerated errors that were logged. */
  errorsLogged: number;
  /** Failed attempts that were followed by another one. */
  retries: number;
  /** Records that failed in the end: skipped, dead-lettered, or the one that failed the task. */
  failures: number;
  /** Ms since the epoch. */
  lastErrorAt: number | undefined;
  /** A source: all partitions of the task are read to their end, and everything is stored. */
  isExhausted: boolean;
  /** A sink: records between what is written and the end of its partitions, as far as it knows. */
  lag: number;
}

/** Records that were read, and of which it is not yet known what becomes of them. */
export function activeRecords(progress: TaskProgress): number {
  const { recordsRead, recordsWritten, recordsFiltered, recordsSkipped, recordsDeadLettered } = progress;
  return Math.max(0, recordsRead - recordsWritten - recordsFiltered - recordsSkipped - recordsDeadLettered);
}

/** All at zero. */
export function newProgress(): TaskProgress {
  return {
    recordsRead: 0,
    recordsWritten: 0,
    recordsFiltered: 0,
    recordsSkipped: 0,
    recordsDeadLettered: 0,
    deadLetterRequests: 0,
    deadLetterFailures: 0,
    errorsLogged: 0,
    retries: 0,
    failures: 0,
    lastErrorAt: undefined,
    isExhausted: false,
    lag: 0,
  };
}
