import type { PolledRecords } from '../../kafka/client/index.ts';
import type { RecordView } from '../../kafka/records/index.ts';
import type { SinkRecord } from '../plugin/index.ts';
import type { ErrorPolicy } from './error-policy.ts';
import { StageError } from './errors.ts';
import type { TaskProgress } from './progress.ts';
import type { OriginBatch } from './sink-batch.ts';
import type { Origin, SinkDecoder } from './sink-decoder.ts';
import type { SinkRejects } from './sink-rejects.ts';

/** What a {@link SinkIntake} works with. */
export interface SinkIntakeParts {
  readonly decoder: SinkDecoder;
  readonly policy: ErrorPolicy;
  readonly rejects: SinkRejects;
  readonly progress: TaskProgress;
  /** The first record of a topic. */
  onTopic(topic: string): void;
}

/** Makes a sink's batch of what the consumer has fetched; what cannot be read is put aside. */
export class SinkIntake {
  readonly #parts: SinkIntakeParts;
  readonly #topics = new Set<string>();

  constructor(parts: SinkIntakeParts) {
    this.#parts = parts;
  }

  /** Throws ToleranceExceededError, or TaskStoppedError when the task stops while a record is tried again. */
  async take(polled: readonly PolledRecords[]): Promise<OriginBatch> {
    const { decoder, rejects, progress } = this.#parts;
    const records: SinkRecord[] = [];
    const origins: Origin[] = [];
    for (const from of polled) {
      const { topic, partition } = from;
      if (from.records.length > 0) this.#note(topic);
      progress.recordsRead += from.records.length;
      for (const view of from.records) {
        let decoded: ReturnType<SinkDecoder['decode']> | StageError;
        try {
          decoded = decoder.decode(view, from);
          if (decoded instanceof Promise) decoded = await decoded;
        } catch (error) {
          decoded = await this.#recover(error, view, from);
        }
        const origin = { topic, partition, view };
        if (decoded instanceof StageError) rejects.setAside(origin, decoded);
        else if (decoded.length === 0) progress.recordsFiltered++;
        else
          for (const record of decoded) {
            records.push(record);
            origins.push(origin);
          }
      }
    }
    const offsets = polled.map(({ topic, partition, nextOffset }) => ({
      topic,
      partition,
      offset: nextOffset,
    }));
    return { records, origins, offsets };
  }

  async #recover(
    error: unknown,
    view: RecordView,
    from: PolledRecords,
  ): Promise<readonly SinkRecord[] | StageError> {
    const { decoder, policy } = this.#parts;
    if (!(error instanceof StageError)) throw error;
    return policy.recover(error, () => decoder.decode(view, from));
  }

  #note(topic: string): void {
    if (this.#topics.has(topic)) return;
    this.#topics.add(topic);
    this.#parts.onTopic(topic);
  }
}
