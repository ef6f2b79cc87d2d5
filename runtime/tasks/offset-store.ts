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
  /** Resolves when all of it is durable. */
  write(connector: string, positions: readonly StoredPosition[]): Promise<void>;
}
