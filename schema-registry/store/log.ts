/** A record of the `_schemas` topic. */
export interface LogRecord {
  readonly offset: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** The `_schemas` topic: one compacted partition, written by one registry at a time. */
export interface SchemaLog {
  /** Appends durably and resolves with the offset. After a rejection the record may still be there. */
  append(key: Buffer, value: Buffer | null): Promise<number>;
  /**
   * Hands over every record from the beginning in order of offset, and goes on with each new one. Resolves when all
   * that was there at the time of the call has been handed over. Called once.
   */
  read(onRecord: (record: LogRecord) => void): Promise<void>;
  /** Resolves when all that was in the topic at the time of the call has been handed over. */
  readToEnd(): Promise<void>;
  /** Stops reading. No record is handed over afterwards. */
  close(): Promise<void>;
}

/** A log that lives in this process: for tests and for a registry that need not outlive it. */
export class MemorySchemaLog implements SchemaLog {
  readonly #records: LogRecord[];
  readonly #readers: Set<(record: LogRecord) => void>;
  #onRecord: ((record: LogRecord) => void) | undefined;

  /** Starts with `records`; their offsets must rise. */
  constructor(records: readonly LogRecord[] = []) {
    this.#records = [...records];
    this.#readers = new Set();
  }

  /** All records so far, oldest first. */
  get records(): readonly LogRecord[] {
    return this.#records;
  }

  async append(key: Buffer, value: Buffer | null): Promise<number> {
    const offset = (this.#records.at(-1)?.offset ?? -1) + 1;
    const record = { offset, timestampMs: 0, key, value };
    this.#records.push(record);
    for (const onRecord of this.#readers) onRecord(record);
    return offset;
  }

  async read(onRecord: (record: LogRecord) => void): Promise<void> {
    for (const record of this.#records) onRecord(record);
    this.#onRecord = onRecord;
    this.#readers.add(onRecord);
  }

  async readToEnd(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#onRecord !== undefined) this.#readers.delete(this.#onRecord);
  }

  /** The same log for another reader, which closes on its own. */
  share(): SchemaLog {
    let reader: ((record: LogRecord) => void) | undefined;
    return {
      append: (key, value) => this.append(key, value),
      read: async (onRecord) => {
        for (const record of this.#records) onRecord(record);
        reader = onRecord;
        this.#readers.add(onRecord);
      },
      readToEnd: () => this.readToEnd(),
      close: async () => {
        if (reader !== undefined) this.#readers.delete(reader);
      },
    };
  }

  /** What compaction leaves: of each key the last record, without tombstones. */
  compacted(): MemorySchemaLog {
    const last = new Map(this.#records.map((record) => [record.key?.toString('latin1'), record]));
    const kept = this.#records.filter(
      (record) => record.value !== null && last.get(record.key?.toString('latin1')) === record,
    );
    return new MemorySchemaLog(kept);
  }
}
