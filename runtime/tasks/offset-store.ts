import type { JsonValue, SourcePartition } from '../plugin/index.ts';

/** A source partition with the position to store for it. */
export interface StoredPosition {
  readonly partition: SourcePartition;
  readonly position: JsonValue;
}

/** Where source tasks keep how far they have read. */
export interface OffsetStore {
  /** Undefined when nothing is stored. */
  read(connector: string, partition: SourcePartition): JsonValue | undefined;
  /** The right to store a task's positions; whoever had it before for the same task has it no more. */
  openWriter(connector: string, task: number): OffsetWriter;
}

/** Stores a task's positions as long as nobody else has taken its place: a zombie can spoil nothing. */
export interface OffsetWriter {
  /** Grows with each writer of the connector; the largest of a task is the one in force. */
  readonly generation: number;
  /** Resolves when all of it is durable. Throws OffsetWriterFencedError, and then nothing was written. */
  write(positions: readonly StoredPosition[]): Promise<void>;
  /** From now on it writes nothing. */
  close(): void;
}
