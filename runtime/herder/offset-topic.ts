import type { KafkaClient } from '../../kafka/client/index.ts';
import type { Logger } from '../../platform/logger.ts';
import type { WorkerSettings } from '../config/index.ts';
import type { JsonObject, JsonValue, SourcePartition } from '../plugin/index.ts';
import type { OffsetStore, StoredPosition } from '../tasks/index.ts';
import { canonicalJson, isObject, parseJson, parseObject } from './json.ts';
import { openStorageLog, type TopicLog, type TopicLogRecord } from './storage-log.ts';

/** A source partition with its offset as the topic holds it. */
export interface SourceOffset {
  readonly partition: JsonObject;
  readonly offset: JsonObject;
}

interface Entry extends SourceOffset {
  /** The key's own bytes: another order of the same fields would be another key. */
  readonly key: Buffer;
}

/**
 * The offset topic: keys `["connector",{partition}]`, values `{offset}`, in JSON. A position that is no object is wrapped,
 * because Kafka Connect's offsets are maps.
 */
export class OffsetTopic implements OffsetStore {
  readonly #log: TopicLog;
  readonly #connectors = new Map<string, Map<string, Entry>>();

  private constructor(log: TopicLog) {
    this.#log = log;
  }

  /** Reads the whole topic. Throws InternalTopicError. */
  static async open(client: KafkaClient, worker: WorkerSettings, logger: Logger): Promise<OffsetTopic> {
    const isCreated = worker.isTopicCreationAutomatic;
    const log = await openStorageLog(client, worker.offsetTopic, { isCreated, logger });
    const topic = new OffsetTopic(log);
    await log.read((record) => topic.#replay(record));
    return topic;
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

  async write(connector: string, positions: readonly StoredPosition[]): Promise<void> {
    await this.#append(
      connector,
      positions.map(({ partition, position }) => ({ partition, offset: wrapped(position) })),
    );
  }

  /** Writes offsets as an operator gave them; null forgets one. Resolves when they are durable and visible. */
  async alter(
    connector: string,
    offsets: readonly { readonly partition: JsonObject; readonly offset: JsonObject | null }[],
  ): Promise<void> {
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

  #replay({ record: { key, value } }: TopicLogRecord): void {
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
