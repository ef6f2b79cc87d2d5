import type { State } from './status.ts';

/** Something has changed in a connector or a task. */
export interface WorkerEvent {
  readonly connector: string;
  /** Undefined: the connector itself. */
  readonly task: number | undefined;
  /** `EXHAUSTED`: a bounded source has read everything; its task stays RUNNING. */
  readonly state: State | 'EXHAUSTED';
  /** With FAILED: why. */
  readonly error: unknown;
}
