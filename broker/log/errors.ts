import { StreamError } from '../../platform/errors.ts';

/** The asked offset is below the log start or beyond the log end. */
export class OffsetOutOfRangeError extends StreamError {
  constructor(offset: number, startOffset: number, endOffset: number) {
    super(
      'BROKER_OFFSET_OUT_OF_RANGE',
      `offset ${offset} is outside of the log, which holds [${startOffset}, ${endOffset})`,
    );
  }
}

/** The log directory failed (write or sync error) and takes nothing more until the broker is restarted on a healthy disk. */
export class LogDirectoryOfflineError extends StreamError {
  constructor(path: string, cause: unknown) {
    super(
      'BROKER_LOG_DIRECTORY_OFFLINE',
      `log directory ${path} is offline after a storage error; mend the disk and restart`,
      {
        cause,
      },
    );
  }
}

/** The log of one partition was found in two log directories: somebody copied a folder. */
export class MisplacedLogError extends StreamError {
  constructor(name: string, path: string, otherPath: string) {
    super(
      'BROKER_MISPLACED_LOG',
      `the log ${name} is in ${path} and in ${otherPath}; remove the one that is out of date`,
    );
  }
}

/** Another process, or another broker of this one, has the log directory. */
export class LogDirectoryInUseError extends StreamError {
  constructor(path: string, cause: unknown) {
    super(
      'BROKER_LOG_DIRECTORY_IN_USE',
      `log directory ${path} is in use by another broker (EAGAIN on its lock); stop that one, or use another directory`,
      { cause },
    );
  }
}

/** One append could not be written, for instance because the disk is full. Nothing of it is visible; it may be tried again. */
export class AppendFailedError extends StreamError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('BROKER_APPEND_FAILED', `could not append to ${path}: ${reason}`, { cause });
  }
}

/** A file in the log directory does not have the form it must have. */
export class CorruptFileError extends StreamError {
  constructor(path: string, problem: string) {
    super('BROKER_CORRUPT_FILE', `${path}: ${problem}`);
  }
}

/** Where a batch should begin in a log file there is none: the disk did not keep what it was given. */
export class CorruptLogError extends StreamError {
  constructor(path: string, position: number) {
    super(
      'BROKER_CORRUPT_LOG',
      `${path} has no whole record batch at position ${position}; restore the file from a copy`,
    );
  }
}
