import {
  type ConfigRecord,
  type ConfigState,
  type ConnectorEntry,
  emptyConfigState,
  replayConfig,
} from './config-state.ts';
import { parseObject } from './json.ts';
import type { StorageLog, StorageRecord } from './storage-log.ts';

/** The log of configs, `connect-configs`, with what its records say. */
export class ConfigStore {
  readonly #log: StorageLog;
  readonly #state: ConfigState = emptyConfigState();

  private constructor(log: StorageLog) {
    this.#log = log;
  }

  /** Reads the whole log, and closes it in the end. */
  static async open(log: StorageLog): Promise<ConfigStore> {
    const store = new ConfigStore(log);
    await log.read((record) => store.#replay(record));
    return store;
  }

  /** Names of all connectors, sorted. */
  names(): string[] {
    const exists = ([, entry]: [string, ConnectorEntry]): boolean => entry.config !== undefined;
    return [...this.#state.entries]
      .filter(exists)
      .map(([name]) => name)
      .toSorted();
  }

  /** Undefined when there is no such connector. */
  get(
    name: string,
  ): (ConnectorEntry & { readonly config: NonNullable<ConnectorEntry['config']> }) | undefined {
    const entry = this.#state.entries.get(name);
    if (entry === undefined || entry.config === undefined) return undefined;
    return { ...entry, config: entry.config };
  }

  /** Resolves when the records are durable and {@link get} shows them. */
  async write(records: readonly ConfigRecord[]): Promise<void> {
    await Promise.all(
      records.map(({ key, value }) =>
        this.#log.append(Buffer.from(key), value === null ? null : Buffer.from(JSON.stringify(value)), 0),
      ),
    );
    await this.#log.readToEnd();
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  #replay({ record: { key, value } }: StorageRecord): void {
    if (key === null) return;
    const content = value === null ? null : parseObject(value);
    if (content !== undefined) replayConfig(this.#state, { key: key.toString('utf8'), value: content });
  }
}
