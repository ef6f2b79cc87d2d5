import type { StorageLog, StorageRecord } from './storage-log.ts';

/** A {@link StorageLog} that ends with the process: where Kafka's standalone worker keeps configs and statuses. */
export class MemoryLog implements StorageLog {
  #onRecord: (record: StorageRecord) => void = () => undefined;

  async read(onRecord: (record: StorageRecord) => void): Promise<void> {
    this.#onRecord = onRecord;
  }

  async readToEnd(): Promise<void> {}

  async append(key: Uint8Array, value: Uint8Array | null): Promise<void> {
    this.#onRecord({ record: { key: Buffer.from(key), value: value === null ? null : Buffer.from(value) } });
  }

  async close(): Promise<void> {}
}
