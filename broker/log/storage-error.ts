import { AppendFailedError, LogDirectoryOfflineError } from './errors.ts';

const PASSING = new Set<unknown>(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);

/** Whether this is the system's error for a file, rather than one of this program. */
export function isStorageError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** Whether the same operation may work later: no room, no file handles. After any other storage error nothing is certain. */
export function isPassing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && PASSING.has(error.code);
}

/** Whether the system's error for a file will not pass by itself: then its directory must go offline. */
export function isLasting(error: unknown): boolean {
  return isStorageError(error) && !isPassing(error);
}

/** Whether an operation failed for reasons of storage: KAFKA_STORAGE_ERROR to a client. */
export function isStorageFailure(error: unknown): boolean {
  return (
    error instanceof AppendFailedError || error instanceof LogDirectoryOfflineError || isStorageError(error)
  );
}
