import type { JsonObject, JsonValue, SourcePartition } from '../plugin/index.ts';
import {
  type OffsetStore,
  type OffsetWriter,
  OffsetWriterFencedError,
  type StoredPosition,
} from '../tasks/index.ts';
import { canonicalJson, isObject, parseJson, parseObject } from './json.ts';
import type { StorageLog, StorageRecord } from './storage-log.ts';

/** A source partition with its offset as the log holds it. */
export interface SourceOffset {
  readonly partition: JsonObject;
  readonly offset: JsonObject;
}

interface Entry extends SourceOffset {
  /** The key's own bytes: another order of the same fields would be another key. */
  readonly key: Buffer;
}

/**
 * Positions of sources, as in `connect-offsets` and in the file of Kafka's standalone worker: keys `["connector",{partition}]`, values `{offset}`, in JSON. A position that is no object is wrapped,
 * because Kafka Connect's offsets are maps.
 */
export class SourceOffsets implements OffsetStore {
  readonly #log: StorageLog;
  readonly #connectors = new Map<string, Map<string, Entry>>();
  /** Generation of the writer in force, by connector and task. */
  readonly #writers = new Map<string, Map<number, number>>();
  #generation = 0;

  private constructor(log: StorageLog) {
    this.#log = log;
  }

  /** Reads the whole log, and closes it in the end. */
  static async open(log: StorageLog): Promise<SourceOffsets> {
    const offsets = new SourceOffsets(log);
    await log.read((record) => offsets.#replay(record));
    return offsets;
  }

  /** As of the last {@link sync}, and maybe newer. */
  read(connector: string, partition: SourcePartition): JsonValue | undefined {
    const entry = this.#connectors.get(connector)?.get(canonicalJson(partition));
    return entry === undefined ? undefined : unwrapped(entry.offset);
  }

  /** All offsets of a connector, as {@link read}. */
  list(connector: string): SourceOffset[] {
    return [...(this.#connectors.get(connector)?.values() ?? [])].map(({ partition, offset }) => ({
      partition,
      offset,
    }));
  }

  /** Resolves when everything written before is visible here. */
  async sync(): Promise<void> {
    await this.#log.readToEnd();
  }

  openWriter(connector: string, task: number): OffsetWriter {
    const generation = ++this.#generation;
    const writers = this.#writers.get(connector) ?? new Map<number, number>();
    this.#writers.set(connector, writers);
    writers.set(task, generation);
    return {
      generation,
      write: (positions) => this.#write({ connector, task, generation }, positions),
      close: () => {
        if (writers.get(task) === generation) writers.delete(task);
      },
    };
  }

  /** C24: the check and the hand-over to the log are one step; what came before it in the log is older. */
  async #write(
    { connector, task, generation }: { connector: string; task: number; generation: number },
    positions: readonly StoredPosition[],
  ): Promise<void> {
    const current = this.#writers.get(connector)?.get(task);
    if (current !== generation) throw new OffsetWriterFencedError(connector, task, generation);
    await this.#append(
      connector,
      positions.map(({ partition, position }) => ({ partition, offset: wrapped(position) })),
    );
  }

  /**
   * Writes offsets as an operator gave them; null forgets one. Resolves when they are durable and visible. Tasks that were
   * given up and still run cannot undo it.
   */
  async alter(
    connector: string,
    offsets: readonly { readonly partition: JsonObject; readonly offset: JsonObject | null }[],
  ): Promise<void> {
    this.#writers.delete(connector);
    await this.#append(connector, offsets);
    await this.sync();
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  async #append(
    connector: string,
    offsets: readonly { readonly partition: JsonObject; readonly offset: JsonObject | null }[],
  ): Promise<void> {
    const known = this.#connectors.get(connector);
    await Promise.all(
      offsets.map(({ partition, offset }) => {
        const key =
          known?.get(canonicalJson(partition))?.key ?? Buffer.from(JSON.stringify([connector, partition]));
        return this.#log.append(key, offset === null ? null : Buffer.from(JSON.stringify(offset)));
      }),
    );
  }

  #replay({ record: { key, value } }: StorageRecord): void {
    const content = key === null ? undefined : parseJson(key);
    if (key === null || !Array.isArray(content)) return;
    const [connector, partition] = content as readonly JsonValue[];
    if (typeof connector !== 'string' || !isObject(partition)) return;
    const entries = this.#connectors.get(connector) ?? new Map<string, Entry>();
    this.#connectors.set(connector, entries);
    const offset = value === null ? null : parseObject(value);
    if (offset === null) entries.delete(canonicalJson(partition));
    // The key outlives the batch it is a slice of.
    else if (offset !== undefined) {
      entries.set(canonicalJson(partition), { key: Buffer.from(key), partition, offset });
    }
  }
}

const wrapperKey = 'millrace.position';

/** The map that a position is stored as. */
export function wrapped(position: JsonValue): JsonObject {
  return isObject(position) && !isWrapper(position) ? position : { [wrapperKey]: position };
}

/** The position that a stored map means. */
export function unwrapped(offset: JsonObject): JsonValue {
  return isWrapper(offset) ? (offset[wrapperKey] ?? null) : offset;
}

function isWrapper(offset: JsonObject): boolean {
  return Object.hasOwn(offset, wrapperKey) && Object.keys(offset).length === 1;
}
