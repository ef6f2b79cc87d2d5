import { StreamError } from '../../platform/errors.ts';

/** The `quorum-state` file is not what it must be. */
export class QuorumStateError extends StreamError {
  constructor(path: string, problem: string) {
    super(
      'BROKER_QUORUM_STATE',
      `${path}: ${problem}; restore it from a copy, since a lost epoch must not be used again`,
    );
  }
}

/** A snapshot of the metadata cannot be read. */
export class MetadataSnapshotError extends StreamError {
  constructor(path: string, problem: string, cause?: unknown) {
    super(
      'BROKER_METADATA_SNAPSHOT',
      `${path}: ${problem}; restore the file from a copy, since the log before it is gone`,
      { cause },
    );
  }
}
