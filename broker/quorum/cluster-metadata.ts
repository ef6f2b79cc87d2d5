import type { Clock } from '../../platform/clock.ts';
import {
  type Decision,
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataDelta,
  MetadataImage,
  type MetadataRecord,
  replay,
  replayAll,
} from '../metadata/index.ts';
import type { MetadataLog } from './metadata-log.ts';

/** Hears what a change of the metadata changed, after it is durable and in the image. */
export type MetadataListener = (delta: MetadataDelta) => void;

/**
 * The cluster's metadata on this node: the image, and changes to it, one after the other. A change is decided on the
 * image, appended to the metadata log, and when it is durable, applied and told; then the next one is decided.
 */
export class ClusterMetadata {
  readonly image: MetadataImage = new MetadataImage();
  readonly #log: MetadataLog;
  readonly #clock: Clock;
  readonly #listeners: MetadataListener[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: MetadataLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    for (const { value } of log.entries()) replay(this.image, decodeMetadataRecord(value));
  }

  /** Offset after the last record: what the next one will get when nothing else is under way. */
  get endOffset(): number {
    return this.#log.endOffset;
  }

  listen(listener: MetadataListener): void {
    this.#listeners.push(listener);
  }

  /** Decides and makes a change; resolves with the response when it is durable. Rejects when the log cannot be written. */
  change<R>(decide: () => Decision<R>): Promise<R> {
    const changed = this.#last.then(() => this.#change(decide));
    this.#last = changed.catch(() => undefined);
    return changed;
  }

  /** Appends records as they are. */
  append(records: () => readonly MetadataRecord[]): Promise<void> {
    return this.change(() => ({ records: records(), response: undefined }));
  }

  async #change<R>(decide: () => Decision<R>): Promise<R> {
    const { records, response } = decide();
    if (records.length === 0) return response;
    await this.#log.append(records.map(encodeMetadataRecord), this.#clock.now());
    const delta = replayAll(this.image, records);
    for (const listener of this.#listeners) listener(delta);
    return response;
  }
}
