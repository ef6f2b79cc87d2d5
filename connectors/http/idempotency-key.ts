import { createHash } from 'node:crypto';
import type { SinkBatch, SinkRecord } from '../../runtime/plugin/index.ts';

/** Servers may refuse longer ones. */
const lengthMax = 255;

/**
 * Names requests by what is in them: connector, topic, partition and offset of the first and last record, and a hash of all
 * of them and the body. The same records in one request have the same key, also in another process after a crash. Different
 * records never do: a server that drops what it knows must not drop what is new.
 */
export class IdempotencyKeys {
  readonly #connector: string;
  /** Of records that transforms made of one consumed record, or moved to one place. */
  readonly #places = new WeakMap<SinkRecord, string>();

  constructor(connector: string) {
    this.#connector = encodeURIComponent(connector);
  }

  /** Gives each record of a batch its place. Parts of the batch that come later keep it. */
  register(batch: SinkBatch): void {
    const seen = new Map<string, number>();
    for (const record of batch.records) {
      if (this.#places.has(record)) continue;
      const origin = `${originOf(record, batch)}-${record.partition}@${record.offset}`;
      const count = seen.get(origin) ?? 0;
      seen.set(origin, count + 1);
      this.#places.set(record, count === 0 ? origin : `${origin}.${count}`);
    }
  }

  keyOf(records: readonly SinkRecord[], body: Buffer): string {
    const places = records.map((record) => this.#places.get(record) ?? '');
    const [first = ''] = places;
    const range = places.length === 1 ? first : `${first}..${places.at(-1)}`;
    const hash = createHash('sha256')
      .update(JSON.stringify([this.#connector, places]))
      .update(body)
      .digest('hex');
    const key = `${this.#connector}:${range}:${hash.slice(0, 32)}`;
    return key.length <= lengthMax && /^[\x21-\x7e]*$/.test(key) ? key : hash;
  }
}

/** The topic that a record was consumed from. A transform may have changed it; then the batch's offsets tell, or all do. */
function originOf(record: SinkRecord, batch: SinkBatch): string {
  const candidates = batch.offsets.filter(
    ({ partition, offset }) => partition === record.partition && record.offset < offset,
  );
  if (candidates.length === 0 || candidates.some(({ topic }) => topic === record.topic)) return record.topic;
  const [first] = candidates;
  if (candidates.length === 1 && first !== undefined) return first.topic;
  return `${record.topic}(${candidates.map(({ topic, offset }) => `${topic}<${offset}`).join(',')})`;
}
