import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  FatalError,
  type OffsetChange,
  type PartitionOffset,
  type TopicPartition,
} from '../../runtime/plugin/index.ts';
import { offsetsTable } from './sql-text.ts';

/** The offsets of one connector, kept in the database that they speak of. */
export class Offsets {
  readonly #database: DatabaseSync;
  readonly #connector: string;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  /** What this task knows to be stored. */
  readonly #expected = new Map<string, number>();
  /** Not stored yet. */
  readonly #noted = new Map<string, PartitionOffset>();

  constructor(database: DatabaseSync, connector: string) {
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${offsetsTable} (
        connector TEXT, topic TEXT, partition INTEGER, offset INTEGER NOT NULL, PRIMARY KEY (connector, topic, partition)
      ) WITHOUT ROWID`,
    );
    this.#database = database;
    this.#connector = connector;
    this.#read = database.prepare(
      `SELECT offset FROM ${offsetsTable} WHERE connector = ? AND topic = ? AND partition = ?`,
    );
    this.#write = database.prepare(`INSERT OR REPLACE INTO ${offsetsTable} VALUES (?, ?, ?, ?)`);
  }

  /** What an operator wants: within the current transaction. Undefined: forget all. */
  alter(changes: readonly OffsetChange[] | undefined): void {
    const database = this.#database;
    if (changes === undefined) {
      database.prepare(`DELETE FROM ${offsetsTable} WHERE connector = ?`).run(this.#connector);
      return;
    }
    const forget = database.prepare(
      `DELETE FROM ${offsetsTable} WHERE connector = ? AND topic = ? AND partition = ?`,
    );
    for (const { topic, partition, offset } of changes) {
      if (offset === undefined) forget.run(this.#connector, topic, partition);
      else this.#write.run(this.#connector, topic, partition, offset);
    }
  }

  /** Where to resume; partitions without stored offset are left out. */
  committed(partitions: readonly TopicPartition[]): PartitionOffset[] {
    return partitions.flatMap(({ topic, partition }) => {
      this.#noted.delete(keyOf({ topic, partition }));
      const offset = this.#stored({ topic, partition });
      this.#expected.set(keyOf({ topic, partition }), offset ?? 0);
      return offset === undefined ? [] : [{ topic, partition, offset }];
    });
  }

  /**
   * Stores offsets within the current transaction. Throws {@link FatalError} when someone else went on from where this task
   * believes to be: a task that was given up for dead must not write rows twice.
   */
  store(offsets: readonly PartitionOffset[]): void {
    for (const place of offsets) {
      const stored = this.#stored(place) ?? 0;
      const expected = this.#expected.get(keyOf(place));
      if (expected !== undefined && stored > expected) {
        throw new FatalError(
          `Another task of ${this.#connector} has written ${place.topic}-${place.partition} up to offset ${stored}; this one was at ${expected}.`,
        );
      }
      this.#write.run(this.#connector, place.topic, place.partition, place.offset);
    }
  }

  /** The transaction with these offsets was committed. */
  confirm(offsets: readonly PartitionOffset[]): void {
    for (const place of offsets) {
      this.#expected.set(keyOf(place), place.offset);
      this.#noted.delete(keyOf(place));
    }
  }

  /** Keeps offsets in mind that must not be stored yet. */
  note(offsets: readonly PartitionOffset[]): void {
    for (const place of offsets) this.#noted.set(keyOf(place), place);
  }

  /** What was noted and is not overtaken by what was stored since. */
  noted(): PartitionOffset[] {
    return [...this.#noted.values()];
  }

  #stored({ topic, partition }: TopicPartition): number | undefined {
    const row = this.#read.get(this.#connector, topic, partition);
    return row === undefined ? undefined : Number(row['offset']);
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
